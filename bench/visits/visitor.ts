/**
 * A visitor: one browser with its own storage and address, the real worker, and pages that come and go. Time
 * runs faster, for the device alone: a request that takes 20 ms here counts as 0.4 s at a speed of 20.
 */
import "fake-indexeddb/auto";
import type { TacitEvent } from "../../core/events/event.ts";
import type { SentReport } from "../../worker/api.ts";
import * as privacyPass from "../../worker/contribute/privacypass.ts";
import { type Edges, platformFill } from "../../worker/edges.ts";
import { fileFromSource } from "../../worker/fromsource.ts";
import { TacitWorker } from "../../worker/tacit.ts";
import type { Draw } from "../clock/world.ts";
import type { FastClock } from "./clock.ts";
import type { Production } from "./setup.ts";

export interface VisitorOptions {
  readonly name: string;
  readonly address: string;
  readonly clock: FastClock;
  readonly draw: Draw;
}

/** What a visit has been asking for, and when its report was accepted, in ms of the visit. */
export interface Visited {
  readonly acceptedAtMs: number | null;
  readonly trouble: readonly string[];
}

export class Visitor {
  /** "GET http://…": every request that left, of all visits. */
  readonly asked: string[] = [];
  readonly #production: Production;
  readonly #options: VisitorOptions;
  #laterMs = 0;
  #views = 0;

  constructor(production: Production, options: VisitorOptions) {
    this.#production = production;
    this.#options = options;
  }

  /** Time passes while nobody visits. */
  stayAway(ms: number): void {
    this.#laterMs += ms;
  }

  /** A visit of so many milliseconds, page by page; an item is looked at on every page, and every 20 s. */
  async visit(visitMs: number, pageMs: (draw: Draw) => number): Promise<Visited> {
    const { clock, draw } = this.#options;
    const startedMs = clock.nowMs;
    const nowMs = (): number => clock.nowMs - startedMs;
    const trouble: string[] = [];
    let acceptedAtMs: number | null = null;
    const onReport = ({ sums }: SentReport): void => {
      if (acceptedAtMs === null && sums.some(({ state }) => state === "accepted")) acceptedAtMs = nowMs();
    };
    while (nowMs() < visitMs) {
      const openMs = Math.min(pageMs(draw), visitMs - nowMs());
      await this.#page(openMs, { nowMs, onReport, trouble });
    }
    this.#laterMs += nowMs();
    return { acceptedAtMs, trouble };
  }

  async #page(
    openMs: number,
    {
      nowMs,
      onReport,
      trouble,
    }: {
      readonly nowMs: () => number;
      readonly onReport: (report: SentReport) => void;
      readonly trouble: string[];
    },
  ): Promise<void> {
    const { name, address, clock } = this.#options;
    const { server, relay, pins } = this.#production;
    const left = new AbortController();
    const clockMs = (): number => Date.now() + this.#laterMs + nowMs();
    const untilMs = nowMs() + openMs;
    const edges: Edges = {
      nowMs: clockMs,
      fill: platformFill,
      loadPrivacyPass: async () => privacyPass,
      loadFile: fileFromSource,
      wait: (ms) => clock.wait(ms, left.signal),
      fetch: (url, init) => {
        this.asked.push(`${init.method ?? "GET"} ${url}`);
        const headers = { ...Object(init.headers), "x-forwarded-for": address };
        const signal = AbortSignal.any([left.signal, ...(init.signal == null ? [] : [init.signal])]);
        return fetch(url, { ...init, headers, signal });
      },
    };
    const worker = new TacitWorker(edges);
    await worker.start(
      {
        server,
        relay,
        pins,
        database: name,
        consent: { personalise: true, contribute: true },
      },
      (notice) => {
        if (left.signal.aborted) return;
        if (notice.type === "report") onReport(notice.report);
        if (notice.type === "trouble") trouble.push(notice.message);
      },
    );
    void worker.contribute();
    while (nowMs() < untilMs) {
      await worker.append([this.#view(clockMs())]);
      const restMs = Math.min(20_000, untilMs - nowMs());
      await clock.wait(restMs);
    }
    // As a page ends: what is under way breaks, timers die, nothing is waited for.
    left.abort();
    await worker.close();
  }

  #view(atMs: number): TacitEvent {
    const k = this.#views++;
    return { id: `${this.#options.name}-${k}`, kind: "view", item: `item-${(k * 7) % 40}`, atMs };
  }
}
