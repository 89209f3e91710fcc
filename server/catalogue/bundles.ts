/**
 * The bundle in force and the task open on it: they change together, in one transaction, one change at a time.
 *
 * Bundles are immutable. Publishing puts one in force, rolling back publishes an older one again; either opens a new task,
 * because contributions computed on one bundle say nothing about another.
 */
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { type Bundle, encodeBundle, parseBundle } from "../../core/bundle.ts";
import { toHex } from "../../core/bytes.ts";
import { taskIdOf } from "../../core/sum/task.ts";
import { sha256 } from "../aggregation/mask.ts";
import { type TaskSettings, taskOn } from "../aggregation/tasks.ts";
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
import { findCurrentTask, finishCurrentTask, nextTaskRound, storeOpenTask } from "../store/tasks.ts";
import { encodeLearned, type Learned, parseLearned } from "../training/learned.ts";

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
  readonly taskSettings: TaskSettings;
  /** So many of the newest bundles are kept, the one in force always. */
  readonly keepBundles: number;
  readonly nowMs: () => number;
}

export class Bundles {
  private constructor(
    private readonly parts: BundlesParts,
    private current: InForce | null,
  ) {}

  static async open(parts: BundlesParts): Promise<Bundles> {
    const stored = await findBundleInForce(parts.store);
    return new Bundles(parts, stored === undefined ? null : inForceFrom(stored));
  }

  /** Null before the first import. */
  get inForce(): InForce | null {
    return this.current;
  }

  list(): Promise<readonly BundleSummary[]> {
    return listBundles(this.parts.store);
  }

  /** A bundle that is or was in force. */
  async published(id: string): Promise<EncodedBundle | undefined> {
    return this.current?.encoded.id === id ? this.current.encoded : findPublishedBundle(this.parts.store, id);
  }

  /** Puts a candidate in force; the current task is finished with `outcome`, and a new one opened. */
  async publish(candidate: Candidate, outcome: string): Promise<InForce> {
    const row = await this.rowOf(candidate, "published");
    await this.parts.store.transaction().execute(async (transaction) => {
      await storeBundle(transaction, row);
      await this.putInForce(transaction, row.id, candidate.bundle, outcome);
    });
    this.current = { encoded: row, bundle: candidate.bundle, learned: candidate.learned };
    return this.current;
  }

  /** Keeps a refused candidate for the operator to see; the bundle in force stays and gets a new task. */
  async refuse(candidate: Candidate, outcome: string): Promise<void> {
    const row = await this.rowOf(candidate, "refused");
    await this.parts.store.transaction().execute(async (transaction) => {
      await storeBundle(transaction, row);
      await this.openTask(transaction, outcome);
    });
  }

  /** Nothing came of the current task: a new one on the same bundle. */
  async retry(outcome: string): Promise<void> {
    await this.parts.store.transaction().execute((transaction) => this.openTask(transaction, outcome));
  }

  /** Puts a stored bundle in force again; false when there is none of that id. */
  async rollBack(id: string): Promise<boolean> {
    const stored = await findBundle(this.parts.store, id);
    if (stored === undefined) return false;
    const next = inForceFrom(stored);
    await this.parts.store
      .transaction()
      .execute((transaction) =>
        this.putInForce(transaction, id, next.bundle, `superseded: bundle ${id} was put in force`),
      );
    this.current = next;
    return true;
  }

  /** Opens a task when none is current, as after a change of settings or a crash between two versions. */
  async ensureTask(): Promise<void> {
    if (this.current !== null && (await findCurrentTask(this.parts.store)) === undefined) {
      await this.retry("");
    }
  }

  private async putInForce(
    transaction: LeaderQueries,
    id: string,
    bundle: Bundle,
    outcome: string,
  ): Promise<void> {
    await storePublication(transaction, id, this.parts.nowMs());
    await this.openTask(transaction, outcome, { id, bundle });
  }

  private async openTask(
    transaction: LeaderQueries,
    outcome: string,
    on = this.current === null ? null : { id: this.current.encoded.id, bundle: this.current.bundle },
  ): Promise<void> {
    if (on === null) throw new Error("Bundles: expected a bundle in force to open a task on, got none");
    await finishCurrentTask(transaction, outcome);
    const round = await nextTaskRound(transaction);
    const task = taskOn(
      { bundle: on.id, items: on.bundle.items, dim: on.bundle.factorDim, round },
      this.parts.taskSettings,
    );
    await storeOpenTask(transaction, {
      id: await taskIdOf(task, sha256),
      task,
      openedAtMs: this.parts.nowMs(),
    });
    await pruneBundles(transaction, { keep: this.parts.keepBundles, inForce: on.id });
  }

  private async rowOf(candidate: Candidate, state: BundleState): Promise<BundleRow> {
    const { bundle, learned, origin, verdict } = candidate;
    const encoded = await encodedBundle(encodeBundle(bundle));
    return {
      ...encoded,
      learned: encodeLearned(learned),
      createdAtMs: this.parts.nowMs(),
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
