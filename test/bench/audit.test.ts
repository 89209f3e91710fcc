/**
 * The audit: its statistics against other ways to compute them, and that it tells the product from every
 * mistake.
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { epsilonFromGuesses } from "../../bench/audit/guesses.ts";
import { pairMechanisms } from "../../bench/audit/pairs.ts";
import { segmentMechanisms } from "../../bench/audit/segments.ts";
import {
  binomialAtLeast,
  binomialMass,
  chanceAtLeast,
  chanceAtMost,
  normalCdf,
  normalQuantile,
} from "../../bench/audit/statistics.ts";
import { chanceOfSilence, epsilonOfMu, muAtLeast } from "../../bench/audit/worlds.ts";
import { deltaOf, epsilonOf } from "../../core/sum/budget.ts";

const binomial = fc.record({
  trials: fc.integer({ min: 1, max: 300 }),
  chance: fc.double({ min: 0.001, max: 0.999, noNaN: true }),
});

test("a binomial tail is the sum of its masses, and all masses are 1", () => {
  fc.assert(
    fc.property(binomial, fc.nat(300), (law, hits) => {
      const masses = Array.from({ length: law.trials + 1 }, (_, k) => binomialMass(k, law));
      expect(masses.reduce((sum, mass) => sum + mass, 0)).toBeCloseTo(1, 11);
      const tail = masses.slice(hits).reduce((sum, mass) => sum + mass, 0);
      expect(binomialAtLeast(hits, law)).toBeCloseTo(tail, 11);
    }),
  );
});

test("Clopper-Pearson bounds are where the tail has the level, and all hits have the closed form", () => {
  fc.assert(
    fc.property(binomial, fc.nat(300), fc.constantFrom(0.05, 1e-8), ({ trials }, wanted, level) => {
      const hits = 1 + (wanted % trials);
      const least = chanceAtLeast({ hits, trials, level });
      expect(binomialAtLeast(hits, { trials, chance: least }) / level).toBeCloseTo(1, 6);
      expect(chanceAtLeast({ hits: trials, trials, level })).toBeCloseTo(level ** (1 / trials), 11);
      expect(chanceAtMost({ hits: 0, trials, level })).toBeCloseTo(1 - level ** (1 / trials), 11);
      expect(chanceAtMost({ hits, trials, level })).toBeGreaterThan(least);
    }),
  );
});

test("the normal distribution has its tabled values, far tails included", () => {
  expect(normalCdf(-5) / 2.866515718791939e-7).toBeCloseTo(1, 11);
  expect(normalCdf(-20) / 2.7536241186062337e-89).toBeCloseTo(1, 11);
  expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 10);
  expect(normalQuantile(1e-10)).toBeCloseTo(-6.361340902404056, 10);
});

test("the bound from one run has the values that its paper prints (appendix D; section 7)", () => {
  const first = { canaries: 1000, guesses: 100, correct: 75 };
  expect(epsilonFromGuesses(first, { delta: 1e-4, level: 0.05 })).toBeCloseTo(0.673, 3);
  const second = { canaries: 100_000, guesses: 1510, correct: 1439 };
  // The paper cuts 2.6759 off to 2.675.
  expect(Math.floor(1000 * epsilonFromGuesses(second, { delta: 1e-5, level: 0.05 }))).toBe(2675);
  // Without delta it is the closed form.
  const all = { canaries: 16, guesses: 16, correct: 16 };
  expect(epsilonFromGuesses(all, { delta: 0, level: 0.05 })).toBeCloseTo(-Math.log(0.05 ** (-1 / 16) - 1), 9);
});

test("epsilon of a mu is exact, and never more than what zCDP grants the same noise", () => {
  // Phi(-1/2) - e Phi(-3/2)
  expect(epsilonOfMu({ mu: 1, delta: 0.126936737507 })).toBeCloseTo(1, 9);
  const rho = fc.double({ min: 0.001, max: 8, noNaN: true });
  fc.assert(
    fc.property(rho, fc.constantFrom(1e-9, 1e-6, 1e-3), (rho, delta) => {
      const epsilon = epsilonOfMu({ mu: Math.sqrt(2 * rho), delta });
      expect(epsilon).toBeLessThanOrEqual(epsilonOf({ rho, delta }));
      expect(deltaOf({ rho, epsilon })).toBeGreaterThanOrEqual(delta * (1 - 1e-9));
    }),
  );
});

test("the chance of silence is what adding up every outcome gives, and the false alarm keeps its level", () => {
  const plan = { runs: 40, claimedMu: 0.8, level: 0.05 };
  for (const mu of [0.8, 1.6, 2.4]) {
    let silence = 0;
    let mass = 0;
    for (let i = 0; i <= plan.runs; i++) {
      for (let j = 0; j <= plan.runs; j++) {
        const chance =
          binomialMass(i, { trials: plan.runs, chance: normalCdf(mu / 2) }) *
          binomialMass(j, { trials: plan.runs, chance: normalCdf(-mu / 2) });
        const said = { canaryIn: { hits: i, trials: plan.runs }, canaryOut: { hits: j, trials: plan.runs } };
        if (muAtLeast(said, plan.level) <= plan.claimedMu) silence += chance;
        mass += chance;
      }
    }
    expect(mass).toBeCloseTo(1, 10);
    expect(chanceOfSilence(plan, mu)).toBeCloseTo(silence, 8);
    if (mu === plan.claimedMu) expect(1 - silence).toBeLessThan(plan.level);
  }
});

interface Result {
  readonly epsilon: number;
  readonly rho: number;
  readonly level: number;
  readonly runs: number;
  readonly silenceAboutHalf: number;
  readonly forgottenWeight: number;
  readonly rows: readonly {
    readonly kind: string;
    readonly mechanism: string;
    readonly view: string;
    readonly oneRunEpsilon: number;
    readonly worldsEpsilon: number;
    readonly certainEpsilon: number;
    readonly alarm: boolean;
  }[];
}

let result: Result;
let exitCode: number;

beforeAll(async () => {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const args = ["--import", "tsx", "bench/audit.ts", "--quick"];
  const { stdout, code = 0 }: { stdout: string; code?: number } = await promisify(execFile)(
    process.execPath,
    args,
    { cwd: root },
  ).catch((error) => error);
  exitCode = code;
  result = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}, 300_000);

const rowsOf = (mechanism: string, kind = "item-factors") =>
  result.rows.filter((row) => row.mechanism === mechanism && row.kind === kind);

test("the audit's chances of error are computed: no false alarm in a million, no silence about halved noise", () => {
  expect(result.rows.length * result.level).toBeLessThan(1e-6);
  expect(result.silenceAboutHalf).toBeLessThan(1e-12);
  // Every mistake leaves at most 0.71 of the noise; those are noticed as surely.
  const plan = { runs: result.runs, claimedMu: Math.sqrt(2 * result.rho), level: result.level / 2 };
  expect(chanceOfSilence(plan, Math.SQRT2 * plan.claimedMu)).toBeLessThan(1e-6);
});

test("no attack on the product proves more than it claims, and the best proves nearly as much", () => {
  const shipped = [...rowsOf("as shipped"), ...rowsOf("as shipped, to twice the clip")];
  expect(shipped.map(({ view }) => view)).toEqual(["public", "leader", "helper", "leader"]);
  for (const { view, alarm, oneRunEpsilon, certainEpsilon, worldsEpsilon } of shipped) {
    expect(alarm, `alarm at the view of ${view}`).toBe(false);
    expect(oneRunEpsilon).toBeLessThan(result.epsilon);
    expect(certainEpsilon).toBeLessThan(result.epsilon);
    // An audit that proves little would pass any noise: with one honest aggregator's noise it proves most of
    // it.
    if (view !== "public") expect(worldsEpsilon).toBeGreaterThan(0.7 * result.epsilon);
  }
  expect(exitCode).toBe(0);
});

test.each([
  ["no noise", 20],
  ["noise halved", 5.5],
  ["no clip, to twice the clip", 5.5],
  ["four answers, each with new noise", 5.5],
  ["variance passed as standard deviation", 4],
  ["standard deviation taken for a variance", 20],
  ["one sample for all numbers", 20],
])(
  "the audit raises the alarm at %s, and proves an epsilon of %s where 4 is claimed",
  (mechanism, proven) => {
    const [row] = rowsOf(mechanism);
    expect(row.alarm).toBe(true);
    expect(row.certainEpsilon).toBeGreaterThan(proven);
  },
);

test("noise split between the aggregators fools who sees the aggregate, and not an aggregator", () => {
  const alarms = Object.fromEntries(
    rowsOf("noise split between the aggregators").map(({ view, alarm }) => [view, alarm]),
  );
  expect(alarms).toEqual({ leader: true, public: false });
});

test("one run is enough to see that there is no noise", () => {
  expect(rowsOf("no noise")[0].oneRunEpsilon).toBeGreaterThan(result.epsilon);
});

const norm = (values: Float64Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

test("who meets the clip of pairs moves the sum by all of the sensitivity, nobody honest by more, each mistake by more", () => {
  const { asShipped, worst, alsoSound, broken } = pairMechanisms({ epsilon: 4, delta: 1e-6 });
  for (const { name, canary, task } of [...asShipped, ...alsoSound]) {
    expect(norm(canary), name).toBeLessThan(task.sensitivity);
  }
  expect(norm(worst.canary)).toBe(Math.max(...asShipped.map(({ canary }) => norm(canary))));
  expect(norm(worst.canary) / worst.task.sensitivity).toBeCloseTo(1, 3);
  const moving = broken.filter(({ addNoise }) => addNoise === worst.addNoise);
  expect(moving.length).toBe(3);
  for (const { name, canary, task } of moving) {
    expect(norm(canary) / task.sensitivity, name).toBeGreaterThan(1.4);
  }
});

test("no attack on pairs proves more than is claimed, whoever is looked for, and each proves most of it", () => {
  const shipped = result.rows.filter(({ kind, alarm }) => kind === "item-pairs" && !alarm);
  expect(shipped.map(({ mechanism, view }) => `${view}: ${mechanism}`)).toEqual([
    "leader: as shipped, two items and their pair",
    "leader: as shipped, four items, no pair listed",
    "leader: as shipped, eight items, all pairs listed",
    "public: as shipped, four items, no pair listed",
    "helper: as shipped, four items, no pair listed",
    "leader: as shipped, weight most of the sensitivity",
    "leader: pairs left out of the norm, second clip kept",
  ]);
  for (const { mechanism, view, oneRunEpsilon, certainEpsilon, worldsEpsilon } of shipped) {
    expect(oneRunEpsilon, mechanism).toBeLessThan(result.epsilon);
    expect(certainEpsilon, mechanism).toBeLessThan(result.epsilon);
    if (view !== "public") expect(worldsEpsilon, mechanism).toBeGreaterThan(0.7 * result.epsilon);
  }
});

test.each([
  ["pairs left out of the norm", 8],
  ["pairs once more after the clip", 5.5],
  ["one pair once more after the clip", 4],
  ["noise halved", 5.5],
  ["noise for the clip, weight forgotten", 4.5],
])(
  "the audit of pairs raises the alarm at %s, and proves an epsilon of %s where 4 is claimed",
  (name, proven) => {
    const [row] = rowsOf(name, "item-pairs");
    expect(row.alarm).toBe(true);
    expect(row.certainEpsilon).toBeGreaterThan(proven);
  },
);

test("a forgotten weight is left out where browsers would be asked, because no audit of this size notices it", () => {
  const { runs, rho, level, forgottenWeight } = result;
  const plan = { runs, claimedMu: Math.sqrt(2 * rho), level: level / 2 };
  expect(forgottenWeight).toBeLessThan(1);
  expect(chanceOfSilence(plan, plan.claimedMu / forgottenWeight)).toBeGreaterThan(0.9999);
  // The weight among the mistakes is most of the sensitivity.
  expect(chanceOfSilence(plan, 1.6 * plan.claimedMu)).toBeLessThan(1e-9);
});

test("no attack on segments proves more than is claimed, and each on whoever is beyond the clip most of it", () => {
  const { asShipped } = segmentMechanisms({ epsilon: 4, delta: 1e-6 });
  const norms = asShipped.map(({ canary, task }) => norm(canary) / task.sensitivity);
  expect(norms[0]).toBeCloseTo(1, 3);
  expect(norms[1]).toBeCloseTo(1, 3);
  expect(norms[2]).toBeLessThan(0.6);
  const shipped = result.rows.filter(({ kind, alarm }) => kind === "segments" && !alarm);
  expect(shipped.map(({ mechanism, view }) => `${view}: ${mechanism}`)).toEqual([
    "leader: as shipped, beyond the clip",
    "leader: as shipped, beyond the clip, with scatter",
    "leader: as shipped, near a centroid",
    "public: as shipped, beyond the clip",
    "helper: as shipped, beyond the clip",
  ]);
  for (const { mechanism, view, oneRunEpsilon, certainEpsilon, worldsEpsilon } of shipped) {
    expect(oneRunEpsilon, mechanism).toBeLessThan(result.epsilon);
    expect(certainEpsilon, mechanism).toBeLessThan(result.epsilon);
    if (view !== "public" && mechanism.includes("beyond")) {
      expect(worldsEpsilon, mechanism).toBeGreaterThan(0.7 * result.epsilon);
    }
  }
});

test.each([
  ["way not clipped, to twice the clip", 5.5],
  ["noise for way and count, scatter forgotten", 4.3],
  ["noise halved", 5.5],
])(
  "the audit of segments raises the alarm at %s, and proves an epsilon of %s where 4 is claimed",
  (name, proven) => {
    const [row] = rowsOf(name, "segments");
    expect(row.alarm).toBe(true);
    expect(row.certainEpsilon).toBeGreaterThan(proven);
  },
);
