/**
 * What is known of reports from a page's start: the entries of the ledger, and what is kept beside them of
 * what was chosen, answered and spent. Making reports is contribute/ledger.ts's; this is what a "no" and an
 * erasure need, at once.
 */
import type { Choices } from "../../core/consent.ts";
import type { Claims } from "../../core/moving/claims.ts";
import { mayContribute } from "../../core/moving/rights.ts";
import type { KeepCopy, Kept, SentReport, SentSum } from "../api.ts";
import { everything, isSince, withCopy, withoutLedger } from "./kept.ts";
import { type KeptUpdate, nothingKept, type Store } from "./store.ts";

export interface RecordsOptions {
  /** The page's copy. It is asked before a report is written, and knows of it before it is sent. */
  readonly keepCopy?: KeepCopy;
  /** Milliseconds since the Unix epoch. */
  readonly nowMs?: () => number;
}

export class Records {
  readonly #store: Store;
  readonly #keepCopy: KeepCopy;
  readonly #nowMs: () => number;
  /** All that was known when the page was last asked. */
  #known: Kept = nothingKept;
  /** As the store last said. */
  #claims: Claims | null = null;
  /** Every entry read since the last erasure: one that is missing was erased behind this tab's back. */
  #seen = new Set<string>();

  constructor(store: Store, { keepCopy = (kept) => kept, nowMs = Date.now }: RecordsOptions = {}) {
    this.#nowMs = nowMs;
    this.#store = store;
    this.#keepCopy = keepCopy;
  }

  /** Whether another of the person's devices contributes what is here, as far as this tab has heard. */
  get isElsewhere(): boolean {
    return !mayContribute({ claims: this.#claims, spent: this.#known.remains.spent });
  }

  /** All that was known when the page was last asked. */
  get known(): Kept {
    return this.#known;
  }

  /** What is kept now, as far as the store says. */
  async kept(): Promise<Kept> {
    return (await this.#store.kept()) ?? this.#known;
  }

  /** Whether an entry that this tab has read is not in the ledger any more. */
  hasLost(ledger: readonly SentReport[]): boolean {
    const ids = new Set(ledger.map(({ id }) => id));
    return [...this.#seen].some((id) => !ids.has(id));
  }

  /** Makes one of what the store keeps and of the page's copy, and has both keep it. Returns all that is kept. */
  async reconcile(nowMs: number): Promise<Kept> {
    const kept = await this.#store.kept();
    const { knowsKept } = this.#store;
    const all = everything(kept ?? nothingKept, await this.entries(), nowMs);
    this.#known = await this.#keepCopy(all, knowsKept);
    if (!knowsKept) {
      const { choices } = this.#known;
      // For when it can be read: what the person chose since is what holds then.
      if (choices.revision > 0) await this.#store.keep(withCopy({ ...nothingKept, choices }, nowMs));
      return this.#known;
    }
    return this.#keep(withCopy(this.#known, nowMs), nowMs);
  }

  /** The person has chosen. */
  async chosen(choices: Choices, nowMs: number): Promise<void> {
    await this.#keep(withCopy({ ...nothingKept, choices }, nowMs), nowMs);
  }

  /** Erases everything on the device but what is kept. @param askedAtMs when the person asked for it. */
  async eraseAll(nowMs: number, askedAtMs = nowMs): Promise<void> {
    const known = this.#known;
    await this.#store.eraseAll(
      (kept, ledger) => withoutLedger(nowMs, askedAtMs)(withCopy(known, nowMs)(kept, ledger), ledger),
      // Of the moment when it is done, which may be long after.
      (event) => isSince(event, askedAtMs, this.#nowMs()),
    );
    this.erased();
    await this.reconcile(nowMs);
  }

  /** Oldest first. */
  async entries(): Promise<readonly SentReport[]> {
    const seen = this.#seen;
    const entries = await this.#store.reports();
    for (const { id } of entries) seen.add(id);
    return entries;
  }

  body(id: string): Promise<Uint8Array | null> {
    return this.#store.reportBody(id);
  }

  /**
   * Consent was taken back: what waits for an answer is never sent again. Returns the entries that changed.
   */
  async withdraw(): Promise<readonly SentReport[]> {
    const withdrawn: SentReport[] = [];
    for (const entry of await this.entries()) {
      if (!isPending(entry)) continue;
      const changed = { ...entry, sums: entry.sums.map((sum) => refusedIfPending(sum, "withdrawn")) };
      // What another tab has an answer to by now keeps it.
      if (!(await this.#store.updateReport(changed, isPending))) continue;
      await this.#store.removeReportBodies([entry.id]);
      withdrawn.push(changed);
    }
    return withdrawn;
  }

  /** Another tab erased the entries, or this one did. */
  erased(): void {
    this.#seen = new Set();
  }

  async #keep(update: KeptUpdate, nowMs: number): Promise<Kept> {
    let all = nothingKept;
    await this.#store.keep((kept, ledger) => {
      const updated = update(kept, ledger);
      all = everything(updated, ledger, nowMs);
      this.#claims = updated.claims ?? null;
      return updated;
    });
    this.#known = await this.#keepCopy(all, this.#store.knowsKept);
    return this.#known;
  }
}

/** Whether a sum of it has no answer yet. */
export function isPending({ sums }: SentReport): boolean {
  return sums.some(({ state }) => state === "sending");
}

export function refusedIfPending(sum: SentSum, why: string): SentSum {
  return sum.state === "sending" ? { ...sum, state: "refused", why } : sum;
}
