/**
 * Inhuman rates: acts of a program that drives the browser, or of a page that acts for the person.
 *
 * Of what takes a person's own hand each time (a click, a view, a search, what is shared), more than `most` within one
 * span of the clock is left out, with everything of that kind in the span: a burst says nothing about taste. What a
 * page may rightly do in bulk does not count (an order of 300 lines, a list put into the basket), and neither do opinions:
 * a "no" is heard however fast it comes.
 */
import type { TacitEvent } from "../event.ts";
import { added, type CleaningRule, dropped, type EventChange } from "./rule.ts";

export interface RateLimit {
  /** Spans begin at multiples of this since the Unix epoch. */
  readonly spanMs: number;
  /** Acts within one span that a person may do. */
  readonly most: number;
}

const byHand: ReadonlySet<string> = new Set(["click", "view", "search", "share"]);

/** Two a second for a whole minute; one every half minute for a whole day. */
export const rateLimits: readonly RateLimit[] = [
  { spanMs: 60_000, most: 120 },
  { spanMs: 24 * 3_600_000, most: 3_000 },
];

export interface RateOptions {
  readonly rateLimits?: readonly RateLimit[];
  /** How far apart times are that are told apart; a span that is shorter says nothing. 1 unless given. */
  readonly resolutionMs?: number;
}

/** The acts of one span. */
type Burst = Map<string, TacitEvent>;

export class Rates implements CleaningRule {
  readonly #limits: readonly RateLimit[];
  /** For each limit, its spans by number. */
  readonly #bursts: readonly Map<number, Burst>[];
  #acts = 0;
  #leftOut = 0;

  constructor({ rateLimits: limits = rateLimits, resolutionMs = 1 }: RateOptions = {}) {
    this.#limits = limits.filter(({ spanMs }) => spanMs >= resolutionMs);
    this.#bursts = this.#limits.map(() => new Map());
  }

  /** How many acts take a person's own hand, and how many of them are left out. */
  get counts(): { readonly acts: number; readonly leftOut: number } {
    return { acts: this.#acts, leftOut: this.#leftOut };
  }

  add(event: TacitEvent): readonly EventChange[] {
    if (!takesAHand(event)) return [added(event)];
    this.#acts++;
    const crossed = new Map<string, TacitEvent>();
    for (const [at, limit] of this.#limits.entries()) {
      const burst = this.#burstOf(at, event);
      // Those that counted until now: another limit may leave them out already.
      if (burst.size === limit.most)
        for (const [id, act] of burst) if (!this.leavesOut(act)) crossed.set(id, act);
    }
    for (const at of this.#limits.keys()) this.#burstOf(at, event).set(event.id, event);
    const isOut = this.leavesOut(event);
    this.#leftOut += crossed.size + Number(isOut);
    return [...Array.from(crossed.values(), dropped), ...(isOut ? [] : [added(event)])];
  }

  remove(event: TacitEvent): readonly EventChange[] {
    if (!takesAHand(event)) return [dropped(event)];
    const wasOut = this.leavesOut(event);
    const freed: Burst[] = [];
    this.#acts--;
    for (const [at, { most }] of this.#limits.entries()) {
      const burst = this.#burstOf(at, event);
      burst.delete(event.id);
      if (burst.size === most) freed.push(burst);
      if (burst.size === 0) this.#bursts[at].delete(this.#spanOf(at, event));
    }
    const back = new Map(freed.flatMap((burst) => [...burst]).filter(([, act]) => !this.leavesOut(act)));
    this.#leftOut -= back.size + Number(wasOut);
    return [...(wasOut ? [] : [dropped(event)]), ...Array.from(back.values(), added)];
  }

  leavesOut(event: TacitEvent): boolean {
    if (!takesAHand(event)) return false;
    return this.#limits.some(
      ({ most }, at) => (this.#bursts[at].get(this.#spanOf(at, event))?.size ?? 0) > most,
    );
  }

  #burstOf(at: number, event: TacitEvent): Burst {
    const span = this.#spanOf(at, event);
    const burst = this.#bursts[at].get(span) ?? new Map<string, TacitEvent>();
    this.#bursts[at].set(span, burst);
    return burst;
  }

  #spanOf(at: number, { atMs }: TacitEvent): number {
    return Math.floor(atMs / this.#limits[at].spanMs);
  }
}

/** Whether a person does each of these by hand. */
export function takesAHand({ kind }: TacitEvent): boolean {
  return byHand.has(kind);
}
