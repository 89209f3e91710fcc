"""Makes statistics.json: what scipy and statsmodels say of small made-up experiments, without noise.

    pip install scipy==1.17.1 statsmodels==0.15.0 numpy==2.4.6
    python test/vectors/statistics.py > test/vectors/statistics.json
"""

import json

import numpy as np
import scipy
import statsmodels
from scipy import integrate, optimize, stats
from statsmodels.api import OLS
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest

random = np.random.default_rng(14)
alpha = 0.05


def sums(y, x=None):
    x = np.zeros(len(y)) if x is None else x
    pairs = {"n": len(y), "y": y.sum(), "yy": (y * y).sum(), "x": x.sum(), "xx": (x * x).sum(), "xy": (x * y).sum()}
    return {name: float(value) for name, value in pairs.items()}


def effect(value, error, df, p, low, high):
    fields = {"value": value, "standardError": error, "df": df, "p": p, "low": low, "high": high}
    return {name: None if np.isinf(number) else float(number) for name, number in fields.items()}


def revenue(people, lift=1.0):
    return np.minimum(np.where(random.random(people) < 0.3, random.lognormal(2, 1, people) * lift, 0), 60)


def welch_of(control, treatment):
    test = stats.ttest_ind(treatment, control, equal_var=False)
    interval = test.confidence_interval(1 - alpha)
    value = treatment.mean() - control.mean()
    return effect(value, abs(value / test.statistic), test.df, test.pvalue, interval.low, interval.high)


def welch(people, other, lift):
    control, treatment = revenue(people), revenue(other, lift)
    return {"control": sums(control), "treatment": sums(treatment), "effect": welch_of(control, treatment)}


def proportions(n0, y0, n1, y1):
    z, p = proportions_ztest([y1, y0], [n1, n0])
    low, high = confint_proportions_2indep(y1, n1, y0, n0, method="wald", compare="diff", alpha=alpha)
    arms = [{"n": n0, "y": y0}, {"n": n1, "y": y1}]
    table = [[y0, n0 - y0], [y1, n1 - y1]]
    pearson = stats.chi2_contingency(table, correction=False)
    return {"arms": arms, "z": z, "p": p, "low": low, "high": high, "chiSquare": [pearson.statistic, pearson.pvalue]}


def table(counts):
    found = stats.chi2_contingency([[y, n - y] for n, y in counts], correction=False)
    return {"arms": [{"n": n, "y": y} for n, y in counts], "statistic": found.statistic, "df": found.dof, "p": found.pvalue}


def mismatch(counts, weights):
    found = stats.chisquare(counts, np.array(weights) / sum(weights) * sum(counts))
    return {"counts": counts, "weights": weights, "statistic": found.statistic, "p": found.pvalue}


def visits(people, rate):
    seen = random.poisson(random.gamma(2, 3, people)) + 1
    return random.binomial(seen, rate * random.beta(4, 4, people) * 2).astype(float), seen.astype(float)


def ratios(people, other, rate, lift):
    arms = [visits(people, rate), visits(other, rate * lift)]
    own = [y.sum() / x.sum() for y, x in arms]
    # Person by person: what each moves the ratio of their arm by.
    spread = lambda y, x, ratio: np.var((y - ratio * x) / x.mean(), ddof=1) / len(y)
    value = own[1] - own[0]
    apart = [spread(y, x, ratio) for (y, x), ratio in zip(arms, own)]
    df = sum(apart) ** 2 / sum(part**2 / (len(y) - 1) for part, (y, _) in zip(apart, arms))

    # What a test of there being this difference says.
    def statistic(difference):
        (y0, x0), (y1, x1) = arms
        ratio = (y0.sum() + y1.sum() - difference * x1.sum()) / (x0.sum() + x1.sum())
        return (value - difference) / np.sqrt(spread(y1, x1, ratio + difference) + spread(y0, x0, ratio))

    edge, width = stats.t.ppf(1 - alpha / 2, df), 5 * np.sqrt(sum(apart))
    low = optimize.brentq(lambda at: statistic(at) - edge, value - width, value, xtol=1e-16, rtol=1e-14)
    high = optimize.brentq(lambda at: statistic(at) + edge, value, value + width, xtol=1e-16, rtol=1e-14)
    return {
        "control": sums(*arms[0]),
        "treatment": sums(*arms[1]),
        "estimates": [{"value": ratio, "variance": part} for ratio, part in zip(own, apart)],
        "effect": effect(value, np.sqrt(sum(apart)), df, 2 * stats.t.sf(abs(statistic(0)), df), low, high),
    }


def cuped(people, other, lift):
    before = [random.gamma(1, 4, people), random.gamma(1, 4, other)]
    after = [0.7 * x + random.gamma(1, 3, len(x)) for x in before]
    after[1] = after[1] * lift
    arm = np.concatenate([np.zeros(people), np.ones(other)])
    design = np.column_stack([np.ones(people + other), arm, np.concatenate(before)])
    fitted = OLS(np.concatenate(after), design).fit()
    theta = fitted.params[2]
    rest = [y - theta * x for y, x in zip(after, before)]
    found = welch_of(*rest)
    assert abs(found["value"] - fitted.params[1]) < 1e-12
    return {"control": sums(after[0], before[0]), "treatment": sums(after[1], before[1]), "theta": theta, "effect": found}


def strata(sizes, lift):
    arms = [[revenue(n0) * (k + 1), revenue(n1, lift) * (k + 1)] for k, (n0, n1) in enumerate(sizes)]
    whole = sum(map(sum, sizes))
    parts = [
        {"value": w * (b.mean() - a.mean()), "var": w**2 * np.array([a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)]), "df": np.array([len(a) - 1, len(b) - 1])}
        for (a, b), w in ((pair, sum(map(len, pair)) / whole) for pair in arms)
    ]
    value = sum(part["value"] for part in parts)
    variance = sum(part["var"].sum() for part in parts)
    df = variance**2 / sum((part["var"] ** 2 / part["df"]).sum() for part in parts)
    error = np.sqrt(variance)
    reach = stats.t.ppf(1 - alpha / 2, df) * error
    found = effect(value, error, df, 2 * stats.t.sf(abs(value / error), df), value - reach, value + reach)
    return {"strata": [[sums(y) for y in pair] for pair in arms], "effect": found}


def corrections(pvalues):
    adjusted = {name: multipletests(pvalues, method=method)[1].tolist() for name, method in [("holm", "holm"), ("benjaminiHochberg", "fdr_bh")]}
    return {"p": pvalues, **adjusted}


def beta(n0, y0, n1, y1):
    control, treatment = stats.beta(1 + y0, 1 + n0 - y0), stats.beta(1 + y1, 1 + n1 - y1)

    def mean(of, over):
        edges = sorted({float(law.ppf(q)) for law in (control, treatment) for q in [1e-14, 1e-6, 0.05, 0.5, 0.95, 1 - 1e-6, 1 - 1e-14]})
        pieces = zip(edges[:-1], edges[1:])
        return sum(integrate.quad(lambda at: of(at) * over.pdf(at), low, high, epsabs=1e-14, epsrel=1e-13)[0] for low, high in pieces)

    # E max(other - at, 0) is the integral of the other's tail: by parts, another way than the code's.
    above = lambda law, at: law.mean() * stats.beta(law.args[0] + 1, law.args[1]).sf(at) - at * law.sf(at)
    return {
        "arms": [{"n": n0, "y": y0}, {"n": n1, "y": y1}],
        "chanceToBeat": mean(control.cdf, treatment),
        "lossOfTreatment": mean(lambda at: above(control, at), treatment),
        "lossOfControl": mean(lambda at: above(treatment, at), control),
    }


def normal(value, variance, mean, deviation):
    flat = deviation is None
    precision = 1 / variance + (0 if flat else 1 / deviation**2)
    law = stats.norm((value / variance + (0 if flat else mean / deviation**2)) / precision, precision**-0.5)
    loss = lambda sign: integrate.quad(lambda at: max(0, sign * at) * law.pdf(at), *sorted([0, sign * (abs(law.mean()) + 12 * law.std())]), points=[law.mean()] if sign * law.mean() > 0 else None, epsabs=1e-14, epsrel=1e-13)[0]
    low, high = law.interval(1 - alpha)
    return {
        "estimate": {"value": value, "variance": variance},
        "prior": {"mean": mean, "deviation": deviation},
        "posterior": {"mean": law.mean(), "deviation": law.std(), "low": low, "high": high, "chanceToBeat": law.sf(0), "lossOfTreatment": loss(-1), "lossOfControl": loss(1)},
    }


def power(people, share, deviation, level, wanted):
    # Its own solve_power stops at 1e-6.
    of = lambda size: NormalIndPower().power(size, people * (1 - share), level, ratio=share / (1 - share))
    size = optimize.brentq(lambda size: of(size) - wanted, 1e-6, 10, xtol=1e-15, rtol=1e-14)
    return {"people": people, "share": share, "deviation": deviation, "alpha": level, "power": wanted, "difference": size * deviation}


def power_of_proportions(people, share, mean):
    n0, n1 = people * (1 - share), people * share

    def missing(difference):
        other = mean + difference
        error = np.sqrt(mean * (1 - mean) / n0 + other * (1 - other) / n1)
        edge = stats.norm.ppf(1 - alpha / 2)
        return stats.norm.sf(edge - difference / error) + stats.norm.cdf(-edge - difference / error) - 0.8

    return {"people": people, "share": share, "mean": mean, "difference": optimize.brentq(missing, 1e-9, 1 - mean, xtol=1e-15, rtol=1e-14)}


def mixture(variances, planned, level):
    # Robbins' mixture of two-sided normal likelihood ratios over N(0, rho^2), integrated and solved by search.
    twice = -2 * np.log(level)
    rho = np.sqrt((twice + np.log(twice) + 1) / planned)

    def log_evidence(total, variance):
        peak = total * rho**2 / (1 + variance * rho**2)
        width = rho / np.sqrt(1 + variance * rho**2)
        log_density = lambda effect: effect * total - effect**2 * variance / 2 + stats.norm.logpdf(effect, 0, rho)
        inner = lambda effect: np.exp(log_density(effect) - log_density(peak))
        area = integrate.quad(inner, peak - 12 * width, peak + 12 * width, points=[peak], epsabs=0, epsrel=1e-12)[0]
        return np.log(area) + log_density(peak)

    bounds = [optimize.brentq(lambda total: log_evidence(total, v) + np.log(level), 0.1 * np.sqrt(v), 20 * np.sqrt(v + planned), xtol=1e-12, rtol=1e-13) for v in variances]
    return {"variances": variances, "planned": planned, "alpha": level, "bounds": bounds}


def distributions():
    points = {"normalCdf": [], "normalQuantile": [], "tCdf": [], "tQuantile": [], "chiSquareTail": [], "betaCdf": [], "betaQuantile": []}
    for z in [-8.0, -2.5, -0.3, 0.0, 1.96, 4.0]:
        points["normalCdf"].append([[z], stats.norm.cdf(z)])
        for df in [1, 2.5, 17.3, 240.0, 61234.5]:
            points["tCdf"].append([[z, df], stats.t.cdf(z, df)])
    for share in [1e-9, 0.001, 0.025, 0.3, 0.5, 0.8, 0.975, 0.9995]:
        points["normalQuantile"].append([[share], stats.norm.ppf(share)])
        for df in [1, 2.5, 17.3, 240.0, 61234.5]:
            points["tQuantile"].append([[share, df], stats.t.ppf(share, df)])
        for a, b in [(1, 1), (3, 40), (1200, 30000)]:
            at = stats.beta(a, b).ppf(share)
            points["betaQuantile"].append([[share, a, b], at])
            points["betaCdf"].append([[at, a, b], stats.beta(a, b).cdf(at)])
    for x in [0.001, 0.5, 3.84, 40.0, 900.0]:
        for df in [1, 2, 5, 30]:
            points["chiSquareTail"].append([[x, df], stats.chi2.sf(x, df)])
    return {name: [[args, float(value)] for args, value in rows] for name, rows in points.items()}


vectors = {
    "version": 1,
    "madeBy": f"scipy {scipy.__version__}, statsmodels {statsmodels.__version__}, numpy {np.__version__}: test/vectors/statistics.py",
    "alpha": alpha,
    "distributions": distributions(),
    "welch": [welch(40, 55, 1.0), welch(300, 90, 1.3), welch(2000, 2100, 1.1), welch(12, 9, 2.0)],
    "proportions": [proportions(400, 31, 380, 47), proportions(5000, 250, 5100, 251), proportions(60, 5, 90, 22)],
    "tables": [table([(400, 31), (380, 47), (410, 29)]), table([(900, 90), (850, 120), (910, 88), (300, 41)])],
    "mismatch": [mismatch([510, 490], [0.5, 0.5]), mismatch([4800, 5300, 920], [0.45, 0.45, 0.1]), mismatch([700, 900], [0.5, 0.5])],
    "ratios": [ratios(80, 70, 0.1, 1.0), ratios(900, 300, 0.05, 1.2), ratios(2000, 2000, 0.2, 1.05)],
    "cuped": [cuped(50, 60, 1.0), cuped(700, 400, 1.1)],
    "strata": [strata([(60, 50), (40, 45), (25, 30)], 1.0), strata([(500, 300), (200, 90)], 1.3)],
    "corrections": [corrections([0.01, 0.04, 0.03, 0.005]), corrections([0.9, 0.001, 0.02, 0.02, 0.5, 0.049, 0.7]), corrections([0.2])],
    "beta": [beta(400, 31, 380, 47), beta(5000, 250, 5100, 251), beta(30, 0, 40, 3)],
    "normal": [normal(0.3, 0.04, 0.0, None), normal(0.3, 0.04, 0.0, 0.1), normal(-1.2, 0.5, 0.2, 2.0)],
    "power": [power(2000, 0.5, 3.0, 0.05, 0.8), power(30000, 0.2, 0.4, 0.01, 0.9)],
    "powerOfProportions": [power_of_proportions(2000, 0.5, 0.1), power_of_proportions(30000, 0.3, 0.03)],
    "mixture": [mixture([10.0, 50.0, 100.0, 130.0], 100.0, 0.05), mixture([3.0, 7.0], 400.0, 0.01)],
}
print(json.dumps(vectors, indent=1, default=float))
