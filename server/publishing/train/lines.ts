/** Lines of a log as numbers, 8 to 23 bytes each, however many there are. */

import { type EventKind, eventKinds } from "../../../core/events/event.ts";

export interface Line {
  /** From 0, in the order in which people first come. */
  readonly person: number;
  readonly row: number;
  readonly kind: EventKind;
  readonly quantity: number;
  readonly weight: number;
  /** Null where the log does not say. */
  readonly atMs: number | null;
}

/** Places of all lines, person by person: those of person p from `starts[p]` to `starts[p + 1]`. */
export interface LinesOfPeople {
  readonly starts: Uint32Array;
  readonly places: Uint32Array;
}

const chunkLines = 1 << 18;
const minuteMs = 60_000;
const noTime = -(2 ** 31);
const usualKind = eventKinds.indexOf("purchase");

/** Lines that came after each other. A column in which all say the usual takes no room. */
class Chunk {
  readonly people = new Uint32Array(chunkLines);
  readonly rows = new Uint32Array(chunkLines);
  quantities: Float32Array | null = null;
  weights: Float32Array | null = null;
  /** Whole minutes since the Unix epoch, and the milliseconds beyond. */
  minutes: Int32Array | null = null;
  milliseconds: Uint16Array | null = null;
  /** By their places in `eventKinds`. */
  kinds: Uint8Array | null = null;
}

export class Lines {
  readonly #chunks: Chunk[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add({ person, row, kind, quantity, weight, atMs }: Line): void {
    const at = this.#count % chunkLines;
    if (at === 0) this.#chunks.push(new Chunk());
    const chunk = this.#chunks[this.#chunks.length - 1];
    chunk.people[at] = person;
    chunk.rows[at] = row;
    if (quantity !== 1) {
      chunk.quantities ??= new Float32Array(chunkLines).fill(1);
      chunk.quantities[at] = quantity;
    }
    if (weight !== 1) {
      chunk.weights ??= new Float32Array(chunkLines).fill(1);
      chunk.weights[at] = weight;
    }
    if (atMs !== null) {
      chunk.minutes ??= new Int32Array(chunkLines).fill(noTime);
      chunk.minutes[at] = Math.floor(atMs / minuteMs);
      const beyond = Math.floor(atMs - chunk.minutes[at] * minuteMs);
      if (beyond !== 0) chunk.milliseconds ??= new Uint16Array(chunkLines);
      if (chunk.milliseconds !== null) chunk.milliseconds[at] = beyond;
    }
    if (kind !== "purchase") {
      chunk.kinds ??= new Uint8Array(chunkLines).fill(usualKind);
      chunk.kinds[at] = eventKinds.indexOf(kind);
    }
    this.#count += 1;
  }

  at(place: number): Line {
    const chunk = this.#chunks[Math.floor(place / chunkLines)];
    const at = place % chunkLines;
    return {
      person: chunk.people[at],
      row: chunk.rows[at],
      kind: eventKinds[chunk.kinds?.[at] ?? usualKind],
      quantity: chunk.quantities?.[at] ?? 1,
      weight: chunk.weights?.[at] ?? 1,
      atMs: timeIn(chunk, at),
    };
  }

  /**
   * One after the other: a robot may have most of a log, which as objects would be many times what is held.
   */
  *atEach(places: Iterable<number>): Generator<Line> {
    for (const place of places) yield this.at(place);
  }

  /** All times, of those lines that have one. */
  *times(): Generator<number> {
    for (let place = 0; place < this.#count; place++) {
      const atMs = timeIn(this.#chunks[Math.floor(place / chunkLines)], place % chunkLines);
      if (atMs !== null) yield atMs;
    }
  }

  byPerson(people: number): LinesOfPeople {
    const starts = new Uint32Array(people + 1);
    for (let place = 0; place < this.#count; place++) starts[this.#personAt(place) + 1] += 1;
    for (let person = 0; person < people; person++) starts[person + 1] += starts[person];
    const next = starts.slice();
    const places = new Uint32Array(this.#count);
    for (let place = 0; place < this.#count; place++) places[next[this.#personAt(place)]++] = place;
    return { starts, places };
  }

  #personAt(place: number): number {
    return this.#chunks[Math.floor(place / chunkLines)].people[place % chunkLines];
  }
}

function timeIn({ minutes, milliseconds }: Chunk, at: number): number | null {
  const minute = minutes?.[at] ?? noTime;
  return minute === noTime ? null : minute * minuteMs + (milliseconds?.[at] ?? 0);
}
