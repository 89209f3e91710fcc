/**
 * A site's visitors as the leader sees them, and what it would like to know: whose report came when.
 *
 * Visits begin at random (a Poisson process). A visit has one page, or a new page every so often, and lasts as
 * long as it lasts; the leader is taken to be the site too, so it sees every page load with its address. The
 * report's time is what the device's own schedule makes of these pages (worker/contribute/schedule.ts).
 */
import type { RandomFill } from "../../core/bytes.ts";
import { at, currentOf, dueAtMs, emptyAt, heartbeatMs, onTo } from "../../worker/contribute/schedule.ts";
import type { Pace } from "../../worker/edges.ts";
import type { Schedule } from "../../worker/store/keptschedule.ts";

/** A number of [0, 1). */
export type Draw = () => number;

export interface OpenPage {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Visit {
  readonly address: number;
  /** In order; none overlaps the next. */
  readonly pages: readonly OpenPage[];
}

export interface SentAt {
  readonly atMs: number;
  /** Whose it is: what the leader does not see. */
  readonly address: number;
}

/** When a visit's report leaves; null when the visit ends before. */
export type Mechanism = (pages: readonly OpenPage[], draw: Draw) => number | null;

export interface Style {
  readonly name: string;
  /** How long a page stays open before the next; the whole visit where there is one page. */
  readonly pageMs: (draw: Draw) => number;
  /** Page loads of a visit, on average. */
  readonly loads: number;
}

const between = (draw: Draw, least: number, most: number): number => least + draw() * (most - least);
/** Until the next page's script runs. */
const gapMs = 800;

/** Visits are three minutes on average; the leader sees their page loads, not their ends. */
export const visitMs = (draw: Draw): number => between(draw, 120_000, 240_000);

export const onePage: Style = { name: "one page", pageMs: () => Number.POSITIVE_INFINITY, loads: 1 };
export const manyPages: Style = {
  name: "a page every 5 to 60 s",
  pageMs: (draw) => between(draw, 5_000, 60_000),
  loads: 6.1,
};

export function pagesOf(fromMs: number, toMs: number, { pageMs }: Style, draw: Draw): readonly OpenPage[] {
  const pages: OpenPage[] = [];
  for (let startMs = fromMs; startMs < toMs; ) {
    const endMs = Math.min(toMs, startMs + pageMs(draw));
    pages.push({ fromMs: startMs, toMs: endMs });
    startMs = endMs + gapMs;
  }
  return pages;
}

export interface WorldOptions {
  readonly visits: number;
  readonly loadsPerSecond: number;
  readonly style: Style;
  readonly mechanism: Mechanism;
  readonly draw: Draw;
}

export interface World {
  readonly visits: readonly Visit[];
  /** In order of time. */
  readonly reports: readonly SentAt[];
}

export function worldOf({ visits: count, loadsPerSecond, style, mechanism, draw }: WorldOptions): World {
  const meanGapMs = (1000 * style.loads) / loadsPerSecond;
  const visits: Visit[] = [];
  const reports: SentAt[] = [];
  let nowMs = 0;
  for (let address = 0; address < count; address++) {
    nowMs += -Math.log(1 - draw()) * meanGapMs;
    const pages = pagesOf(nowMs, nowMs + visitMs(draw), style, draw);
    visits.push({ address, pages });
    const atMs = mechanism(pages, draw);
    if (atMs !== null) reports.push({ address, atMs });
  }
  return { visits, reports: reports.sort((a, b) => a.atMs - b.atMs) };
}

/** A report so long after the page began, as it was: the attack has to name most of these. */
export function fixedDelay(delayMs: number): Mechanism {
  return (pages) => {
    const open = pages.find(({ fromMs, toMs }) => toMs - fromMs > delayMs);
    return open === undefined ? null : open.fromMs + delayMs;
  };
}

export interface KeptOptions {
  readonly pace: Pace;
  /** Whether there is enough to say at a time; always unless given. */
  readonly hasEnough?: (atMs: number) => boolean;
}

/** The device's own schedule, page by page, with what a step takes. */
export function keptSchedule({ pace, hasEnough = () => true }: KeptOptions): Mechanism {
  return (pages, draw) => {
    const fill: RandomFill = (bytes) => {
      for (let k = 0; k < bytes.length; k++) bytes[k] = Math.floor(draw() * 256);
    };
    let kept: Schedule | null = null;
    for (const { fromMs, toMs } of pages) {
      let nowMs = fromMs + between(draw, 200, 1000);
      let isFirstLook = true;
      while (nowMs < toMs) {
        let schedule: Schedule = currentOf(kept, { pace, fill, nowMs, isFirstLook });
        isFirstLook = false;
        kept = schedule;
        if (schedule.state === "resting") return null;
        if (dueAtMs(schedule) <= nowMs) {
          const doneMs = nowMs + between(draw, 100, 900);
          // A page that ends meanwhile ends the step, and the next page takes it up.
          if (doneMs > toMs) break;
          if (schedule.next === "ask") schedule = onTo(schedule, "token");
          else if (schedule.next === "token") schedule = onTo(schedule, "report");
          else if (hasEnough(nowMs)) return doneMs;
          else schedule = emptyAt(schedule, "events", { pace, fill, nowMs });
          kept = at(schedule, schedule.next, dueAtMs(schedule));
        }
        nowMs = Math.max(nowMs, Math.min(dueAtMs(kept), nowMs + heartbeatMs));
      }
    }
    return null;
  };
}
