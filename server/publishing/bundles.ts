/**
 * The bundle in force and the task open on it: they change together, in one transaction, one change at a time.
 *
 * Bundles are immutable. Publishing puts one in force, rolling back publishes an older one again; either opens a new task,
 * because contributions computed on one bundle say nothing about another.
 */
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { toHex } from "../../core/bytes.ts";
import { type Bundle, encodeBundle, parseBundle } from "../../core/model/bundle.ts";
import { sha256 } from "../base/platform.ts";
import type { Learned } from "../kinds/itemfactors/knowledge.ts";
import { encodeLearned, parseLearned } from "../kinds/itemfactors/learned.ts";
import {
  type BundleRow,
  type BundleSummary,
  type EncodedBundle,
  findBundle,
  findBundleInForce,
  findPublishedBundle,
  listBundles,
  pruneBundles,
  type StoredBundle,
  storeBundle,
  storePublication,
} from "../store/bundles.ts";
import type { BundleState, LeaderQueries, LeaderStore } from "../store/leaderstore.ts";
import type { CurrentTask, TaskGround } from "../tasks/currenttask.ts";

/** The bundle in force, encoded and decoded. */
export interface InForce {
  readonly encoded: EncodedBundle;
  readonly bundle: Bundle;
  readonly learned: Learned;
}

export interface Candidate {
  readonly bundle: Bundle;
  readonly learned: Learned;
  /** What made it. */
  readonly origin: "import" | "train" | "round";
  /** What the gate said, as JSON. */
  readonly verdict: string;
}

export interface BundlesParts {
  readonly store: LeaderStore;
  readonly task: CurrentTask;
  /** So many of the newest bundles are kept, the one in force always. */
  readonly keepBundles: number;
  readonly nowMs: () => number;
}

export class Bundles {
  readonly #parts: BundlesParts;
  #current: InForce | null;

  private constructor(parts: BundlesParts, current: InForce | null) {
    this.#parts = parts;
    this.#current = current;
  }

  static async open(parts: BundlesParts): Promise<Bundles> {
    const stored = await findBundleInForce(parts.store);
    return new Bundles(parts, stored === undefined ? null : inForceFrom(stored));
  }

  /** Null before the first import. */
  get inForce(): InForce | null {
    return this.#current;
  }

  list(): Promise<readonly BundleSummary[]> {
    return listBundles(this.#parts.store);
  }

  /** A bundle that is or was in force. */
  async published(id: string): Promise<EncodedBundle | undefined> {
    return this.#current?.encoded.id === id
      ? this.#current.encoded
      : findPublishedBundle(this.#parts.store, id);
  }

  /** Puts a candidate in force; the current task is finished with `outcome`, and a new one opened. */
  async publish(candidate: Candidate, outcome: string): Promise<InForce> {
    const { task } = this.#parts;
    const row = await this.#rowOf(candidate, "published");
    await task.change(async (transaction) => {
      await storeBundle(transaction, row);
      await this.#putInForce(transaction, row.id, candidate.bundle, outcome);
    });
    this.#current = { encoded: row, bundle: candidate.bundle, learned: candidate.learned };
    await task.open();
    return this.#current;
  }

  /** Keeps a refused candidate for the operator to see; the bundle in force stays and gets a new task. */
  async refuse(candidate: Candidate, outcome: string): Promise<void> {
    const { task } = this.#parts;
    const row = await this.#rowOf(candidate, "refused");
    await task.change(async (transaction) => {
      await storeBundle(transaction, row);
      await this.#nextTask(transaction, outcome);
    });
    await task.open();
  }

  /** Nothing came of the current task: a new one on the same bundle. */
  async retry(outcome: string): Promise<void> {
    const { task } = this.#parts;
    await task.change((transaction) => this.#nextTask(transaction, outcome));
    await task.open();
  }

  /** Puts a stored bundle in force again; false when there is none of that id. */
  async rollBack(id: string): Promise<boolean> {
    const stored = await findBundle(this.#parts.store, id);
    if (stored === undefined) return false;
    const { task } = this.#parts;
    const next = inForceFrom(stored);
    await task.change((transaction) =>
      this.#putInForce(transaction, id, next.bundle, `superseded: bundle ${id} was put in force`),
    );
    this.#current = next;
    await task.open();
    return true;
  }

  /**
   * At a start: stores a task, opening, when there is none that this server as it is set up could give out. The helper is
   * not asked yet: it may start later.
   */
  async ensureTask(): Promise<void> {
    const { task } = this.#parts;
    if (this.#current === null || (await task.stands(groundOf(this.#current)))) return;
    await task.change((transaction) => this.#nextTask(transaction, "superseded: the settings changed"));
  }

  async #putInForce(transaction: LeaderQueries, id: string, bundle: Bundle, outcome: string): Promise<void> {
    await storePublication(transaction, id, this.#parts.nowMs());
    await this.#nextTask(transaction, outcome, { bundle: id, items: bundle.items, dim: bundle.factorDim });
  }

  async #nextTask(
    transaction: LeaderQueries,
    outcome: string,
    ground = this.#current === null ? null : groundOf(this.#current),
  ): Promise<void> {
    if (ground === null) throw new Error("Bundles: expected a bundle in force to open a task on, got none");
    const { task, keepBundles } = this.#parts;
    await task.replace(transaction, ground, outcome);
    await pruneBundles(transaction, { keep: keepBundles, inForce: ground.bundle });
  }

  async #rowOf(candidate: Candidate, state: BundleState): Promise<BundleRow> {
    const { bundle, learned, origin, verdict } = candidate;
    const encoded = await encodedBundle(encodeBundle(bundle));
    return {
      ...encoded,
      learned: encodeLearned(learned),
      createdAtMs: this.#parts.nowMs(),
      round: bundle.round,
      origin,
      state,
      verdict,
    };
  }
}

const brotli = promisify(brotliCompress);
const gzipped = promisify(gzip);
/** Of 4..11: int8 rows hardly shrink beyond it, and it takes a second where 11 takes half a minute. */
const brotliQuality = 6;

async function encodedBundle(bytes: Uint8Array): Promise<EncodedBundle> {
  const [digest, small, zipped] = await Promise.all([
    sha256(bytes),
    brotli(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: brotliQuality,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
    gzipped(bytes),
  ]);
  return { id: toHex(digest), bytes, brotli: small, gzip: zipped };
}

function groundOf({ encoded, bundle }: InForce): TaskGround {
  return { bundle: encoded.id, items: bundle.items, dim: bundle.factorDim };
}

function inForceFrom(stored: StoredBundle): InForce {
  return { encoded: stored, bundle: parseBundle(stored.bytes), learned: parseLearned(stored.learned) };
}
