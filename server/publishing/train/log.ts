/**
 * A log as what is learned from: for each person the items that they have, with how much each counts now. Some 16
 * bytes a line are held while it is read.
 *
 * - What was given back is not had: of an item the pieces of all lines are added up.
 * - An item counts by its newest line, half after 90 days like an event on a device (core/events/tastes.ts); the
 *   age is that at the time of the newest line of the log, so that an old log says the same tomorrow.
 * - Whoever is left out is left out with every line.
 */
import { ageFactor } from "../../../core/events/tastes.ts";
import type { Input } from "../input/input.ts";
import { actsOf, type LeftOut } from "./acts.ts";
import { type Line, Lines } from "./lines.ts";
import type { PersonTastes } from "./persontastes.ts";

export interface LogOptions {
  /** Row of an item in the catalogue. */
  readonly rowOf: ReadonlyMap<string, number>;
  /** People who must not be learned from. */
  readonly without: ReadonlySet<string>;
  /** Milliseconds since the Unix epoch: what is dated later is of now. */
  readonly nowMs: number;
}

export interface TrainingLog {
  /** Those who have something of the catalogue, one after the other. */
  readonly people: () => Iterable<PersonTastes>;
  /** How many lines say something. */
  readonly lines: number;
  readonly leftOut: Readonly<LeftOut> & {
    /** Lines about items that the catalogue does not have, and the first few of those. */
    readonly unknown: number;
    readonly unknownItems: readonly string[];
    /** Lines of people who must not be learned from. */
    readonly excluded: number;
  };
}

const examples = 5;

/** @throws {InputFault} as `actsOf` does. */
export async function readLog(input: Input, { rowOf, without, nowMs }: LogOptions): Promise<TrainingLog> {
  const leftOut = { person: 0, item: 0, unknown: 0, unknownItems: [] as string[], excluded: 0 };
  const numberOf = new Map<string, number>();
  const lines = new Lines();
  for await (const { person, item, quantity, weight, atMs } of actsOf(input, leftOut)) {
    if (without.has(person)) {
      leftOut.excluded += 1;
      continue;
    }
    const row = rowOf.get(item);
    if (row === undefined) {
      leftOut.unknown += 1;
      const isNew = leftOut.unknownItems.length < examples && !leftOut.unknownItems.includes(item);
      if (isNew) leftOut.unknownItems.push(item);
      continue;
    }
    const number = numberOf.get(person) ?? numberOf.size;
    numberOf.set(person, number);
    lines.add({ person: number, row, quantity, weight, atMs: atMs === null ? null : Math.min(atMs, nowMs) });
  }
  return { people: () => peopleOf(lines, numberOf.size), lines: lines.count, leftOut };
}

function* peopleOf(lines: Lines, count: number): Generator<PersonTastes> {
  const { newestMs } = lines;
  const { starts, places } = lines.byPerson(count);
  for (let person = 0; person < count; person++) {
    const own = Array.from(places.subarray(starts[person], starts[person + 1]), (place) => lines.at(place));
    const tastes = tastesOf(own, newestMs);
    if (tastes.rows.length > 0) yield tastes;
  }
}

interface Had {
  pieces: number;
  weight: number;
  newestMs: number | null;
}

function tastesOf(lines: readonly Line[], newestMs: number | null): PersonTastes {
  const had = new Map<number, Had>();
  for (const { row, quantity, weight, atMs } of lines) {
    const item = had.get(row) ?? { pieces: 0, weight: 0, newestMs: null };
    had.set(row, item);
    item.pieces += quantity;
    if (quantity <= 0) continue;
    item.weight += weight;
    if (atMs !== null) item.newestMs = Math.max(item.newestMs ?? atMs, atMs);
  }
  const kept = [...had]
    .filter(([, { pieces, weight }]) => pieces > 0 && weight > 0)
    .sort(([a], [b]) => a - b);
  const freshness = kept.map(([, item]) => freshnessOf(item.newestMs, newestMs));
  return {
    rows: kept.map(([row]) => row),
    weights: kept.map(([, { weight }], at) => weight * freshness[at]),
    freshness,
  };
}

/** A line without a time is as fresh as the newest. */
function freshnessOf(atMs: number | null, newestMs: number | null): number {
  return atMs === null || newestMs === null ? 1 : ageFactor(newestMs - atMs);
}
