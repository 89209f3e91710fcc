/**
 * What must be true of one person's device, whatever happened: a plain account kept beside the browser, that
 * knows nothing of how the SDK works.
 *
 * Each event carries a serial number. Its fate follows from what was done after it was tracked:
 * - `kept`: it was tracked at least `boundMs` before its page went, or was seen in a journal: it must be there;
 * - `unsure`: its page went sooner, or a storage that may have held it alone was taken away: it may be there;
 * - `erased`: the person had it erased: it must not be there.
 * None may be there twice. A "no" holds until a "yes". What was spent never shrinks, and no task has two
 * reports.
 */

/** An event that `track()` returned for so long before the page went is kept. */
export const boundMs = 50;

type Fate = "kept" | "unsure" | "erased";

interface Tracked {
  readonly serial: number;
  readonly fate: Fate;
  /** How long before its page went it was tracked; null while the page is there. */
  readonly ageMs: number | null;
  /** What it was seen to do last, for whoever reads a violation. */
  readonly since: string;
}

/** What a page shows of the device. */
export interface Seen {
  readonly personalise: boolean;
  readonly because: string;
  /** Serial numbers in the journal, as often as they are there. */
  readonly serials: readonly number[];
  /** Lifetime cost in rho; null: without bound. */
  readonly spent: number | null;
  /** Report id and task of each sum sent. */
  readonly sums: readonly { readonly report: string; readonly task: string }[];
}

export interface Account {
  readonly events: number;
  readonly lost: readonly { readonly serial: number; readonly ageMs: number | null }[];
  readonly violations: readonly string[];
}

export class WalkModel {
  readonly #events = new Map<number, Tracked>();
  readonly #lost: { serial: number; ageMs: number | null }[] = [];
  readonly #violations: string[] = [];
  readonly #reportOf = new Map<string, string>();
  #serial = 0;
  #spent = 0;
  #choice: "none" | "no" | "yes" = "none";

  get isTracking(): boolean {
    return this.#choice !== "no";
  }

  /** Serial number of the event that is tracked next. */
  next(): number {
    return this.#serial + 1;
  }

  tracked(step: string): void {
    this.#serial += 1;
    if (!this.isTracking) return;
    const fate = { fate: "kept", ageMs: null, since: step } as const;
    this.#events.set(this.#serial, { serial: this.#serial, ...fate });
  }

  /** The page of the newest event went so long after it. */
  pageWent(ageMs: number, step: string): void {
    const event = this.#events.get(this.#serial);
    if (event === undefined || event.fate === "erased") return;
    const fate = ageMs >= boundMs ? event.fate : "unsure";
    this.#events.set(this.#serial, { ...event, ageMs, fate, since: step });
  }

  /** A storage was taken away: what was in it alone is gone, which of them nobody outside can say. */
  storageTaken(step: string): void {
    this.#all("unsure", step);
  }

  erased(step: string): void {
    this.#all("erased", step);
  }

  optedOut(step: string): void {
    this.#choice = "no";
    this.erased(step);
  }

  optedIn(): void {
    this.#choice = "yes";
  }

  /** How many that must be there are not. */
  missing(serials: readonly number[]): number {
    const there = new Set(serials);
    return [...this.#events.values()].filter(({ fate, serial }) => fate === "kept" && !there.has(serial))
      .length;
  }

  /** Compares; what was seen is known from then on. */
  compare(seen: Seen, step: string): void {
    const count = new Map<number, number>();
    for (const serial of seen.serials) count.set(serial, (count.get(serial) ?? 0) + 1);
    for (const [serial, times] of count) {
      if (times > 1) this.#violate(step, `event ${serial} is there ${times} times`);
      const event = this.#events.get(serial);
      if (event === undefined) this.#violate(step, `event ${serial} is there, tracked against a "no"`);
      else if (event.fate === "erased")
        this.#violate(step, `event ${serial} is there, erased by ${event.since}`);
      else this.#events.set(serial, { ...event, fate: "kept", since: `seen at ${step}` });
    }
    for (const event of [...this.#events.values()]) {
      if (count.has(event.serial) || event.fate === "erased") continue;
      this.#events.delete(event.serial);
      // What goes with a page that went too soon tells how near the bound is; what goes with its storage does not.
      if (event.ageMs !== null) this.#lost.push({ serial: event.serial, ageMs: event.ageMs });
      if (event.fate === "kept")
        this.#violate(step, `event ${event.serial} is lost: age ${event.ageMs ?? "-"} ms, ${event.since}`);
    }
    const wanted = this.#choice === "none" ? undefined : this.#choice === "yes";
    if (wanted !== undefined && (seen.personalise !== wanted || seen.because !== "person"))
      this.#violate(
        step,
        `the person said ${this.#choice}, the page says ${seen.personalise} because ${seen.because}`,
      );
    this.#compareSpending(seen, step);
  }

  account(): Account {
    return { events: this.#serial, lost: this.#lost, violations: this.#violations };
  }

  #compareSpending({ spent, sums }: Seen, step: string): void {
    const cost = spent ?? Number.POSITIVE_INFINITY;
    if (cost < this.#spent) this.#violate(step, `spent fell from ${this.#spent} to ${cost}`);
    this.#spent = Math.max(cost, this.#spent);
    for (const { report, task } of sums) {
      const before = this.#reportOf.get(task) ?? report;
      if (before !== report) this.#violate(step, `task ${task} has reports ${before} and ${report}`);
      this.#reportOf.set(task, before);
    }
  }

  #all(fate: Fate, since: string): void {
    for (const event of this.#events.values()) {
      if (event.fate !== "erased") this.#events.set(event.serial, { ...event, fate, since });
    }
  }

  #violate(step: string, what: string): void {
    this.#violations.push(`step ${step}: ${what}`);
  }
}
