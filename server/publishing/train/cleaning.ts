/**
 * The lines of a log that count: cleaned by the rules that clean a device's journal (core/events/cleaning),
 * person by person. Whoever did most of it faster than any person is a robot, and nothing of it counts.
 *
 * Only what a clock told apart is judged: neither a time of whole minutes (a log of days tells no double
 * click), nor one that a person has in many lines (when they were imported), nor numbers that go on from 1.
 * Orders and what was given back are never repeats: a line that is twice in an invoice means two.
 */
import { Cleaning, isRobot } from "../../../core/events/cleaning/cleaning.ts";
import { takesAHand } from "../../../core/events/cleaning/rates.ts";
import type { LeftOutFor } from "../../../core/events/cleaning/rule.ts";
import { isPossibleTime } from "../../../core/events/cleaning/times.ts";
import type { TacitEvent } from "../../../core/events/event.ts";
import type { Line, Lines, LinesOfPeople } from "./lines.ts";

export interface CleanedLines {
  /** The places of the lines that count, as `Lines.byPerson` has them. */
  readonly byPerson: LinesOfPeople;
  /** How many lines do not, by what they are. */
  readonly leftOut: ReadonlyMap<string, number>;
}

/**
 * So many lines of one person are judged together: as objects they take a hundred times what they take as
 * lines, and a robot may have most of a log.
 */
const linesAtOnce = 10_000;

/** Why a line does not count. */
const reasons = ["duplicate", "rate", "robot"] as const satisfies readonly (LeftOutFor | "robot")[];

const inWords: Readonly<Record<(typeof reasons)[number], string>> = {
  duplicate: "written twice",
  rate: "faster than a person",
  robot: "of robots",
};

export interface CleaningOf {
  /** How many people, by the numbers of the lines. */
  readonly people: number;
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: number;
}

export function cleanLines(lines: Lines, { people, nowMs }: CleaningOf): CleanedLines {
  const { starts, places } = lines.byPerson(people);
  const leftOut = new Map<string, number>();
  const kept = new Uint32Array(places.length);
  const keptStarts = new Uint32Array(people + 1);
  let count = 0;
  for (let person = 0; person < people; person++) {
    const own = places.subarray(starts[person], starts[person + 1]);
    const found = reasonsFor(lines, own, nowMs);
    for (let line = 0; line < own.length; line++) {
      if (found[line] === doesCount) kept[count++] = own[line];
      else addTo(leftOut, inWords[reasons[found[line] - 1]]);
    }
    keptStarts[person + 1] = count;
  }
  return { byPerson: { starts: keptStarts, places: kept.slice(0, count) }, leftOut };
}

/** A line that counts; any other number is 1 + a place in `reasons`. */
const doesCount = 0;

/** For each of a person's lines whether it counts, or why not. */
function reasonsFor(lines: Lines, places: Uint32Array, nowMs: number): Uint8Array {
  const found = new Uint8Array(places.length);
  const judged = judgedLines(lines, places, nowMs);
  const counts = { acts: 0, leftOut: 0 };
  for (let from = 0; from < judged.length; from += linesAtOnce) {
    const start = Math.max(0, from - linesAtOnce);
    // Beside as many before and after them: a burst does not end where a part does.
    const around = judged.subarray(start, from + 2 * linesAtOnce);
    const cleaning = new Cleaning();
    const events = Array.from(around, (line, at) => eventOf(lines.at(places[line]), at));
    for (const event of events) cleaning.add(event);
    const end = Math.min(from + linesAtOnce, judged.length) - start;
    for (let at = from - start; at < end; at++) {
      const why = cleaning.leftOutFor(events[at]);
      if (why !== null) found[around[at]] = 1 + reasons.indexOf(why);
      counts.acts += Number(takesAHand(events[at]));
      counts.leftOut += Number(why === "rate");
    }
  }
  return isRobot(counts) ? found.fill(1 + reasons.indexOf("robot")) : found;
}

/** So many lines of one person at one time are no acts at that time: it is when they were written. */
const mostAtOneTime = 20;
const noLine = 2 ** 32 - 1;

/** Those of a person's lines that can be judged, by their places among all of the person's, oldest first. */
function judgedLines(lines: Lines, places: Uint32Array, nowMs: number): Uint32Array {
  const times = Float64Array.from(places, (place) => lines.at(place).atMs ?? Number.NaN);
  const isTold = (line: number): boolean =>
    isPossibleTime(times[line], nowMs) && times[line] % 60_000 !== 0 && lines.at(places[line]).quantity === 0;
  const told = Uint32Array.from(places.keys()).filter(isTold);
  told.sort((a, b) => times[a] - times[b] || a - b);
  // Those of one time stand together now.
  for (let from = 0, to = 0; from < told.length; from = to) {
    while (to < told.length && times[told[to]] === times[told[from]]) to++;
    if (to - from > mostAtOneTime) told.fill(noLine, from, to);
  }
  return told.filter((line) => line !== noLine);
}

function addTo(map: Map<string, number>, key: string): void {
  map.set(key, (map.get(key) ?? 0) + 1);
}

function eventOf({ row, kind, weight, atMs }: Line, at: number): TacitEvent {
  return {
    id: String(at).padStart(10, "0"),
    kind,
    item: String(row),
    atMs: atMs ?? 0,
    // A line that counts for another amount is another act.
    amount: weight,
  };
}
