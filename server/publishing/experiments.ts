/**
 * What an operator does with experiments: writes one down, starts it, lets more people in, stops it. Those
 * that people may be in are a part of the edition in force; when one is over, the next look leaves it out
 * (kinds/experiments/kind.ts).
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
import type { ListedExperiment } from "../experiments/listed.ts";
import type { ExperimentModel } from "../kinds/experiments/experimentmodel.ts";
import { listExperiments, removeExperiment, storeExperiment } from "../store/experiments.ts";
import type { LeaderStore } from "../store/leaderstore.ts";
import { namedExperiments, notMeasured } from "./draft.ts";
import type { Editions } from "./editions.ts";
import type { InForce } from "./inforce.ts";

export interface DeskParts {
  readonly store: LeaderStore;
  readonly editions: Editions;
  /** Whether anybody sums what comes of them; and how long it is from a look to the next. */
  readonly asked: Pick<Config["experiments"], "on" | "days">;
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
  async list(): Promise<readonly ListedExperiment[]> {
    const { store, asked, nowMs } = this.#parts;
    return (await listExperiments(store)).map(keptExperimentOf).map((kept) => ({
      ...kept,
      state: stateOf(kept, nowMs(), asked.days),
    }));
  }

  async find(name: string): Promise<ListedExperiment> {
    const listed = await this.list();
    const found = listed.find(({ draft }) => draft.name === name);
    if (found !== undefined) return found;
    const names = listed.map(({ draft }) => draft.name).join(", ");
    throw new OperatorError(
      `experiment: expected the name of one${names === "" ? "; there are none" : ` of ${names}`}, got ${shortened(JSON.stringify(name))}`,
    );
  }

  /** Writes one down, or takes the place of a draft, or of one that is over. */
  async create(given: unknown): Promise<ListedExperiment> {
    const { store, nowMs } = this.#parts;
    const draft = parseDraft(given);
    const before = (await this.list()).find((one) => one.draft.name === draft.name);
    if (before?.state === "running" || before?.state === "closing") {
      throw new OperatorError(`experiment: ${draft.name} is ${before.state}: give another name, or wait`);
    }
    const kept = { draft, createdAtMs: nowMs(), started: null };
    await storeExperiment(store, rowOf(kept));
    return { ...kept, state: "draft" };
  }

  /** Lets people in, from now on; it ends by itself. */
  async start(name: string): Promise<ListedExperiment> {
    const { asked, nowMs } = this.#parts;
    if (!asked.on) {
      throw new OperatorError("experiment: experiments.on must be true, or nobody sums what comes of it");
    }
    const { state, ...kept } = await this.find(name);
    if (state === "running" || state === "closing") {
      throw new OperatorError(`experiment: ${name} is ${state} already`);
    }
    const fromMs = nowMs();
    const started = { seed: newSeed(), fromMs, toMs: fromMs + kept.draft.days * dayMs };
    return this.#change(kept, { ...kept, started });
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
    return this.#change(kept, { ...kept, started: { ...started, toMs } });
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
    return this.#change(kept, { ...kept, draft: { ...draft, coverage } });
  }

  /** Forgets a draft, or one that is over. What looks found stays. */
  async remove(name: string): Promise<void> {
    const { state } = await this.find(name);
    if (state === "running" || state === "closing") {
      throw new OperatorError(`experiment: ${name} is ${state}: stop it, and wait until it has ended`);
    }
    await removeExperiment(this.#parts.store, name);
  }

  /** Publishes first: what no browser would take is not written down. */
  async #change(before: KeptExperiment, after: KeptExperiment): Promise<ListedExperiment> {
    const { store, editions, asked, nowMs } = this.#parts;
    if (editions.inForce === null) {
      throw new OperatorError("experiment: expected a catalogue in force, got none: run tacit import FILE");
    }
    const others = (await this.list()).filter(({ draft }) => draft.name !== before.draft.name);
    const state = stateOf(after, nowMs(), asked.days);
    const all = [...others, { ...after, state }].filter(isInForce);
    await publishExperiments(
      editions,
      all.flatMap((one) => experimentOf(one) ?? []),
    );
    await storeExperiment(store, rowOf(after));
    return { ...after, state };
  }
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
