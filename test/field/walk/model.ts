/**
 * What must be true of one person's device, whatever happened: a plain account kept beside the browser, that
 * knows nothing of how the SDK works.
 *
 * Each event carries a serial number. Its fate follows from what was done after it was tracked:
 * - `kept`: it must be there: it was tracked at least `boundMs` before its page went, or its page is there
 *   still, or it was seen in the device's journal;
 * - `unsure`: it may be there. Its page went sooner; or the page had no localStorage and went before the event
 *   was seen in the journal, so that nothing could outlive the page; or a storage that may have held it alone
 *   was taken away;
 * - `erased`: the person had it erased: it must not be there.
 * None may be there twice. A "no" holds until a "yes", unless nothing can have kept it (choice.ts): then nobody
 * knows, and what is tracked is unsure. What was spent never shrinks, and no task has two
 * reports. A journal in memory shows what the person did and promises nothing: what is seen there alone is as
 * sure as it was before.
 */
import { type Room, type Taking, WalkChoice } from "./choice.ts";

/** An event that `track()` returned for so long before the page went is kept. */
export const boundMs = 50;

type Fate = "kept" | "unsure" | "erased";

interface Tracked {
  readonly serial: number;
  readonly fate: Fate;
  /** Number of the page that it was tracked on. */
  readonly page: number;
  readonly atMs: number;
  /** Whether the page had a localStorage to write it to. */
  readonly isAhead: boolean;
  /** Whether it was in the journal on the device when last looked at. */
  readonly isSeen: boolean;
  /** Whether a storage that may have held it was taken away since. */
  readonly isTaken: boolean;
  /** For how long at least its page lived on; null while the page is there. */
  readonly ageMs: number | null;
  /** What became of it last, for whoever reads a contradiction. */
  readonly since: string;
}

/** What a page shows of the device. */
export interface Seen {
  /** When that was. */
  readonly atMs: number;
  /** Number of the page. */
  readonly page: number;
  readonly personalise: boolean;
  readonly because: string;
  readonly storage: "device" | "memory";
  /** Whether the page reads localStorage: else what an earlier page left there waits for another. */
  readonly isReading: boolean;
  /** Serial numbers in the journal, as often as they are there. */
  readonly serials: readonly number[];
  /** Lifetime cost in rho; null: without bound. */
  readonly spent: number | null;
  /** Report id and task of each sum sent. */
  readonly sums: readonly SentSum[];
}

/** That a report has a sum for a task, by their ids. */
export interface SentSum {
  readonly report: string;
  readonly task: string;
}

/** An event that went with its page. */
export interface Lost {
  readonly serial: number;
  readonly ageMs: number;
  readonly isAhead: boolean;
  readonly since: string;
}

export interface Account {
  readonly events: number;
  /** Tasks that were answered. */
  readonly answered: number;
  readonly lost: readonly Lost[];
  readonly contradictions: readonly string[];
}

export class WalkModel {
  readonly #events = new Map<number, Tracked>();
  readonly #lost: Lost[] = [];
  readonly #contradictions: string[] = [];
  /** Events that contradicted the model. */
  readonly #contradicting = new Set<number>();
  readonly #reportOf = new Map<string, string>();
  #serial = 0;
  /** Until then what is in the database may go with it. */
  #goneByMs = 0;
  #spent = 0;
  readonly #choice = new WalkChoice();

  get isTracking(): boolean {
    return this.#choice.isTracking;
  }

  /** Serial number of the event that is tracked next. */
  next(): number {
    return this.#serial + 1;
  }

  tracked(step: string, { page, atMs, isAhead }: Pick<Tracked, "page" | "atMs" | "isAhead">): void {
    this.#serial += 1;
    if (!this.isTracking) return;
    const isTaken = atMs < this.#goneByMs || this.#choice.isUnsure;
    const event = { serial: this.#serial, page, atMs, isAhead, isTaken, since: step } as const;
    const fate = isTaken ? "unsure" : "kept";
    this.#events.set(this.#serial, { ...event, fate, isSeen: false, ageMs: null });
  }

  /**
   * A page went, not before `atMs`.
   *
   * @param writesBack see `WalkChoice.pageWent`
   */
  pageWent(
    step: string,
    { page, atMs, writesBack }: Pick<Tracked, "page" | "atMs"> & { readonly writesBack: boolean },
  ): void {
    // An older "no" may hold again, and take what was tracked since.
    if (this.#choice.pageWent(writesBack)) this.#all("unsure", step);
    for (const event of this.#events.values()) {
      if (event.page !== page || event.ageMs !== null || event.fate === "erased" || event.isSeen) continue;
      const ageMs = atMs - event.atMs;
      const fate = event.isAhead && ageMs >= boundMs ? event.fate : "unsure";
      const since = `${step}, after ${ageMs} ms${event.isAhead ? "" : " without localStorage"}`;
      this.#events.set(event.serial, { ...event, ageMs, fate, since });
    }
  }

  /** A storage was taken away: what was in it alone is gone then, which of them nobody outside can say. */
  storageTaken(step: string, taking: Taking): void {
    this.#all("unsure", step);
    this.#goneByMs = Math.max(this.#goneByMs, taking.byMs);
    this.#choice.taken(taking);
  }

  erased(step: string): void {
    this.#all("erased", step);
  }

  optedOut(step: string, room: Room): void {
    this.#choice.chose("no", room);
    this.erased(step);
  }

  optedIn(room: Room): void {
    this.#choice.chose("yes", room);
  }

  /** How many that must be there are not. */
  missing(serials: readonly number[]): number {
    const there = new Set(serials);
    const kept = [...this.#events.values()].filter(({ fate }) => fate === "kept");
    return kept.filter(({ serial }) => !there.has(serial)).length;
  }

  /** Whether a page knows what the person chose: one in another tab hears of it a little later. */
  knowsChoice(seen: Pick<Seen, "personalise" | "because">): boolean {
    return this.#choice.isKnownTo(seen);
  }

  /** Compares; what was seen is known from then on. */
  compare(seen: Seen, step: string): void {
    const count = new Map<number, number>();
    for (const serial of seen.serials) count.set(serial, (count.get(serial) ?? 0) + 1);
    const isOnDevice = seen.storage === "device";
    const isSeen = isOnDevice && seen.atMs >= this.#goneByMs && !this.#choice.isUnsure;
    for (const [serial, times] of count) {
      if (times > 1) this.contradict(step, `event ${serial} is there ${times} times`);
      if (this.#contradicting.has(serial)) continue;
      const event = this.#events.get(serial);
      if (event === undefined) this.#contradictOnce(serial, step, 'is there, tracked against a "no"');
      else if (event.fate === "erased")
        this.#contradictOnce(serial, step, `is there, erased by ${event.since}`);
      else if (isSeen) this.#events.set(serial, { ...event, fate: "kept", isSeen, since: `seen at ${step}` });
    }
    // Memory shows what the page has heard of: what is not there may be on the device.
    if (isOnDevice && seen.isReading) this.#compareMissing(count, step);
    if (!this.knowsChoice(seen))
      this.contradict(
        step,
        `the person said ${this.#choice.said}, the page says ${seen.personalise} because ${seen.because}`,
      );
    this.#choice.compared(seen);
    // Nothing is sent from memory: what it says was spent is what it has heard of.
    if (isOnDevice) this.#compareSpending(seen, step);
    for (const sum of seen.sums) this.sent(sum, step);
  }

  /** A report has left the device, whatever became of it: its tasks have their one answer. */
  sent({ report, task }: SentSum, step: string): void {
    const before = this.#reportOf.get(task) ?? report;
    if (before !== report) this.contradict(step, `task ${task} has reports ${before} and ${report}`);
    this.#reportOf.set(task, report);
  }

  contradict(step: string, what: string): void {
    this.#contradictions.push(`step ${step}: ${what}`);
  }

  account(): Account {
    const missing = [...this.#events.values()].filter(({ fate, isSeen }) => fate === "unsure" && !isSeen);
    const went = missing.flatMap(({ serial, ageMs, isAhead, isTaken, since }) =>
      ageMs === null || isTaken ? [] : [{ serial, ageMs, isAhead, since }],
    );
    return {
      events: this.#serial,
      answered: this.#reportOf.size,
      lost: [...this.#lost, ...went],
      contradictions: this.#contradictions,
    };
  }

  /** What may be lost may also come later; what must be there is there. */
  #compareMissing(there: ReadonlyMap<number, number>, step: string): void {
    for (const event of [...this.#events.values()]) {
      if (event.fate !== "kept" || there.has(event.serial)) continue;
      this.#contradictOnce(event.serial, step, `is lost: ${event.since}`);
      const { ageMs, isSeen } = event;
      if (ageMs !== null && !isSeen) this.#lost.push({ ...event, ageMs });
    }
  }

  /** Of each event once: from then on it is nobody's. */
  #contradictOnce(serial: number, step: string, what: string): void {
    this.contradict(step, `event ${serial} ${what}`);
    this.#events.delete(serial);
    this.#contradicting.add(serial);
  }

  #compareSpending({ spent }: Seen, step: string): void {
    const cost = spent ?? Number.POSITIVE_INFINITY;
    if (cost < this.#spent) this.contradict(step, `spent fell from ${this.#spent} to ${cost}`);
    // What was contradicted is told once.
    this.#spent = cost;
  }

  #all(fate: Fate, since: string): void {
    for (const event of this.#events.values()) {
      if (event.fate === "erased") continue;
      this.#events.set(event.serial, { ...event, fate, since, isSeen: false, isTaken: true });
    }
  }
}
