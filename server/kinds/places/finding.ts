/**
 * What rounds on places found, as it is stored, and in lines for the operator; and the curve in force: that
 * of the newest round that told any place. A round adds to its own sum those of the rounds before it that
 * asked the same, of some weeks: they are published already, so that it costs no privacy.
 */
import * as v from "valibot";
import { type PlaceCurve, placeCurveSchema } from "../../../core/lists/placecurve.ts";
import type { Estimate } from "../../../core/sum/estimate.ts";
import { type PlacesSettings, placesLayout } from "../../../core/tasks/places/contribution.ts";
import type { PlacesEstimate } from "../../../core/tasks/places/estimate.ts";
import { places as shape } from "../../../core/tasks/places/kind.ts";
import { dayMs } from "../../../core/time.ts";
import { findingsOf } from "../../store/findings.ts";
import type { LeaderQueries } from "../../store/leaderstore.ts";

const estimate = v.object({ value: v.number(), low: v.number(), high: v.number() });
const findingSchema = v.object({
  /** The days that it is about. */
  fromMs: v.number(),
  toMs: v.number(),
  /** Of these days alone. */
  sum: v.object({
    ends: v.array(v.number()),
    mostClicks: v.number(),
    values: v.array(v.number()),
    noise: v.number(),
  }),
  /** Rounds that the estimate is of, this one included. */
  rounds: v.number(),
  estimate: v.object({
    people: estimate,
    buckets: v.array(
      v.object({
        from: v.number(),
        upTo: v.number(),
        first: estimate,
        other: estimate,
        ratio: v.nullable(estimate),
        isTold: v.boolean(),
      }),
    ),
    curve: v.nullable(placeCurveSchema),
  }),
});

/** The sum of a round, in the units of the vector. */
export interface RoundSum extends Pick<PlacesSettings, "ends" | "mostClicks"> {
  readonly values: readonly number[];
  /** Standard deviation of what moved each number. */
  readonly noise: number;
}

/** What is kept of a round. */
export interface PlacesFinding {
  readonly fromMs: number;
  readonly toMs: number;
  readonly sum: RoundSum;
  readonly rounds: number;
  readonly estimate: PlacesEstimate;
}

/** So many of the newest rounds are looked at for a curve: a year of weeks. */
const roundsLookedAt = 52;

/** So long before its own days a round takes in others: pages change. */
const pooledDays = 90;

/** Sums of other days that were asked for alike, within some weeks before these. */
export async function earlierSums(
  queries: LeaderQueries,
  asked: PlacesSettings,
): Promise<readonly RoundSum[]> {
  const sums: RoundSum[] = [];
  // The newest first: of two about the same days the later counts.
  let untilMs = asked.fromMs;
  for (const { finding } of await findingsOf(queries, shape.name, roundsLookedAt)) {
    const parsed = v.safeParse(findingSchema, jsonIn(finding));
    if (!parsed.success) continue;
    const { fromMs, toMs, sum } = parsed.output;
    const isAlike =
      sum.mostClicks === asked.mostClicks &&
      sum.ends.join() === asked.ends.join() &&
      sum.values.length === placesLayout(asked).length;
    if (!isAlike || toMs > untilMs || fromMs < asked.fromMs - pooledDays * dayMs) continue;
    sums.push(sum);
    untilMs = fromMs;
  }
  return sums;
}

/** How likely each place is looked at, as the newest round has it that told any; null: none did. */
export async function learnedPlaceCurve(queries: LeaderQueries): Promise<PlaceCurve | null> {
  for (const { finding } of await findingsOf(queries, shape.name, roundsLookedAt)) {
    // What another version wrote in another form is as none.
    const parsed = v.safeParse(findingSchema, jsonIn(finding));
    if (parsed.success && parsed.output.estimate.curve !== null) return parsed.output.estimate.curve;
  }
  return null;
}

export function describePlaces(value: unknown): readonly string[] {
  const parsed = v.safeParse(findingSchema, value);
  if (!parsed.success) return ["of another version"];
  const { fromMs, toMs, rounds, estimate: found } = parsed.output;
  const { people, buckets, curve } = found;
  return [
    `${dayOf(fromMs)} to ${dayOf(toMs - 1)}: ${rangeOf(people, 0)} people${rounds === 1 ? "" : `, in ${rounds} rounds`}`,
    ...buckets.map(({ from, upTo, first, other, ratio, isTold }) => {
      const name = from === upTo ? `place ${from}` : `places ${from} to ${upTo}`;
      const clicks = `clicks ${rangeOf(first, 0)} at the first place, ${rangeOf(other, 0)} here`;
      const looked = ratio === null ? "too few to tell" : `looked at ${rangeOf(ratio, 2)} as often`;
      return `${name.padEnd(15)} ${clicks}: ${looked}${ratio === null || isTold ? "" : ", too wide to be used"}`;
    }),
    curve === null
      ? "no curve: clicks are taken as they are"
      : `curve           ${curve.map(({ upTo, chance }) => `to ${upTo}: ${chance.toFixed(2)}`).join(", ")}`,
  ];
}

/** The value, and the interval where that is more than one number. */
function rangeOf({ value, low, high }: Estimate, digits: number): string {
  const [least, most] = [low.toFixed(digits), high.toFixed(digits)];
  return least === most ? least : `${value.toFixed(digits)} (${least} to ${most})`;
}

function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
