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
  twice: (world, count) => drawn(world, count).map((line) => later(line, 5 * second)),
  stuck: (world, count) =>
    drawn(world, count / 20).flatMap((line) =>
      Array.from({ length: 20 }, (_, k) => later(line, k * 10 * second)),
    ),
  open: (world, count) =>
    drawn(world, count / 96).flatMap((line) =>
      Array.from({ length: 96 }, (_, k) => ({
        ...later(line, k * 3600 * second),
        kind: "view" as const,
        quantity: 1,
      })),
    ),
};

export type JournalFault = (events: readonly TacitEvent[], random: () => number) => readonly TacitEvent[];

export const journalFaults: Readonly<Record<string, JournalFault>> = {
  none: (events) => events,
  "every act twice": (events) => events.flatMap((event) => [event, again(event, 2 * second)]),
  "one act twenty times": (events, random) => {
    const stuck = events[Math.floor(random() * events.length)];
    return [...events, ...Array.from({ length: 20 }, (_, k) => again(stuck, (k + 1) * 10 * second))];
  },
  "one page left open for four days": (events, random) => {
    const open = events[Math.floor(random() * events.length)];
    const views = Array.from({ length: 96 }, (_, k) => again(open, (k + 1) * 3600 * second));
    return [...events, ...views.map((event) => ({ ...event, kind: "view" as const }))];
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
    const fromMs = lines[Math.floor(random() * lines.length)].atMs;
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

function later(line: LogLine, byMs: number): LogLine {
  return { ...line, atMs: line.atMs + byMs };
}

function again(event: TacitEvent, afterMs: number): TacitEvent {
  return { ...event, id: `${event.id} ${afterMs}`, atMs: event.atMs + afterMs };
}
