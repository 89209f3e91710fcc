/**
 * Inhuman rates: acts of a program that drives the browser, or of a page that acts for the person.
 *
 * Of what takes a person's own hand each time (a click, a view, a search, what is shared), more than `most`
 * within one span of the clock is left out, with everything of that kind in the span: a burst says nothing
 * about taste. What a page may rightly do in bulk does not count (an order of 300 lines, a list put into the
 * basket), and neither do opinions: a "no" is heard however fast it comes.
 */
import { firstPlace } from "../../firstplace.ts";
import type { TacitEvent } from "../event.ts";
import { insertInOrder, placeOf } from "../order.ts";
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
}

export class Rates implements CleaningRule {
  readonly #limits: readonly RateLimit[];
  /** What takes a person's own hand, oldest first. */
  readonly #acts: TacitEvent[] = [];
  /** For each limit, how many acts are in its spans, by their number. */
  readonly #counts: readonly Map<number, number>[];
  #leftOut = 0;

  constructor({ rateLimits: limits = rateLimits }: RateOptions = {}) {
    this.#limits = limits;
    this.#counts = limits.map(() => new Map());
  }

  /** How many acts take a person's own hand, and how many of them are left out. */
  get counts(): { readonly acts: number; readonly leftOut: number } {
    return { acts: this.#acts.length, leftOut: this.#leftOut };
  }

  add(event: TacitEvent): readonly EventChange[] {
    if (!takesAHand(event)) return [added(event)];
    const changed = this.#count(event, 1).map(dropped);
    insertInOrder(this.#acts, event);
    this.#leftOut += changed.length;
    if (!this.leavesOut(event)) return [...changed, added(event)];
    this.#leftOut++;
    return changed;
  }

  remove(event: TacitEvent): readonly EventChange[] {
    if (!takesAHand(event)) return [dropped(event)];
    const place = placeOf(this.#acts, event);
    if (place === null) return [];
    const wasOut = this.leavesOut(event);
    this.#acts.splice(place, 1);
    const changed = this.#count(event, -1).map(added);
    this.#leftOut -= changed.length + Number(wasOut);
    return wasOut ? changed : [dropped(event), ...changed];
  }

  leavesOut(event: TacitEvent): boolean {
    return takesAHand(event) && this.#isTooFast(event);
  }

  /**
   * Counts an act that comes (1) or goes (-1), and gives the others that are too fast since, or no longer.
   */
  #count(event: TacitEvent, change: 1 | -1): readonly TacitEvent[] {
    const crossed: RateLimit[] = [];
    for (const [at, limit] of this.#limits.entries()) {
      const span = spanOf(event, limit);
      const before = this.#counts[at].get(span) ?? 0;
      if (before + change === 0) this.#counts[at].delete(span);
      else this.#counts[at].set(span, before + change);
      if (before > limit.most !== before + change > limit.most) crossed.push(limit);
    }
    const acts = new Set(crossed.flatMap((limit) => this.#actsIn(spanOf(event, limit), limit)));
    return [...acts].filter((act) => this.#isTooFast(act) !== this.#isTooFast(act, { but: event, change }));
  }

  /** @param without how an act that came or went since is not counted. */
  #isTooFast(act: TacitEvent, without?: { readonly but: TacitEvent; readonly change: 1 | -1 }): boolean {
    return this.#limits.some((limit, at) => {
      const span = spanOf(act, limit);
      const since = without !== undefined && spanOf(without.but, limit) === span ? without.change : 0;
      return (this.#counts[at].get(span) ?? 0) - since > limit.most;
    });
  }

  #actsIn(span: number, { spanMs }: RateLimit): readonly TacitEvent[] {
    const from = this.#firstAt(span * spanMs);
    return this.#acts.slice(from, this.#firstAt((span + 1) * spanMs));
  }

  /** The place of the first act at that time or later. */
  #firstAt(atMs: number): number {
    return firstPlace(this.#acts.length, (at) => this.#acts[at].atMs >= atMs);
  }
}

/** Whether a person does each of these by hand, and it is known when. */
export function takesAHand({ kind, atMs }: TacitEvent): boolean {
  return byHand.has(kind) && Number.isFinite(atMs);
}

function spanOf({ atMs }: TacitEvent, { spanMs }: RateLimit): number {
  return Math.floor(atMs / spanMs);
}
