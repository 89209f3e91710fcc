/** The report on an experiment: which test each metric has, what looks together say, and what may be concluded. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { armShares } from "../../../core/experiments/assignment.ts";
import { seededRandom } from "../../../core/seeded.ts";
import { cellsOf, type ExperimentCells } from "../../../core/tasks/experiments/cells.ts";
import { lookOf, type Measured } from "../../../core/tasks/experiments/contribution.ts";
import { askedOf } from "../../../core/tasks/experiments/kind.ts";
import { experimentsLayout } from "../../../core/tasks/experiments/layout.ts";
import { dayMs } from "../../../core/time.ts";
import { type ExperimentDraft, experimentOf, parseDraft } from "../../../server/experiments/draft.ts";
import { looksIn } from "../../../server/experiments/looks.ts";
import { reportOf } from "../../../server/experiments/report.ts";
import { reportLines } from "../../../server/experiments/reportlines.ts";
import { parseExperimentReport } from "../../../server/experiments/reportschema.ts";
import { twoSided } from "../../../server/experiments/statistics/distributions.ts";
import { pooledTest } from "../../../server/experiments/statistics/proportions.ts";

const started = { seed: "s1", fromMs: 0, toMs: 14 * dayMs, lookDays: 7 };

function draft(changes: Readonly<Record<string, unknown>> = {}): ExperimentDraft {
  return parseDraft({
    name: "banner",
    arms: [{ name: "as-now" }, { name: "large" }],
    metrics: [
      { name: "conversion", of: { any: "purchase" }, cap: 1 },
      { name: "clicks", of: { count: "click" }, cap: 10, isAdjusted: true },
      {
        name: "click-through",
        of: { count: "click" },
        cap: 10,
        per: { of: { count: "impression" }, cap: 50 },
      },
    ],
    ...changes,
  });
}

interface Person {
  readonly arm: string;
  readonly stratum?: number;
  readonly measured: readonly Measured[];
}

/** A look at what these people did, its sum moved by `noise` (standard deviation, in the units of the vector). */
function look(of: ExperimentDraft, people: readonly Person[], noise = 0, random = Math.random) {
  const experiment = experimentOf({ draft: of, createdAtMs: 0, started });
  if (experiment === null) throw new Error("expected one that was started");
  const layout = experimentsLayout([askedOf(experiment)]);
  const sum = Float64Array.from({ length: layout.length }, () => noise * normal(random));
  for (const { arm, stratum = 0, measured } of people) {
    const untold = [{ experiment: "banner", seed: "s1", arm, stratum, exposedMs: 0 }];
    const { values } = lookOf(layout, { toMs: 100 * dayMs, untold, measure: () => measured });
    for (const [at, value] of values.entries()) sum[at] += value;
  }
  const [cells] = cellsOf(layout, sum, noise);
  return { cells, isNoisy: noise > 0 };
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Who has a tendency of their own: what they did before tells what they do. */
function crowd(
  count: number,
  { seed, lift = 0 }: { readonly seed: number; readonly lift?: number },
): Person[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, at) => {
    const arm = at % 2 === 0 ? "as-now" : "large";
    const rate = 0.1 + (arm === "large" ? lift : 0);
    const tendency = random();
    const clicks = Math.floor(10 * tendency * random() * (arm === "large" ? 1 + lift : 1));
    return {
      arm,
      measured: [
        { y: random() < rate ? 1 : 0, x: 0 },
        { y: Math.min(1, clicks / 10), x: Math.floor(10 * tendency * random()) / 10 },
        { y: Math.min(1, clicks / 10), x: Math.min(1, (clicks + Math.floor(20 * random())) / 50) },
      ],
    };
  });
}

test("of one look without noise a proportion has the pooled z-test, and its mean is the share of people", () => {
  const people = crowd(2_000, { seed: 1 });
  const report = reportOf({ draft: draft(), state: "ended" }, { looks: [look(draft(), people)], planned: 1 });
  const sums = ["as-now", "large"].map((name) => {
    const here = people.filter(({ arm }) => arm === name);
    const bought = here.reduce((sum, { measured }) => sum + measured[0].y, 0);
    const zero = { n: 0, y: 0, yy: 0, x: 0, xx: 0, xy: 0 };
    return { sums: { ...zero, n: here.length, y: bought }, noise: zero, isBinary: true };
  });
  const [conversion] = report.metrics;
  expect(conversion.comparisons?.[0].difference.p).toBeCloseTo(
    pooledTest({ control: sums[0], treatment: sums[1], commonError: 0 }).p,
    9,
  );
  expect(conversion.arms.map(({ mean }) => mean?.value)).toEqual(
    sums.map(({ sums: { n, y } }) => expect.closeTo(y / n, 9)),
  );
  expect(report.arms.map(({ people: { value } }) => value)).toEqual(
    [1000, 1000].map((n) => expect.closeTo(n, 6)),
  );
});

test("looks of some people each say together what one look of all of them says", () => {
  const people = crowd(3_000, { seed: 2, lift: 0.1 });
  const plan = { planned: 3 };
  const one = reportOf({ draft: draft(), state: "ended" }, { looks: [look(draft(), people)], ...plan });
  const three = reportOf(
    { draft: draft(), state: "ended" },
    { looks: [0, 1, 2].map((at) => look(draft(), people.slice(at * 1000, (at + 1) * 1000))), ...plan },
  );
  for (const [at, metric] of one.metrics.entries()) {
    const [a, b] = [metric.comparisons?.[0], three.metrics[at].comparisons?.[0]];
    expect(b?.difference.value).toBeCloseTo(Number(a?.difference.value), 9);
    expect(b?.difference.standardError).toBeCloseTo(Number(a?.difference.standardError), 9);
  }
});

test("what people did before narrows the interval of an adjusted metric, and moves its means by nothing", () => {
  const people = crowd(4_000, { seed: 3 });
  const plainly = draft({ metrics: [{ name: "clicks", of: { count: "click" }, cap: 10 }] });
  const before = draft({ metrics: [{ name: "clicks", of: { count: "click" }, cap: 10, isAdjusted: true }] });
  const [plain, adjusted] = [plainly, before].map((of) => {
    const clicks = people.map(({ arm, measured }) => ({ arm, measured: [measured[1]] }));
    return reportOf({ draft: of, state: "ended" }, { looks: [look(of, clicks)], planned: 1 }).metrics[0];
  });
  const width = (metric: typeof plain): number => Number(metric.comparisons?.[0].difference.standardError);
  expect(width(adjusted)).toBeLessThan(0.95 * width(plain));
  const together = (metric: typeof plain): number =>
    metric.arms.reduce((sum, { mean }) => sum + Number(mean?.value) / 2, 0);
  expect(together(adjusted)).toBeCloseTo(together(plain), 6);
});

test("noise widens every interval by what it adds, and too much of it tells nothing", () => {
  const people = crowd(4_000, { seed: 4 });
  const [exact, noisy] = [0, 6].map(
    (noise) =>
      reportOf(
        { draft: draft(), state: "ended" },
        { looks: [look(draft(), people, noise, seededRandom(9))], planned: 1 },
      ).metrics[0],
  );
  const error = (metric: typeof exact): number => Number(metric.comparisons?.[0].difference.standardError);
  const { cells } = look(draft(), people, 6, seededRandom(9));
  const added = cells.arms.reduce((sum, [{ n, metrics }]) => {
    const { value, noise } = n;
    const mean = metrics[0].y.value / value;
    return sum + (metrics[0].y.noise ** 2 + (mean * noise) ** 2) / value ** 2;
  }, 0);
  expect(error(noisy) ** 2 - error(exact) ** 2).toBeCloseTo(added, 4);
  expect(error(noisy)).toBeGreaterThan(1.1 * error(exact));
  const drowned = reportOf(
    { draft: draft(), state: "ended" },
    { looks: [look(draft(), people.slice(0, 60), 60, seededRandom(9))], planned: 1 },
  );
  expect(drowned.metrics.map(({ comparisons }) => comparisons)).toEqual([null, null, null]);
  expect(reportLines(drowned).join("\n")).toContain(
    "too few people yet, or too few who did anything, beside the noise",
  );
});

test("arms that are not filled as their weights say are believed nothing", () => {
  const people = crowd(4_000, { seed: 5, lift: 0.5 }).filter(
    ({ arm }, at) => arm === "large" || at % 4 === 0,
  );
  const report = reportOf({ draft: draft(), state: "ended" }, { looks: [look(draft(), people)], planned: 1 });
  expect(report.mismatch?.isOff).toBe(true);
  const lines = reportLines(report).join("\n");
  expect(lines).toContain("!! people are not spread over the arms as their weights say");
  expect(lines).toContain("nothing can be concluded: see the mismatch above");
  expect(lines).not.toMatch(/(more|less) with/);
  expect(report.metrics[0].comparisons?.[0].belief).toBeNull();
});

test("while it runs a difference is concluded from the sequential interval alone, which is the wider one", () => {
  const people = crowd(2_000, { seed: 6, lift: 0.032 });
  const report = reportOf(
    { draft: draft(), state: "running" },
    { looks: [look(draft(), people)], planned: 4 },
  );
  const [conversion] = report.metrics;
  const [{ difference, sequential }] = conversion.comparisons ?? [];
  expect(difference.p).toBeLessThan(0.05);
  expect(sequential.high - sequential.low).toBeGreaterThan(difference.high - difference.low);
  expect(sequential.low).toBeLessThan(0);
  expect(reportLines(report).join("\n")).toContain("nothing can be concluded yet");
  const ended = { ...report, state: "ended" as const, looks: 4 };
  expect(reportLines(ended).join("\n")).toContain("more with large, if this was the look that was planned");
});

test("a difference that is as large as a half is concluded at whichever look", () => {
  const people = crowd(4_000, { seed: 7, lift: 0.5 });
  const report = reportOf(
    { draft: draft(), state: "running" },
    { looks: [look(draft(), people)], planned: 4 },
  );
  expect(reportLines(report).join("\n")).toContain("more with large, at whichever look one stops");
});

test("several treatments share the level: p of the first metric is Holm's, and intervals at any look are wider", () => {
  const three = draft({ arms: [{ name: "as-now" }, { name: "large" }, { name: "huge" }] });
  const people = crowd(3_000, { seed: 8 }).map((one, at) => ({ ...one, arm: three.arms[at % 3].name }));
  const two = people.filter(({ arm }) => arm !== "huge");
  const of = (draftOfThem: ExperimentDraft, some: readonly Person[]) =>
    reportOf({ draft: draftOfThem, state: "running" }, { looks: [look(draftOfThem, some)], planned: 1 })
      .metrics[0].comparisons ?? [];
  const [alone] = of(draft(), two);
  const [beside, other] = of(three, people);
  expect(beside.difference.p).toBeCloseTo(alone.difference.p, 9);
  const [least, most] = [beside, other].sort((a, b) => a.difference.p - b.difference.p);
  expect(least.adjustedP).toBeCloseTo(Math.min(1, 2 * least.difference.p), 9);
  expect(most.adjustedP).toBeGreaterThanOrEqual(least.adjustedP);
  expect(beside.sequential.high - beside.sequential.low).toBeGreaterThan(
    alone.sequential.high - alone.sequential.low,
  );
});

test("strata are told apart, and arms that differ in their share of a stratum by chance are compared fairly", () => {
  const stratified = draft({ strata: { by: "visitor" } });
  const random = seededRandom(11);
  // Those who come back buy four times as often, and the treatment has more of them.
  const people = Array.from({ length: 8_000 }, (_, at): Person => {
    const arm = at % 2 === 0 ? "as-now" : "large";
    const stratum = random() < (arm === "large" ? 0.6 : 0.4) ? 1 : 0;
    const none = { y: 0, x: 0 };
    return {
      arm,
      stratum,
      measured: [{ y: random() < (stratum === 1 ? 0.4 : 0.1) ? 1 : 0, x: 0 }, none, none],
    };
  });
  const of = (by: ExperimentDraft, some: readonly Person[]) =>
    reportOf({ draft: by, state: "ended" }, { looks: [look(by, some)], planned: 1 }).metrics[0]
      .comparisons?.[0];
  const whole = of(
    draft(),
    people.map(({ arm, measured }) => ({ arm, measured })),
  );
  const within = of(stratified, people);
  expect(Math.abs(Number(within?.difference.value))).toBeLessThan(Math.abs(Number(whole?.difference.value)));
  expect(Number(within?.difference.standardError)).toBeLessThan(Number(whole?.difference.standardError));
  expect(within?.strata.filter((one) => one !== null)).toHaveLength(2);
  const lines = reportLines(
    reportOf({ draft: stratified, state: "ended" }, { looks: [look(stratified, people)], planned: 1 }),
  );
  expect(lines.filter((line) => /^ {6}(new|returning): 95 % /.test(line))).toHaveLength(2);
  expect(lines.filter((line) => /^ {6}(new|returning): too few people$/.test(line))).toHaveLength(0);
});

test("of what nobody did nothing is told", () => {
  const people = crowd(500, { seed: 13 }).map((one) => ({
    ...one,
    measured: one.measured.map((measured, at) => (at === 0 ? { y: 0, x: 0 } : measured)),
  }));
  const report = reportOf({ draft: draft(), state: "ended" }, { looks: [look(draft(), people)], planned: 1 });
  expect(report.metrics.map(({ comparisons }) => comparisons !== null)).toEqual([false, true, true]);
});

/** Two arms and a third, told by hand: 0 or 1 of each person. */
function told(
  arms: readonly { readonly n: number; readonly y: number }[],
  noise: number,
): { readonly cells: ExperimentCells; readonly isNoisy: boolean } {
  const cells = arms.map(({ n, y }) => {
    const of = { value: y, noise };
    return [{ n: { value: n, noise }, metrics: [{ y: of, yy: of, second: null }] }];
  });
  return { cells: { name: "banner", seed: "s1", arms: cells }, isNoisy: noise > 0 };
}

const conversionAlone = [{ name: "conversion", of: { any: "purchase" }, cap: 1 }];

test("an arm of too few people, as told or as chance must have dealt them, silences itself alone", () => {
  const arms = [
    { name: "as-now", weight: 0.5 },
    { name: "large", weight: 0.499 },
    { name: "huge", weight: 0.001 },
  ];
  const three = draft({ metrics: conversionAlone, arms });
  // Noise tells 25 people of the third where chance deals 1.
  const look = told(
    [
      { n: 700, y: 70 },
      { n: 690, y: 120 },
      { n: 25, y: 3 },
    ],
    30,
  );
  const report = reportOf({ draft: three, state: "ended" }, { looks: [look], planned: 1 });
  expect(report.metrics[0].comparisons?.map(({ arm }) => arm)).toEqual(["large"]);
  expect(report.metrics[0].arms.map(({ mean }) => mean !== null)).toEqual([true, true, false]);
  expect(reportLines(report).join("\n")).toContain("huge: too few people");
  const two = draft({ metrics: conversionAlone, arms: [{ ...arms[0], weight: 0.999 }, arms[2]] });
  const alone = told(
    [
      { n: 700, y: 70 },
      { n: 25, y: 3 },
    ],
    30,
  );
  const none = reportOf({ draft: two, state: "ended" }, { looks: [alone], planned: 1 });
  expect(none.metrics[0].comparisons).toBeNull();
});

test("whatever reports claim, honest or not, a report on them is made, and is of numbers alone", () => {
  const counts = fc.integer({ min: -2_000, max: 3_000 });
  const arm = fc.record({ n: counts, y: counts });
  const isOfNumbers = (value: unknown): boolean =>
    typeof value === "number"
      ? Number.isFinite(value)
      : typeof value !== "object" || value === null || Object.values(value).every(isOfNumbers);
  const of = draft({ metrics: conversionAlone });
  fc.assert(
    fc.property(fc.array(arm, { minLength: 2, maxLength: 2 }), fc.constantFrom(0, 30), (arms, noise) => {
      const report = reportOf({ draft: of, state: "ended" }, { looks: [told(arms, noise)], planned: 1 });
      expect(isOfNumbers(report)).toBe(true);
      reportLines(report);
    }),
    {
      numRuns: 200,
      examples: [
        [
          [
            { n: 1000, y: 1500 },
            { n: 1000, y: -5 },
          ],
          0,
        ],
      ],
    },
  );
});

/** Of two weeks, or as many `days` as it had; half of the people in each arm, so many of the treatment more. */
function ended(
  metrics: readonly unknown[],
  {
    looks,
    planned,
    more,
    days = 14,
  }: { readonly looks: number; readonly planned: number; readonly more: number; readonly days?: number },
) {
  const of = draft({ metrics });
  const cells = [0, more].map((extra) => {
    const y = { value: 100 + extra, noise: 0 };
    const metric = { y, yy: y, second: null };
    return [{ n: { value: 1000, noise: 0 }, metrics: metrics.map(() => metric) }];
  });
  const one = { cells: { name: "banner", seed: "s1", arms: cells }, isNoisy: false };
  return reportOf(
    { draft: of, state: "ended", started: { ...started, toMs: days * dayMs } },
    { looks: Array.from({ length: looks }, () => one), planned },
  );
}

test("what was stopped before the look that was planned as the last has the sequential interval alone", () => {
  const early = ended(conversionAlone, { looks: 1, planned: 4, more: 30 });
  expect(early.metrics[0].comparisons?.[0].difference.p).toBeLessThan(0.05);
  const lines = reportLines(early).join("\n");
  expect(lines).toContain("1 of 4 looks");
  expect(lines).toContain("nothing can be concluded: it ended before the look that was planned as the last");
  expect(reportLines(ended(conversionAlone, { looks: 1, planned: 4, more: 200 })).join("\n")).toContain(
    "more with large, at whichever look one stops",
  );
  const stopped = ended(conversionAlone, { looks: 4, planned: 4, more: 15, days: 9 });
  expect(stopped.metrics[0].comparisons?.[0].difference.p).toBeLessThan(0.05);
  expect(stopped.metrics[0].comparisons?.[0].belief).toBeNull();
  expect(reportLines(stopped).join("\n")).toContain("it ended before the look that was planned as the last");
  // Of a whole one a look may be missing by the hour at which it began.
  expect(reportLines(ended(conversionAlone, { looks: 3, planned: 4, more: 17 })).join("\n")).toContain(
    "more with large, if this was the look that was planned as the last",
  );
  expect(reportLines(ended(conversionAlone, { looks: 6, planned: 4, more: 0 }))[0]).toBe(
    "banner: ended, 6 looks, 4 were planned",
  );
});

test("of what was asked beyond the first metric a finding says that it is one of many", () => {
  const many = Array.from({ length: 5 }, (_, at) => ({ ...conversionAlone[0], name: `m${at}` }));
  const verdicts = reportLines(ended(many, { looks: 4, planned: 4, more: 60 })).filter((line) =>
    line.startsWith("    more with large"),
  );
  expect(verdicts).toHaveLength(5);
  expect(verdicts[0]).toBe("    more with large, at whichever look one stops");
  for (const verdict of verdicts.slice(1)) {
    expect(verdict).toContain("one of 5 things that were asked");
    expect(verdict).not.toContain("whichever");
  }
});

test("a report says more or less, and never which of them is good; a belief is told at the planned end alone", () => {
  for (const more of [-60, 60]) {
    const refunds = [{ name: "refunds", of: { any: "refund" }, cap: 1 }];
    const lines = reportLines(ended(refunds, { looks: 1, planned: 1, more })).join("\n");
    expect(lines).toContain(`${more > 0 ? "more" : "less"} with large`);
    expect(lines).toContain(`more with a chance of ${more > 0 ? "over 99.9" : "under 0.1"} %`);
    expect(lines).not.toMatch(/better|worse|win|cost/);
    const early = ended(refunds, { looks: 1, planned: 3, more });
    expect(early.metrics[0].comparisons?.[0].belief).toBeNull();
    expect(reportLines(early).join("\n")).not.toContain("with a chance of");
  }
});

test("a belief in what strata tell apart is of the same difference as its interval", () => {
  const random = seededRandom(31);
  const by = draft({ metrics: conversionAlone, strata: { by: "visitor" } });
  const people = Array.from({ length: 4_000 }, (_, at): Person => {
    const arm = at % 2 === 0 ? "as-now" : "large";
    const stratum = random() < (arm === "large" ? 0.51 : 0.49) ? 1 : 0;
    return { arm, stratum, measured: [{ y: random() < (stratum === 1 ? 0.4 : 0.1) ? 1 : 0, x: 0 }] };
  });
  const report = reportOf({ draft: by, state: "ended" }, { looks: [look(by, people)], planned: 1 });
  const [{ difference, belief }] = report.metrics[0].comparisons ?? [];
  const chance = twoSided(Math.abs(difference.value) / difference.standardError) / 2;
  expect(belief?.chanceToBeat).toBeCloseTo(difference.value > 0 ? 1 - chance : chance, 6);
});

test("p at any look is held against the level of all treatments, as the interval beside it is", () => {
  for (const more of [20, 35, 40, 45, 50, 55, 60]) {
    const three = draft({
      metrics: conversionAlone,
      arms: [{ name: "as-now" }, { name: "large" }, { name: "huge" }],
    });
    const arms = [0, more, more].map((extra) => ({ n: 1000, y: 100 + extra }));
    const report = reportOf({ draft: three, state: "running" }, { looks: [told(arms, 3)], planned: 2 });
    for (const { sequential } of report.metrics[0].comparisons ?? [])
      expect(sequential.p < 0.05).toBe(sequential.low > 0);
  }
});

test("arms of a small coverage are held against the buckets that they are dealt, not against their weights", () => {
  const arms = [{ name: "as-now" }, { name: "large" }, { name: "huge" }];
  const small = draft({ metrics: conversionAlone, arms, coverage: 0.001 });
  const shares = armShares(small);
  expect(Math.max(...shares)).toBeGreaterThan(1.2 * Math.min(...shares));
  const dealt = told(
    shares.map((share) => ({ n: 10_000 * share, y: 1000 * share })),
    0,
  );
  const report = reportOf({ draft: small, state: "running" }, { looks: [dealt], planned: 1 });
  expect(report.mismatch?.p).toBeGreaterThan(0.9);
  const even = told(
    shares.map(() => ({ n: 3_333, y: 333 })),
    0,
  );
  expect(reportOf({ draft: small, state: "running" }, { looks: [even], planned: 1 }).mismatch?.isOff).toBe(
    true,
  );
  // Who cannot come in any more was dealt by the weights.
  const closed = { ...small, coverage: 0 };
  expect(reportOf({ draft: closed, state: "closing" }, { looks: [even], planned: 1 }).mismatch?.isOff).toBe(
    false,
  );
});

test("the report says how many people of an arm may be missing unseen: fewer of many people, more beside noise", () => {
  const of = (n: number, noise: number) => {
    const both = [
      { n, y: n / 10 },
      { n, y: n / 10 },
    ];
    const two = draft({ metrics: conversionAlone });
    return reportOf({ draft: two, state: "ended" }, { looks: [told(both, noise)], planned: 1 });
  };
  const least = (n: number, noise: number) => of(n, noise).mismatch?.leastSeen ?? Number.NaN;
  // Two arms of n, one of which lost q: z = q sqrt(n / 2) to first order, found 80 of 100 times at 3.29 + 0.84.
  expect(least(50_000, 0) * Math.sqrt(50_000 / 2)).toBeCloseTo(3.2905 + 0.8416, 1);
  expect(least(200_000, 0)).toBeLessThan(0.6 * least(50_000, 0));
  expect(least(50_000, 500)).toBeGreaterThan(2 * least(50_000, 0));
  expect(reportLines(of(50_000, 0)).join("\n")).toMatch(/noticed if 2\.\d % or more of an arm's people/);
  const hidden = of(1_000, 900);
  expect(hidden.mismatch?.leastSeen).toBeNull();
  expect(reportLines(hidden).join("\n")).toContain("noise hides whether the people of an arm answer at all");
});

test("looks that asked otherwise than the newest, or are in another form, are counted and not added", () => {
  const kept = experimentOf({ draft: draft({ metrics: conversionAlone }), createdAtMs: 0, started });
  if (kept === null) throw new Error("expected one that was started");
  const asked = askedOf(kept);
  const lookAs = (experiments: readonly unknown[], length: number) => ({
    atMs: 0,
    finding: JSON.stringify({
      ...{ settings: { toMs: dayMs, experiments }, values: new Array(length).fill(3) },
      ...{ noise: 1, sigma: 1, reports: 9 },
    }),
  });
  const { length } = experimentsLayout([asked]);
  const [metric] = asked.metrics;
  const findings = [
    lookAs([asked], length),
    lookAs([asked], length),
    lookAs([{ ...asked, metrics: [{ ...metric, expected: 0.4 }] }], length),
    lookAs([{ ...asked, ofTomorrow: true, metrics: "in another form" }], length),
    lookAs([{ ...asked, seed: "of another deal" }], length),
  ];
  const found = looksIn(findings, { name: "banner", seed: "s1" });
  expect([found.looks.length, found.leftOut]).toEqual([2, 2]);
  const report = reportOf({ draft: draft(), state: "running" }, { looks: [], planned: 4, leftOut: 2 });
  expect(reportLines(report)[1]).toBe(
    "!! 2 looks more are in nothing below: they asked otherwise than the newest, as another version does",
  );
});

test("a report is JSON that its reader takes whole", () => {
  const looks: { cells: ExperimentCells; isNoisy: boolean }[] = [look(draft(), crowd(500, { seed: 12 }), 1)];
  const report = reportOf({ draft: draft(), state: "running" }, { looks, planned: 3 });
  expect(parseExperimentReport(JSON.parse(JSON.stringify(report)))).toEqual(report);
  const nothing = reportOf({ draft: draft(), state: "draft" }, { looks: [], planned: 3 });
  expect(parseExperimentReport(JSON.parse(JSON.stringify(nothing)))).toEqual(nothing);
  expect(reportLines(nothing)).toContain("nothing is told before the first look");
});
