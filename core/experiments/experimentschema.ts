/**
 * Reads experiments: from an operator, who must hear what is wrong, and from an edition. An edition's reader
 * leaves out an experiment that it does not understand: half an audience is another audience, half an arm
 * another arm, and to wait with the edition would keep back catalogue and policy for an experiment's sake.
 * Whoever is in no arm sees what the control sees and counts nowhere, so that harms nobody.
 */
import * as v from "valibot";
import { eventKinds } from "../events/event.ts";
import type { Json } from "../json.ts";
import { settingsSchema } from "../model/edition.ts";
import { hasOwnedName } from "../ownednames.ts";
import { deviceClasses } from "../profile/device.ts";
import { latestMs } from "../time.ts";
import { issueText } from "../wire/issues.ts";
import { type Experiment, type Metric, type RankingChange, strataCount } from "./experiment.ts";
import { bucketCount } from "./hash.ts";

export const experimentLimits = {
  experiments: 50,
  arms: 10,
  strata: 16,
  metrics: 10,
  windowDays: 60,
  beforeDays: 60,
  /** Largest and smallest cap, in a metric's unit: squares of both are far from where numbers end. */
  cap: 1e9,
  leastCap: 1e-6,
  /** Characters of a name or a seed. */
  name: 64,
  /** Of the JSON of an arm's value, and levels within each other. */
  valueText: 4_096,
  valueLevels: 16,
  /** Segments are numbered below that. */
  segments: 64,
  halfLifeDays: 3_650,
  /** Of an audience. */
  languages: 50,
  facts: 16,
  factValues: 20,
  pages: 50,
  /** Characters of a value of a fact, of a page's beginning, of a list's name. */
  text: 200,
} as const;

const limits = experimentLimits;

/** ASCII, so that every library hashes it alike; no "/", see assignment.ts. */
export const nameSchema = v.pipe(
  v.string(),
  v.maxLength(limits.name),
  v.check((name) => /^[A-Za-z0-9][\w.-]*$/.test(name), "letters, digits, . _ and - after a letter or digit"),
);
const text = v.pipe(v.string(), v.minLength(1), v.maxLength(limits.text));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const whole = (least: number, most: number) =>
  v.pipe(
    v.number(),
    v.minValue(least),
    v.maxValue(most),
    v.check((value) => Number.isInteger(value), "a whole number"),
  );
const some = <S extends v.GenericSchema>(schema: S, most: number) =>
  v.pipe(v.array(schema), v.minLength(1), v.maxLength(most));
const kind = v.picklist(eventKinds);

const measureSchema = v.union([
  v.strictObject({ any: kind, list: v.optional(text) }),
  v.strictObject({ count: kind, list: v.optional(text) }),
  v.strictObject({ orders: v.literal("purchase") }),
  v.strictObject({ seconds: v.literal("dwell") }),
  v.strictObject({ money: v.literal("purchase") }),
]);
const cap = v.pipe(v.number(), v.minValue(limits.leastCap), v.maxValue(limits.cap));
const isCapOf = (of: Metric["of"], most: number): boolean => !("any" in of) || most === 1;

export const metricSchema = v.pipe(
  v.strictObject({
    name: nameSchema,
    of: measureSchema,
    cap,
    per: v.optional(v.strictObject({ of: measureSchema, cap })),
    isAdjusted: v.optional(v.boolean()),
    expected: v.optional(share),
  }),
  v.forward(
    v.check(({ of, cap: most }) => isCapOf(of, most), "1 where it is whether there is any"),
    ["cap"],
  ),
  v.forward(
    v.check(
      ({ per }) => per === undefined || isCapOf(per.of, per.cap),
      "of cap 1 where it is whether there is any",
    ),
    ["per"],
  ),
  v.forward(
    v.check(({ per, isAdjusted }) => per === undefined || isAdjusted !== true, "false where there is per"),
    ["isAdjusted"],
  ),
);

const settings = settingsSchema.entries;
const changeable = {
  alpha0: v.exactOptional(settings.alpha0),
  lambda: v.exactOptional(settings.lambda),
  contentScale: v.exactOptional(settings.contentScale),
  factorScale: v.exactOptional(settings.factorScale),
  popularityWeight: v.exactOptional(settings.popularityWeight),
  popularityPower: v.exactOptional(settings.popularityPower),
  pairWeight: settings.pairWeight,
  recentWeight: settings.recentWeight,
  recentTrend: settings.recentTrend,
  contentForFew: settings.contentForFew,
} satisfies Readonly<Record<keyof NonNullable<RankingChange["model"]>, unknown>>;
const rankingSchema = v.strictObject({
  model: v.optional(v.strictObject(changeable)),
  ranker: v.optional(v.boolean()),
  variety: v.optional(share),
  halfLifeDays: v.optional(v.pipe(v.number(), v.minValue(1), v.maxValue(limits.halfLifeDays))),
});

const armSchema = v.strictObject({
  name: nameSchema,
  weight: share,
  value: v.optional(
    v.custom<Json>(
      (value) => isJson(value, limits.valueLevels) && JSON.stringify(value).length <= limits.valueText,
      `JSON of at most ${limits.valueText} characters and ${limits.valueLevels} levels`,
    ),
  ),
  ranking: v.optional(rankingSchema),
});

const audienceSchema = v.strictObject({
  devices: v.optional(some(v.picklist(deviceClasses), deviceClasses.length)),
  segments: v.optional(some(whole(0, limits.segments - 1), limits.segments)),
  returning: v.optional(v.boolean()),
  languages: v.optional(
    some(
      v.pipe(
        text,
        v.check((tag) => /^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,7}$/.test(tag), "a BCP 47 tag"),
      ),
      limits.languages,
    ),
  ),
  facts: v.optional(
    v.pipe(
      v.unknown(),
      // A record would leave these out, and be open to everybody.
      v.check((facts) => !hasOwnedName(facts), "by names that objects do not have of themselves"),
      v.record(text, v.union([text, some(text, limits.factValues)])),
      v.check((facts) => {
        const { length } = Object.keys(facts);
        return length > 0 && length <= limits.facts;
      }, `one to ${limits.facts} facts`),
    ),
  ),
  pages: v.optional(
    some(
      v.pipe(
        text,
        v.check((beginning) => beginning.startsWith("/"), 'the beginning of a path, from its "/"'),
      ),
      limits.pages,
    ),
  ),
});

const strataSchema = v.union([
  v.strictObject({ by: v.picklist(["nothing", "device", "visitor"]) }),
  v.strictObject({ by: v.literal("segment"), count: whole(1, limits.segments) }),
]);

const layerSchema = v.pipe(
  v.strictObject({ name: nameSchema, from: whole(0, bucketCount), to: whole(0, bucketCount) }),
  v.forward(
    v.check(({ from, to }) => from < to, "above from"),
    ["to"],
  ),
);

/** Weights are written in decimals. */
const weightError = 1e-9;

export const experimentSchema: v.GenericSchema<unknown, Experiment> = v.pipe(
  v.strictObject({
    name: nameSchema,
    seed: nameSchema,
    layer: v.nullable(layerSchema),
    coverage: share,
    arms: v.pipe(v.array(armSchema), v.minLength(2), v.maxLength(limits.arms)),
    audience: audienceSchema,
    strata: strataSchema,
    metrics: some(metricSchema, limits.metrics),
    fromMs: whole(0, latestMs),
    toMs: whole(0, latestMs),
    windowDays: whole(1, limits.windowDays),
    beforeDays: whole(0, limits.beforeDays),
  }),
  v.forward(
    v.check(({ arms }) => areUnique(arms.map(({ name }) => name)), "of different names"),
    ["arms"],
  ),
  v.forward(
    v.check(({ metrics }) => areUnique(metrics.map(({ name }) => name)), "of different names"),
    ["metrics"],
  ),
  v.forward(
    v.check(({ arms }) => Math.abs(sumOf(arms) - 1) <= weightError, "of weights that sum to 1"),
    ["arms"],
  ),
  v.forward(
    v.check(({ strata }) => strataCount(strata) <= limits.strata, `at most ${limits.strata} in number`),
    ["strata"],
  ),
  v.forward(
    v.check(({ fromMs, toMs }) => fromMs < toMs, "later than fromMs"),
    ["toMs"],
  ),
  v.forward(
    v.check(
      ({ metrics, beforeDays }) => beforeDays > 0 || metrics.every(({ isAdjusted }) => isAdjusted !== true),
      "above 0 where a metric is adjusted",
    ),
    ["beforeDays"],
  ),
);

/**
 * All experiments of a site, each understood and all going together.
 *
 * @throws {TypeError | RangeError} `who: …` naming what is wrong.
 */
export function parseExperiments(value: unknown, who = "parseExperiments"): readonly Experiment[] {
  const parsed = v.safeParse(v.array(experimentSchema), value);
  if (!parsed.success) throw new TypeError(issueText(who, parsed.issues[0]));
  requireTogether(parsed.output, who);
  return parsed.output;
}

/**
 * Those that this reader understands, of more than it takes the first.
 *
 * @throws {TypeError | RangeError} `who: …` where it is no list, or they do not go together.
 */
export function parseKnownExperiments(value: unknown, who = "parseKnownExperiments"): readonly Experiment[] {
  if (!Array.isArray(value)) throw new TypeError(`${who}: experiments must be a list, got ${typeof value}`);
  const known = value.slice(0, limits.experiments).flatMap((one) => {
    const parsed = v.safeParse(experimentSchema, one);
    return parsed.success ? [parsed.output] : [];
  });
  requireTogether(known, who);
  return known;
}

/** Each by itself may be right. */
function requireTogether(experiments: readonly Experiment[], who: string): void {
  if (experiments.length > limits.experiments) {
    throw new RangeError(`${who}: expected at most ${limits.experiments} experiments, got more`);
  }
  if (!areUnique(experiments.map(({ name }) => name))) {
    throw new TypeError(`${who}: names of experiments must be different, got one twice`);
  }
  // Whoever is in one arm of the one would be in the same of the other.
  if (!areUnique(experiments.map(({ seed }) => seed))) {
    throw new TypeError(`${who}: seeds of experiments must be different, got one twice`);
  }
  const shares = experiments.flatMap(({ layer }) => layer ?? []).toSorted((a, b) => a.from - b.from);
  const endOf = new Map<string, number>();
  for (const { name, from, to } of shares) {
    if (from < (endOf.get(name) ?? 0)) {
      throw new RangeError(`${who}: experiments of layer ${name} must not overlap, got bucket ${from} twice`);
    }
    endOf.set(name, to);
  }
}

function sumOf(arms: readonly { readonly weight: number }[]): number {
  return arms.reduce((sum, { weight }) => sum + weight, 0);
}

function areUnique(names: readonly string[]): boolean {
  return new Set(names).size === names.length;
}

function isJson(value: unknown, levels: number): boolean {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || levels === 0) return false;
  return Object.values(value).every((one) => isJson(one, levels - 1));
}
