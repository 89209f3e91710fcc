/** What goes wrong in logs and journals, put into ones that are right. */
import type { TacitEvent } from "../../core/events/event.ts";
import { dayMs } from "../../core/time.ts";

export interface LogLine {
  readonly person: string;
  readonly item: string;
  readonly kind: "purchase" | "view";
  readonly quantity: number;
  readonly atMs: number;
}

export interface LogWorld {
  readonly lines: readonly LogLine[];
  /** In the order of the catalogue. */
  readonly items: readonly string[];
  readonly random: () => number;
}

/** `count` lines that are no person's, or not another act of one. */
export type LogFault = (world: LogWorld, count: number) => readonly LogLine[];

const second = 1_000;

export const logFaults: Readonly<Record<string, LogFault>> = {
  crawlers: (world, count) => robots(world, { count, pages: 600, everyMs: 200, among: world.items.length }),
  slow: (world, count) =>
    robots(world, { count, pages: 2_000, everyMs: 20 * second, among: world.items.length }),
  loops: (world, count) => robots(world, { count, pages: 600, everyMs: second, among: 30 }),
  twice: (world, count) =>
    drawn(world, count / 2).flatMap((line) => [0, 5].map((seconds) => viewed(line, seconds * second))),
  stuck: (world, count) =>
    drawn(world, count / 20).flatMap((line) =>
      Array.from({ length: 20 }, (_, k) => viewed(line, k * 10 * second)),
    ),
  open: (world, count) =>
    drawn(world, count / 96).flatMap((line) =>
      Array.from({ length: 96 }, (_, k) => viewed(line, k * 3_600 * second)),
    ),
};

export type JournalFault = (events: readonly TacitEvent[], random: () => number) => readonly TacitEvent[];

export const journalFaults: Readonly<Record<string, JournalFault>> = {
  none: (events) => events,
  "every act twice": (events) => events.flatMap((event) => [event, again(event, second)]),
  "one page reloaded twenty times": (events, random) => {
    const stuck = events[Math.floor(random() * events.length)];
    return [...events, ...Array.from({ length: 20 }, (_, k) => viewedAgain(stuck, (k + 1) * 10 * second))];
  },
  "one page left open for four days": (events, random) => {
    const open = events[Math.floor(random() * events.length)];
    return [...events, ...Array.from({ length: 96 }, (_, k) => viewedAgain(open, (k + 1) * 3_600 * second))];
  },
  "a third of the acts a year ahead": (events, random) =>
    events.map((event) => (random() < 1 / 3 ? { ...event, atMs: event.atMs + 365 * dayMs } : event)),
};

interface Crawl {
  readonly count: number;
  /** Of one robot. */
  readonly pages: number;
  readonly everyMs: number;
  /** How many products of the catalogue, one after the other, it goes around in. */
  readonly among: number;
}

function robots(
  { lines, items, random }: LogWorld,
  { count, pages, everyMs, among }: Crawl,
): readonly LogLine[] {
  const made: LogLine[] = [];
  for (let robot = 0; made.length < count; robot++) {
    const start = Math.floor(random() * items.length);
    const fromMs = lines[Math.floor(random() * lines.length)].atMs + 1_001;
    const length = Math.min(pages, Math.ceil(count - made.length));
    for (let page = 0; page < length; page++) {
      const item = items[(start + (page % among)) % items.length];
      made.push({ person: `robot ${robot}`, item, kind: "view", quantity: 1, atMs: fromMs + page * everyMs });
    }
  }
  return made;
}

function drawn({ lines, random }: LogWorld, count: number): readonly LogLine[] {
  return Array.from({ length: Math.round(count) }, () => lines[Math.floor(random() * lines.length)]);
}

function viewed(line: LogLine, byMs: number): LogLine {
  // Not at a whole minute, as the orders are: views have a clock of their own.
  return { ...line, kind: "view", quantity: 1, atMs: line.atMs + 1_001 + byMs };
}

function again(event: TacitEvent, afterMs: number): TacitEvent {
  return { ...event, id: `${event.id} ${afterMs}`, atMs: event.atMs + afterMs };
}

function viewedAgain(event: TacitEvent, afterMs: number): TacitEvent {
  return { ...again(event, afterMs), kind: "view" };
}
