/**
 * Contributing over pages, tabs and visits: does each step at the time that the kept schedule says
 * (schedule.ts), in whichever page is open then, in one tab at a time.
 */

import type { CurrentTrust } from "../door/door.ts";
import { type Edges, type Notify, type Pace, type Span, troubleOf } from "../edges.ts";
import { ifFree } from "../lock.ts";
import type { DrawnSchedule, Schedule, ScheduleStore } from "../store/keptschedule.ts";
import {
  ask,
  type ContributeParts,
  keptTrust,
  nextStep,
  type Outcome,
  obstructed,
  provideTokens,
  report,
  told,
} from "./contribute.ts";
import { drawnMs } from "./pace.ts";
import { at, currentOf, drawnAt, dueAtMs, emptyAt, failedAt, heartbeatMs, onTo } from "./schedule.ts";

export interface ContributingOptions {
  /** Name of the lock by which one tab at a time acts. */
  readonly lock: string;
  readonly edges: Edges;
  readonly pace: Pace;
  readonly store: ScheduleStore;
  readonly notify: Notify;
  /** What the steps need; null while nothing may be sent. */
  readonly parts: (askAgainMs: () => number) => ContributeParts | null;
}

/** Another tab is at it: looked at again so soon, in case it closes. */
const busyMs = 5_000;
/** Timers of browsers end at 2^31 ms, and sleep with the device. */
const longestWaitMs = 3_600_000;
/** A wait this short belongs to the visit, and its steps keep their times. */
const withinVisitMs = 600_000;

export class Contributing {
  readonly #options: ContributingOptions;
  /** Believed last in this page. */
  #trust: { readonly trust: CurrentTrust; readonly askedAtMs: number } | null = null;
  #isFirstLook = true;
  /** Of what was set out for; a newer one makes an older one nothing. */
  #setOut = 0;
  /** As far as waiting has brought this page, by its own count. */
  #waitedToMs = 0;
  /** Troubles are told once, not at each step. */
  readonly #told = new Set<string>();
  /** Whether the last report had nothing to say. */
  #hadNothing = false;
  #closed = false;

  constructor(options: ContributingOptions) {
    this.#options = options;
  }

  /**
   * Does what is due now, and sets out for what is due later. Never rejects for what network or server do.
   */
  wake(): Promise<void> {
    this.#told.clear();
    return this.#look();
  }

  async #look(): Promise<void> {
    if (this.#closed) return;
    const mine = ++this.#setOut;
    let nextAtMs: number | null = this.#nowMs() + busyMs;
    try {
      await ifFree(this.#options.lock, async () => {
        nextAtMs = await this.#work();
      });
    } catch (cause) {
      // The store failed: nothing is known of what is due, so nothing is done until a page begins.
      if (!this.#closed) this.#once(this.#options.notify)(troubleOf("contribute", cause));
      return;
    }
    if (nextAtMs !== null && mine === this.#setOut) this.#setOutFor(nextAtMs, mine);
  }

  /** The person has done something: where nothing waits for its time, there may be something to say now. */
  heard(): void {
    if (this.#options.pace.waits || !this.#hadNothing) return;
    this.#hadNothing = false;
    void this.wake();
  }

  close(): void {
    this.#closed = true;
  }

  /** When to look again; null: not by itself. */
  async #work(): Promise<number | null> {
    const { store, pace } = this.#options;
    const given = this.#options.parts(() => this.#drawn(pace.askAgain));
    if (given === null) return null;
    const parts = { ...given, notify: this.#once(given.notify) };
    let schedule = currentOf(await store.schedule(), { ...this.#chance(), isFirstLook: this.#isFirstLook });
    this.#isFirstLook = false;
    if (!pace.waits) this.#trust = null;
    // Written before anything is done: a page that ends meanwhile has drawn no other time than the next finds.
    await store.keepSchedule(schedule);
    let isGoingOn = true;
    while (isGoingOn && schedule.state === "drawn" && dueAtMs(schedule) <= this.#nowMs()) {
      const outcome = await this.#step(parts, schedule);
      if (!parts.allowed()) return null;
      isGoingOn = outcome.state === "on" || outcome.state === "reported";
      schedule = await this.#after(parts, schedule, outcome);
      await store.keepSchedule(schedule);
    }
    return pace.waits ? dueAtMs(schedule) : null;
  }

  async #step(parts: ContributeParts, schedule: DrawnSchedule): Promise<Outcome> {
    return this.#tried(parts, async () => {
      await parts.downloads.settled();
      switch (schedule.next) {
        case "ask":
          return (await obstructed(parts)) ?? nextStep(parts, await this.#ask(parts));
        case "token":
          return provideTokens(parts, await this.#current(parts));
        case "report":
          return report(parts, await this.#current(parts));
      }
    });
  }

  async #tried(parts: ContributeParts, step: () => Promise<Outcome>): Promise<Outcome> {
    try {
      return await step();
    } catch (cause) {
      told(parts, cause);
      return { state: "failed" };
    }
  }

  async #after(parts: ContributeParts, schedule: DrawnSchedule, outcome: Outcome): Promise<Schedule> {
    const chance = this.#chance();
    switch (outcome.state) {
      case "on":
        return onTo(schedule, outcome.next);
      case "rest":
        return { state: "resting", untilMs: outcome.untilMs, why: outcome.why };
      case "empty":
        this.#hadNothing = true;
        return emptyAt(schedule, "events", chance);
      case "failed":
        return failedAt(schedule, "server", chance);
      case "later": {
        const { atMs, why } = outcome;
        if (atMs > chance.nowMs + withinVisitMs) return { state: "resting", untilMs: atMs, why };
        const again = at(schedule, schedule.next, atMs);
        const reportMs = atMs + this.#drawn(this.#options.pace.missed);
        return { ...(again.atMs.report > atMs ? again : at(again, "report", reportMs)), why };
      }
      case "reported": {
        // What has no room now was told of when the report was made.
        const quiet = { ...parts, notify: () => undefined };
        const next = await this.#tried(parts, async () => nextStep(quiet, await this.#current(parts)));
        // Another report has another time: two that leave together would be known for one device's. Its token
        // is fetched when there is something to say: most that report once have no more to say for weeks.
        const isMore = next.state === "on";
        return this.#after(parts, drawnAt(chance), isMore ? { state: "on", next: "report" } : next);
      }
    }
  }

  async #ask(parts: ContributeParts): Promise<CurrentTrust> {
    const trust = await ask(parts);
    this.#trust = { trust, askedAtMs: this.#nowMs() };
    return trust;
  }

  /** The answer that is good still: believed in this page, or kept by another. */
  async #current(parts: ContributeParts): Promise<CurrentTrust> {
    const { pace } = this.#options;
    const ageMs = this.#nowMs() - (this.#trust?.askedAtMs ?? 0);
    if (this.#trust !== null && (!pace.waits || ageMs < pace.keepAnswerMs)) return this.#trust.trust;
    return (await keptTrust(parts, pace.keepAnswerMs)) ?? this.#ask(parts);
  }

  #setOutFor(nextAtMs: number, mine: number): void {
    const fromMs = this.#nowMs();
    const leftMs = Math.max(0, nextAtMs - fromMs);
    // A visit's waits are short, and its heartbeat says that somebody is here.
    const isOfVisit = leftMs <= withinVisitMs;
    const ms = Math.min(leftMs, isOfVisit ? heartbeatMs : longestWaitMs);
    const { edges } = this.#options;
    const wait = edges.wait ?? ((forMs) => new Promise<void>((resolve) => setTimeout(resolve, forMs)));
    void wait(ms).then(() => {
      if (this.#closed || mine !== this.#setOut) return;
      // Who hands over `wait` may let time pass in another way; a rest is over by the clock alone.
      if (isOfVisit) this.#waitedToMs = fromMs + ms;
      else if (this.#nowMs() < fromMs + ms / 2) return;
      return this.#look();
    });
  }

  #once(notify: Notify): Notify {
    return (notice) => {
      if (notice.type !== "trouble") return notify(notice);
      if (this.#told.has(notice.message)) return;
      this.#told.add(notice.message);
      notify(notice);
    };
  }

  #chance(): { readonly pace: Pace; readonly fill: Edges["fill"]; readonly nowMs: number } {
    const { pace, edges } = this.#options;
    return { pace, fill: edges.fill, nowMs: this.#nowMs() };
  }

  #drawn(span: Span): number {
    return drawnMs(span, this.#options.edges.fill);
  }

  #nowMs(): number {
    return Math.max(this.#options.edges.nowMs(), this.#waitedToMs);
  }
}
