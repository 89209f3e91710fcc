/**
 * What an operator does with experiments: writes one down, starts it, lets more people in, stops it. Those
 * that people may be in are a part of the edition in force; when one has ended, the server leaves it out by
 * itself (kinds/experiments/kind.ts).
 */
import { toHex } from "../../core/bytes.ts";
import { shortened } from "../../core/errors.ts";
import type { Experiment } from "../../core/experiments/experiment.ts";
import { canonicalJson, type Json } from "../../core/json.ts";
import { dayMs } from "../../core/time.ts";
import type { Config } from "../base/config.ts";
import { OperatorError } from "../base/operatorerror.ts";
import { fillRandom } from "../base/platform.ts";
import {
  experimentOf,
  type KeptExperiment,
  keptExperimentOf,
  parseDraft,
  rowOf,
  stateOf,
} from "../experiments/draft.ts";
import type { ListedExperiment, Listing } from "../experiments/listed.ts";
import type { ExperimentModel } from "../kinds/experiments/experimentmodel.ts";
import { requireAskedTogether } from "../kinds/experiments/question.ts";
import { listExperiments, removeExperiment, storeExperiment } from "../store/experiments.ts";
import type { LeaderStore } from "../store/leaderstore.ts";
import { namedExperiments, notMeasured } from "./draft.ts";
import type { Editions } from "./editions.ts";
import type { InForce } from "./inforce.ts";

export interface DeskParts {
  readonly store: LeaderStore;
  readonly editions: Editions;
  readonly config: Config;
  readonly nowMs: () => number;
}

/**
 * @throws {OperatorError} `experiment: …` for what cannot be done. @throws {TypeError | RangeError} for what no
 * browser would take.
 */
export class ExperimentDesk {
  readonly #parts: DeskParts;

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  /** In the order of their making. */
  async list(): Promise<Listing> {
    const { store, nowMs } = this.#parts;
    const rows = await listExperiments(store);
    const read = rows.map((row) => ({ name: row.name, kept: keptExperimentOf(row) }));
    return {
      experiments: read.flatMap(({ kept }) =>
        kept === null ? [] : [{ ...kept, state: stateOf(kept, nowMs()) }],
      ),
      unread: read.filter(({ kept }) => kept === null).map(({ name }) => name),
    };
  }

  async find(name: string): Promise<ListedExperiment> {
    const { experiments, unread } = await this.list();
    const found = experiments.find(({ draft }) => draft.name === name);
    if (found !== undefined) return found;
    if (unread.includes(name)) {
      throw new OperatorError(
        `experiment: ${name} must be one that this version reads, got one of another: remove it, or upgrade`,
      );
    }
    throw unknownName(name, [...experiments.map(({ draft }) => draft.name), ...unread]);
  }

  /** Writes one down, or takes the place of a draft: what was started keeps its name, and its report. */
  async create(given: unknown): Promise<ListedExperiment> {
    const { store, nowMs } = this.#parts;
    const draft = parseDraft(given);
    const { name } = draft;
    const { experiments, unread } = await this.list();
    const before = experiments.find((one) => one.draft.name === name);
    if (unread.includes(name) || (before !== undefined && before.state !== "draft")) {
      const state = before?.state ?? "of another version";
      throw new OperatorError(`experiment: ${name} is ${state}: give another name, or remove it first`);
    }
    const kept = { draft, createdAtMs: nowMs(), started: null };
    await storeExperiment(store, rowOf(kept));
    return { ...kept, state: "draft" };
  }

  /** Lets people in, from now on; it ends by itself. Nobody is let in twice: another run has another name. */
  async start(name: string): Promise<ListedExperiment> {
    const { config, nowMs } = this.#parts;
    if (!config.experiments.on) {
      throw new OperatorError("experiment: experiments.on must be true, or nobody sums what comes of it");
    }
    const { state, ...kept } = await this.find(name);
    if (state !== "draft") {
      throw new OperatorError(
        `experiment: ${name} is ${state} already: write it down under another name to run it again`,
      );
    }
    const fromMs = nowMs();
    const toMs = fromMs + kept.draft.days * dayMs;
    const after = { ...kept, started: { seed: newSeed(), fromMs, toMs, lookDays: config.experiments.days } };
    requireAskedTogether([...(await this.#inForceBut(name)), after].flatMap(listOf), config, fromMs);
    return this.#change(after);
  }

  /** Lets nobody in any more. Who is in it stays, and is told of, until their days are over. */
  async stop(name: string): Promise<ListedExperiment> {
    const { nowMs } = this.#parts;
    const { state, ...kept } = await this.find(name);
    const { started } = kept;
    if (started === null || state !== "running") {
      throw new OperatorError(`experiment: expected ${name} to be running, got ${state}`);
    }
    const toMs = Math.max(nowMs(), started.fromMs + 1);
    return this.#change({ ...kept, started: { ...started, toMs } });
  }

  /** Lets a larger share in: who is in it stays in their arm. */
  async widen(name: string, coverage: number): Promise<ListedExperiment> {
    const { state, ...kept } = await this.find(name);
    const { draft } = kept;
    if (state === "ended" || state === "closing") {
      throw new OperatorError(`experiment: ${name} is ${state}: nobody comes into it any more`);
    }
    if (!(coverage >= draft.coverage && coverage <= 1)) {
      throw new OperatorError(
        `experiment: coverage must be from ${draft.coverage} to 1, as who is in it stays, got ${coverage}`,
      );
    }
    return this.#change({ ...kept, draft: { ...draft, coverage } });
  }

  /**
   * Forgets a draft, or one that has ended: what looks found of it stays, and can be read no more, as the seed
   * that it is known by is gone. Asks for nothing but the name: what another version wrote can be removed, too.
   */
  async remove(name: string): Promise<void> {
    const { store, editions } = this.#parts;
    const { experiments, unread } = await this.list();
    const state = experiments.find(({ draft }) => draft.name === name)?.state;
    if (state === undefined && !unread.includes(name)) await this.find(name);
    if (state === "running" || state === "closing") {
      throw new OperatorError(`experiment: ${name} is ${state}: stop it, and wait until it has ended`);
    }
    if (editions.inForce !== null) {
      await publishExperiments(editions, (await this.#inForceBut(name)).flatMap(listOf));
    }
    await removeExperiment(store, name);
  }

  /** Publishes first: what no browser would take is not written down. */
  async #change(after: KeptExperiment): Promise<ListedExperiment> {
    const { store, editions, nowMs } = this.#parts;
    if (editions.inForce === null) {
      throw new OperatorError("experiment: expected a catalogue in force, got none: run tacit import FILE");
    }
    const { name } = after.draft;
    const listed = { ...after, state: stateOf(after, nowMs()) };
    const all = [...(await this.#inForceBut(name)), listed].filter(isInForce);
    await publishExperiments(editions, all.flatMap(listOf));
    await storeExperiment(store, rowOf(after));
    return listed;
  }

  async #inForceBut(name: string): Promise<readonly ListedExperiment[]> {
    const { experiments } = await this.list();
    return experiments.filter((one) => isInForce(one) && one.draft.name !== name);
  }
}

function unknownName(name: string, known: readonly string[]): OperatorError {
  const names = known.length === 0 ? "; there are none" : ` of ${known.join(", ")}`;
  return new OperatorError(
    `experiment: expected the name of one${names}, got ${shortened(JSON.stringify(name))}`,
  );
}

/** As an edition lists it; nothing of a draft. */
function listOf(kept: KeptExperiment): readonly Experiment[] {
  const experiment = experimentOf(kept);
  return experiment === null ? [] : [experiment];
}

function isInForce({ state }: Pick<ListedExperiment, "state">): boolean {
  return state === "running" || state === "closing";
}

function newSeed(): string {
  const bytes = new Uint8Array(8);
  fillRandom(bytes);
  return toHex(bytes);
}

export function experimentModelOf(editions: Editions): ExperimentModel {
  return {
    publish: async (experiments) => {
      if (editions.inForce !== null) await publishExperiments(editions, experiments);
    },
  };
}

/** The edition in force with these, or without any; the same where it has these already. */
async function publishExperiments(
  editions: Editions,
  experiments: readonly Experiment[],
): Promise<InForce | null> {
  const { inForce } = editions;
  if (inForce === null) throw new Error("publishExperiments: expected an edition in force, got none");
  const { parts, edition, learned, space } = inForce;
  if (jsonOf(parts.experiments?.part ?? []) === jsonOf(experiments)) return null;
  const draft = {
    parts: { ...parts, experiments: experiments.length === 0 ? null : await namedExperiments(experiments) },
    settings: edition.model,
    learned,
    space: { id: space, bytes: null },
    origin: "experiments",
    verdict: notMeasured,
  } as const;
  return editions.publish(draft, "superseded: the site's experiments are others");
}

function jsonOf(experiments: readonly Experiment[]): string {
  const json: Json = JSON.parse(JSON.stringify(experiments));
  return canonicalJson(json);
}
