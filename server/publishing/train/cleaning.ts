/**
 * The lines of a log that count: cleaned by the rules that clean a device's journal (core/events/cleaning), person by
 * person. Whoever did most of it faster than any person is a robot, and nothing of it counts.
 *
 * What times do not tell apart is not judged: in a log of days nothing is a double click. A line that counts for another
 * amount repeats nothing, and a line without a time always counts.
 */

import { Cleaning, type CleaningOptions, type LeftOutFor } from "../../../core/events/cleaning/cleaning.ts";
import type { TacitEvent } from "../../../core/events/event.ts";
import { dayMs, hourMs } from "../../../core/time.ts";
import type { Line, Lines, LinesOfPeople } from "./lines.ts";

export interface CleanedLines {
  /** The places of the lines that count, as `Lines.byPerson` has them. */
  readonly byPerson: LinesOfPeople;
  /** How many lines do not, by what they are. */
  readonly leftOut: ReadonlyMap<string, number>;
}

/**
 * So many lines of one person are judged together, beside as many before them: as objects they take a hundred times what
 * they take as lines, and a robot may have most of a log.
 */
const linesAtOnce = 10_000;

/** Why a line does not count. */
const reasons = ["duplicate", "rate", "robot"] as const satisfies readonly (LeftOutFor | "robot")[];

const inWords: Readonly<Record<(typeof reasons)[number], string>> = {
  duplicate: "written twice",
  rate: "faster than a person",
  robot: "of robots",
};

/** @param people how many, by the numbers of the lines. */
export function cleanLines(lines: Lines, people: number): CleanedLines {
  const { starts, places } = lines.byPerson(people);
  const options = { resolutionMs: resolutionOf(lines) };
  const leftOut = new Map<string, number>();
  const kept = new Uint32Array(places.length);
  const keptStarts = new Uint32Array(people + 1);
  let count = 0;
  for (let person = 0; person < people; person++) {
    const own = places.subarray(starts[person], starts[person + 1]);
    const found = reasonsFor(lines, own, options);
    for (let k = 0; k < own.length; k++) {
      if (found[k] === counts) kept[count++] = own[k];
      else addTo(leftOut, inWords[reasons[found[k] - 1]]);
    }
    keptStarts[person + 1] = count;
  }
  return { byPerson: { starts: keptStarts, places: kept.slice(0, count) }, leftOut };
}

/** A line that counts; any other number is 1 + a place in `reasons`. */
const counts = 0;

/** For each of a person's lines whether it counts, or why not. */
function reasonsFor(lines: Lines, places: Uint32Array, options: CleaningOptions): Uint8Array {
  const found = new Uint8Array(places.length);
  const order = byTime(lines, places);
  let robots = 0;
  for (let from = 0; from < order.length; from += linesAtOnce) {
    const before = Math.max(0, from - linesAtOnce);
    const part = order.subarray(before, from + linesAtOnce);
    const cleaning = new Cleaning(options);
    const events = Array.from(part, (at, k) => eventOf(lines.at(places[at]), k));
    for (const event of events) cleaning.add(event);
    for (let k = from - before; k < part.length; k++) {
      const why = cleaning.leftOutFor(events[k]);
      found[part[k]] = why === null ? counts : 1 + reasons.indexOf(why);
    }
    if (cleaning.isRobot) robots += part.length - (from - before);
  }
  return 2 * robots > places.length ? found.fill(1 + reasons.indexOf("robot")) : found;
}

/** Those of a person's lines that have a time, by their places among all of the person's, oldest first. */
function byTime(lines: Lines, places: Uint32Array): Uint32Array {
  const times = Float64Array.from(places, (place) => lines.at(place).atMs ?? Number.NaN);
  const timed = Uint32Array.from(places.keys()).filter((at) => !Number.isNaN(times[at]));
  return timed.sort((a, b) => times[a] - times[b] || a - b);
}

function addTo(map: Map<string, number>, key: string): void {
  map.set(key, (map.get(key) ?? 0) + 1);
}

function eventOf({ row, kind, quantity, weight, atMs }: Line, at: number): TacitEvent {
  return {
    id: String(at).padStart(10, "0"),
    kind,
    item: String(row),
    atMs: atMs ?? 0,
    amount: quantity,
    // What a line counts for stands where the place in a list would: another amount is another act.
    position: weight,
  };
}

const units = [dayMs, hourMs, 60_000, 1_000];

/** The longest unit of which every time of the log is a multiple; 1 ms where there is none. */
function resolutionOf(lines: Lines): number {
  let possible = units;
  for (const atMs of lines.times()) {
    possible = possible.filter((unit) => atMs % unit === 0);
    if (possible.length === 0) return 1;
  }
  return possible[0];
}
