/**
 * The bundle in force. Bundles are immutable: publishing puts one in force, rolling back publishes an older one again; either ends the
 * open task on items in the same transaction, because contributions computed on one bundle say nothing about another.
 */
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { toHex } from "../../core/bytes.ts";
import { type Bundle, encodeBundle, parseBundle } from "../../core/model/bundle.ts";
import { itemFactors } from "../../core/tasks/itemfactors/kind.ts";
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
import { finishTaskOfKind } from "../store/tasks.ts";
import type { OpenTasks } from "../tasks/opentasks.ts";

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

/** A candidate whose storing is left to the transaction that it belongs to. */
export interface Prepared {
  readonly inForce: InForce;
  readonly store: (transaction: LeaderQueries) => Promise<void>;
  /** To be called when it is stored. */
  readonly stored: () => void;
}

export interface BundlesParts {
  readonly store: LeaderStore;
  readonly tasks: Pick<OpenTasks, "change">;
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

  /** A candidate ready to be put in force, or to be kept for the operator to see when it was refused. */
  async prepared(candidate: Candidate, state: BundleState): Promise<Prepared> {
    const row = await this.#rowOf(candidate, state);
    const inForce = { encoded: row, bundle: candidate.bundle, learned: candidate.learned };
    return {
      inForce,
      store: async (transaction) => {
        await storeBundle(transaction, row);
        if (state === "published") await this.#putInForce(transaction, row.id);
        else await this.#prune(transaction, this.#current?.encoded.id ?? row.id);
      },
      stored: () => {
        if (state === "published") this.#current = inForce;
      },
    };
  }

  /** Puts a candidate in force; the open task on items is finished with `outcome`. */
  async publish(candidate: Candidate, outcome: string): Promise<InForce> {
    const { store, stored, inForce } = await this.prepared(candidate, "published");
    await this.#parts.tasks.change(async (transaction) => {
      await store(transaction);
      await finishTaskOfKind(transaction, itemFactors.name, outcome);
    });
    stored();
    return inForce;
  }

  /** Puts a stored bundle in force again; false when there is none of that id. */
  async rollBack(id: string): Promise<boolean> {
    const stored = await findBundle(this.#parts.store, id);
    if (stored === undefined) return false;
    const next = inForceFrom(stored);
    await this.#parts.tasks.change(async (transaction) => {
      await this.#putInForce(transaction, id);
      const outcome = `superseded: bundle ${id} was put in force`;
      await finishTaskOfKind(transaction, itemFactors.name, outcome);
    });
    this.#current = next;
    return true;
  }

  async #putInForce(transaction: LeaderQueries, id: string): Promise<void> {
    await storePublication(transaction, id, this.#parts.nowMs());
    await this.#prune(transaction, id);
  }

  async #prune(transaction: LeaderQueries, inForce: string): Promise<void> {
    await pruneBundles(transaction, { keep: this.#parts.keepBundles, inForce });
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

function inForceFrom(stored: StoredBundle): InForce {
  return { encoded: stored, bundle: parseBundle(stored.bytes), learned: parseLearned(stored.learned) };
}
