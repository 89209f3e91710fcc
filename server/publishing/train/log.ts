/**
 * A log as what is learned from: for each person the items that they have, with how much each counts now.
 * Some 20 bytes a line are held while it is read.
 *
 * - What was given back is not had: of an item the pieces of all lines are added up.
 * - What somebody did far more often than is usual for them counts as the edge of that
 *   (core/events/cleaning/repetition.ts).
 * - An item counts by its freshest line, half after 90 days like an event on a device
 *   (core/events/tastes.ts); the age is that at the time of the newest line of the log, so that an old log
 *   says the same tomorrow. A line of the future makes no other old: it is a slip, or a clock, and counts
 *   half.
 * - Whoever is left out is left out with every line.
 * - What says nothing about a person does not count (cleaning.ts).
 */
import { Repetition } from "../../../core/events/cleaning/repetition.ts";
import { firstPossibleMs, isPossibleTime } from "../../../core/events/cleaning/times.ts";
import { ageFactor, freshnessOf } from "../../../core/events/tastes.ts";
import type { Reading } from "../feeds/reading.ts";
import { type Input, InputFault } from "../input/input.ts";
import { actsOf, type LeftOut, nothingLeftOut } from "./acts.ts";
import { cleanLines } from "./cleaning.ts";
import { PeopleLeftOut } from "./leftout.ts";
import { type Line, Lines, type LinesOfPeople } from "./lines.ts";
import type { PeopleTastes } from "./tastes.ts";

export interface LogOptions {
  /** Row of an item in the catalogue. */
  readonly rowOf: ReadonlyMap<string, number>;
  /** People who must not be learned from. */
  readonly without: ReadonlySet<string>;
  /** Milliseconds since the Unix epoch: what is dated later is of the future. */
  readonly nowMs: number;
  /** How the file is written, where it has not this project's own columns. */
  readonly reading?: Reading;
  /** Whether lines are cleaned by the rules of a device's journal; they are unless given. */
  readonly cleaning?: "rules" | "none";
  /** Part of the lines, 0..1, that may be left out for a fault; none unless given. */
  readonly mostFaulty?: number | undefined;
  /** Hears the lines that count before they are let go. */
  readonly onLines?: ((lines: Lines, byPerson: LinesOfPeople) => void) | undefined;
}

export interface TrainingLog {
  /** What those have who have something of the catalogue, in the order in which they first come. */
  readonly tastes: PeopleTastes;
  /** How many lines are about items of the catalogue, and how many of them count. */
  readonly matched: number;
  readonly lines: number;
  /** What is wrong with the lines that were left out for it. */
  readonly faults: readonly string[];
  readonly leftOut: Readonly<LeftOut> & {
    /** Lines about items that the catalogue does not have, and the first few of those. */
    readonly unknown: number;
    readonly unknownItems: readonly string[];
    /** Lines of people who must not be learned from. */
    readonly excluded: number;
  };
  /**
   * How many people must not be learned from, and how many of them have no line, by names as they are
   * compared.
   */
  readonly peopleLeftOut: { readonly all: number; readonly unmet: number };
}

const examples = 5;

/** @throws {InputFault} as `actsOf` does. */
export async function readLog(
  input: Input,
  { rowOf, without, nowMs, reading, cleaning = "rules", mostFaulty = 0, onLines }: LogOptions,
): Promise<TrainingLog> {
  const leftOut = { ...nothingLeftOut(), unknown: 0, unknownItems: [] as string[], excluded: 0 };
  const numberOf = new Map<string, number>();
  const peopleLeftOut = new PeopleLeftOut(without);
  const lines = new Lines();
  let newestMs: number | null = null;
  const faults: string[] = [];
  const onFault = mostFaulty > 0 ? (fault: InputFault) => void faults.push(fault.message) : undefined;
  for await (const { person, item, kind, quantity, weight, atMs } of actsOf(input, leftOut, {
    ...reading,
    onFault,
  })) {
    // Asked once of whoever is learned from: comparing names takes as long as reading the line.
    if (!numberOf.has(person) && peopleLeftOut.has(person)) {
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
    if (atMs !== null && atMs <= nowMs) newestMs = Math.max(newestMs ?? atMs, atMs);
    lines.add({ person: number, row, kind, quantity, weight, atMs });
  }
  requireFew(input.name, faults, { all: rowsIn(leftOut) + lines.count + faults.length, mostFaulty });
  const people = numberOf.size;
  const cleaned = cleaning === "none" ? null : cleanLines(lines, { people, nowMs });
  const byPerson = cleaned?.byPerson ?? lines.byPerson(people);
  const { starts, places } = byPerson;
  onLines?.(lines, byPerson);
  for (const [what, count] of cleaned?.leftOut ?? []) leftOut.others.set(what, count);
  const freshnessAt = freshnessBy({ newestMs, nowMs });
  const tastes = tastesOf(lines, {
    starts,
    places,
    items: rowOf.size,
    freshnessAt,
    repetition: cleaning === "none" ? "counts" : "bounded",
  });
  return {
    tastes,
    matched: lines.count,
    lines: places.length,
    faults,
    leftOut,
    peopleLeftOut: peopleLeftOut.counts,
  };
}

function rowsIn({ person, item, unknown, excluded, others }: TrainingLog["leftOut"]): number {
  return [person, item, unknown, excluded, ...others.values()].reduce((sum, count) => sum + count, 0);
}

function requireFew(
  name: string,
  faults: readonly string[],
  { all, mostFaulty }: { readonly all: number; readonly mostFaulty: number },
): void {
  if (faults.length <= mostFaulty * all) return;
  const most = `at most ${(100 * mostFaulty).toFixed(1)} % of ${all} lines`;
  throw new InputFault(
    name,
    `expected ${most} with a fault, got ${faults.length}; the first is ${faults[0]}`,
  );
}

/** What people had before a moment, as of then. */
export function tastesBefore(
  lines: Lines,
  byPerson: LinesOfPeople,
  {
    items,
    untilMs,
    repetition,
  }: Pick<Shape, "items" | "repetition"> & {
    /** Milliseconds since the Unix epoch. */
    readonly untilMs: number;
  },
): PeopleTastes {
  const places: number[] = [];
  const starts = new Uint32Array(byPerson.starts.length);
  for (let person = 0; person < starts.length - 1; person++) {
    for (const place of byPerson.places.subarray(byPerson.starts[person], byPerson.starts[person + 1])) {
      const { atMs } = lines.at(place);
      if (atMs !== null && atMs < untilMs) places.push(place);
    }
    starts[person + 1] = places.length;
  }
  const freshnessAt = freshnessBy({ newestMs: untilMs, nowMs: untilMs });
  return tastesOf(lines, { starts, places: Uint32Array.from(places), items, freshnessAt, repetition });
}

interface Shape extends LinesOfPeople {
  readonly items: number;
  readonly freshnessAt: FreshnessAt;
  /** Whether what is done over and over counts each time, or as often as is usual. */
  readonly repetition: "counts" | "bounded";
}

/** What age leaves, 0..1, of a line of that time. */
type FreshnessAt = (atMs: number | null) => number;

function tastesOf(lines: Lines, shape: Shape): PeopleTastes {
  const { starts: from, places, items } = shape;
  const people = from.length - 1;
  const hadBy = (person: number): readonly Kept[] =>
    hadIn(() => lines.atEach(places.subarray(from[person], from[person + 1])), shape);
  // Counted first: what is grown is there twice while it grows.
  const counts: number[] = [];
  for (let person = 0; person < people; person++) counts.push(hadBy(person).length);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const columns = new Uint32Array(total);
  const weights = new Float32Array(total);
  const freshness = new Float32Array(total);
  const starts = new Uint32Array(counts.filter((count) => count > 0).length + 1);
  let at = 0;
  let next = 0;
  for (let person = 0; person < people; person++) {
    if (counts[person] === 0) continue;
    for (const had of hadBy(person)) {
      columns[at] = had.row;
      freshness[at] = had.freshness;
      weights[at] = had.weight * freshness[at];
      at += 1;
    }
    starts[++next] = at;
  }
  return { interactions: { starts, columns, weights, columnCount: items }, freshness };
}

interface Had {
  readonly row: number;
  /** Bought, without what was given back. */
  pieces: number;
  /** Of purchases, and of all that was done besides. */
  bought: number;
  done: number;
  /** Of its freshest line, 0..1. */
  freshness: number;
}

interface Kept {
  readonly row: number;
  /** Above 0. */
  readonly weight: number;
  readonly freshness: number;
}

type HadOptions = Pick<Shape, "freshnessAt" | "repetition">;

/** What is had after these lines of one person, by row; the lines are read twice. */
function hadIn(lines: () => Iterable<Line>, { freshnessAt, repetition }: HadOptions): readonly Kept[] {
  const often = new Repetition();
  if (repetition === "bounded")
    for (const { row, kind, quantity } of lines()) if (quantity >= 0) often.add({ kind, item: String(row) });
  const had = new Map<number, Had>();
  for (const { row, kind, quantity, weight, atMs } of lines()) {
    const item = had.get(row) ?? { row, pieces: 0, bought: 0, done: 0, freshness: 0 };
    had.set(row, item);
    item.pieces += quantity;
    if (quantity < 0) continue;
    const counting = weight * often.factorOf({ kind, item: String(row) });
    if (quantity > 0) item.bought += counting;
    else item.done += counting;
    item.freshness = Math.max(item.freshness, freshnessAt(atMs));
  }
  return [...had.values()]
    .map(({ row, pieces, bought, done, freshness }) => ({
      row,
      weight: done + (pieces > 0 ? bought : 0),
      freshness,
    }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => a.row - b.row);
}

/** Least that age leaves: factors can be solved for beside what counts once. */
const leastFreshness = 2 ** -20;

/**
 * A line without a time is as fresh as the newest.
 *
 * @param newestMs time of the newest line that is not of the future; null where there is none.
 */
function freshnessBy({
  newestMs,
  nowMs,
}: {
  readonly newestMs: number | null;
  readonly nowMs: number;
}): FreshnessAt {
  return (atMs) => {
    if (atMs === null || newestMs === null) return 1;
    // Numbers that go on from 1 are times of a clock of their own.
    if (newestMs >= firstPossibleMs && !isPossibleTime(atMs, nowMs)) return freshnessOf(atMs, { nowMs });
    return Math.max(leastFreshness, ageFactor(newestMs - atMs));
  };
}
