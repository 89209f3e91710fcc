/**
 * The experiments of this device: which arms it is in, when one was shown, and leaving. Of whom nobody may be
 * told, nothing is kept: they are in none.
 *
 * What is decided is kept before it is said, in one transaction with the look at what was kept, so that two
 * tabs have one number and one arm.
 */
import { toHex } from "../../core/bytes.ts";
import type { Experiment } from "../../core/experiments/experiment.ts";
import { expose } from "../../core/experiments/exposures.ts";
import {
  type ArmInForce,
  armsInForce,
  assignmentsLeaving,
  assignmentsWith,
} from "../../core/experiments/kept.ts";
import type { Visitor } from "../../core/experiments/visitor.ts";
import { parseKnownExperimentsPart } from "../../core/model/experiments.ts";
import type { FeatureValues } from "../../core/profile/table.ts";
import type { ExperimentStep, Kept, PageArm, PageArms } from "../api.ts";
import { type Edges, type Notify, troubleOf } from "../edges.ts";
import type { EventLog } from "../events/eventlog.ts";
import { pausedNow } from "../events/pausing.ts";
import type { LazyParts } from "../rank/editions.ts";
import type { Model } from "../rank/model.ts";
import type { Changed, ExperimentStore } from "../store/keptexperiments.ts";
import { type KeptExperiments, keptExperimentsIn, standingAt } from "./kept.ts";
import { type VisitorParts, visitorOf } from "./visitors.ts";

export interface ExperimentsParts {
  readonly store: ExperimentStore;
  /** Brings a part of the edition, kept or downloaded. */
  readonly bring: LazyParts;
  readonly edges: Pick<Edges, "nowMs" | "fill" | "language">;
  readonly notify: Notify;
  /**
   * Whether this device may contribute; false for good, for whoever asked before, once that was taken back.
   */
  readonly allowed: () => () => boolean;
  /** What may be known now; empty for whoever does not want to be known. */
  readonly log: () => Promise<EventLog>;
  readonly featuresOf: (log: EventLog) => FeatureValues;
  readonly device: () => VisitorParts["device"];
  /** Tells other tabs that what is kept is another now. */
  readonly changed: () => void;
}

export class Experiments {
  readonly #parts: ExperimentsParts;
  /** Of the edition that was looked at last. */
  #listed: { readonly of: Model; readonly experiments: readonly Experiment[] } | null = null;
  #kept: KeptExperiments | null = null;

  constructor(parts: ExperimentsParts) {
    this.#parts = parts;
  }

  /** Enters what is open to this person, and says which arms they are in. */
  async look(model: Model): Promise<void> {
    const experiments = await this.#experimentsOf(model);
    if (experiments === null) return this.forget();
    const visitor = await this.#visitor(model);
    const { nowMs, fill } = this.#parts.edges;
    this.#kept = await this.#change((found) => {
      const number = found?.number ?? toHex(filled(16, fill));
      const { assignments: before = [], participations = [] } = found ?? {};
      const entering = { experiments: onAnyPage(experiments), deviceNumber: number, visitor, nowMs: nowMs() };
      const assignments = assignmentsWith(before, entering);
      const kept = { number, assignments, participations: standingAt(participations, nowMs()) };
      // Its number is kept though it is in none: another one would be another chance.
      const isNew = found === null || assignments !== before;
      return { answer: kept, ...(isNew ? { keep: kept } : {}) };
    });
    this.#tell();
  }

  async step(step: ExperimentStep): Promise<void> {
    if (step.step === "leave") await this.#leave(step.experiment);
    else await this.#shown(step.experiment, step.atMs);
  }

  /** Arms of this device, wherever they are shown. */
  get arms(): readonly ArmInForce[] {
    const { assignments = [] } = this.#kept ?? {};
    const experiments = this.#listed?.experiments ?? [];
    return armsInForce(assignments, onAnyPage(experiments), null).map((one) => ({
      ...one,
      experiment: experiments.find(({ name }) => name === one.experiment.name) ?? one.experiment,
    }));
  }

  /** What was read may be gone. */
  forget(): void {
    this.#kept = null;
    this.#tell();
  }

  async #shown(name: string, shownMs: number): Promise<void> {
    const inForce = this.arms.find(({ experiment }) => experiment.name === name);
    if (inForce === undefined) return;
    const { nowMs } = this.#parts.edges;
    const { experiment, kept: assignment } = inForce;
    // A clock may have been put back since, or run ahead then.
    const atMs = Math.min(Math.max(shownMs, assignment.atMs), nowMs());
    const log = await this.#parts.log();
    // What follows would not be known.
    const isPaused = pausedNow(log, atMs) !== null;
    if (isPaused || atMs < experiment.fromMs || atMs >= experiment.toMs) return;
    const acts = log.all();
    const isNew = await this.#change((found) => {
      const isIn = found?.assignments.some(
        ({ experiment: one, seed, arm, hasLeft }) =>
          one === name && seed === assignment.seed && arm === assignment.arm && !hasLeft,
      );
      if (found === null || !isIn) return { answer: false };
      const { kept, isNew } = expose(found.participations, assignment, { atMs, acts });
      const { stratum } = assignment;
      const participations = kept.map((one) => ({ stratum, ...one }));
      return { keep: { ...found, participations: standingAt(participations, nowMs()) }, answer: isNew };
    });
    if (isNew === true) {
      this.#parts.notify({ type: "exposure", experiment: name, arm: assignment.arm });
    }
  }

  async #leave(name: string): Promise<void> {
    const kept = await this.#change((found) => {
      if (found === null) return { answer: null };
      const left: KeptExperiments = {
        ...found,
        assignments: assignmentsLeaving(found.assignments, name),
        participations: found.participations.filter(({ experiment }) => experiment !== name),
      };
      return { keep: left, answer: left };
    });
    if (kept === null) return;
    this.#kept = kept;
    this.#tell();
    this.#parts.notify({ type: "change" });
    this.#parts.changed();
  }

  /** Null where nothing may be kept, or can be. */
  #change<Answer>(
    change: (found: KeptExperiments | null) => Changed<Answer> & { readonly keep?: KeptExperiments },
  ): Promise<Answer | null> {
    const { store, edges, allowed } = this.#parts;
    const isAllowed = allowed();
    const nowMs = edges.nowMs();
    return store.change((found, kept: Kept): Changed<Answer | null> => {
      const { choices, erasedAtMs } = kept;
      const isChosen = choices.personalise !== false && choices.contribute !== false;
      // A "no", or an erasure, may have come meanwhile, here or in another tab.
      if (!(isAllowed() && isChosen && nowMs > (erasedAtMs ?? 0))) return { answer: null };
      return change(keptExperimentsIn(found));
    });
  }

  #tell(): void {
    const arms: [string, PageArm][] = this.arms.map(({ experiment, arm }) => {
      const { pages } = experiment.audience;
      return [
        experiment.name,
        {
          arm: arm.name,
          ...(arm.value === undefined ? {} : { value: arm.value }),
          ...(pages === undefined ? {} : { pages }),
        },
      ];
    });
    // The cast says what the list is: a name may be "__proto__", which no schema of ours lets in.
    this.#parts.notify({ type: "arms", arms: Object.fromEntries(arms) as PageArms });
  }

  /** Null where they cannot be had or read: what is kept waits for who can. */
  async #experimentsOf(model: Model): Promise<readonly Experiment[] | null> {
    if (this.#listed?.of === model) return this.#listed.experiments;
    const ref = model.experiments;
    try {
      const listed = ref === null ? [] : await this.#parts.bring(ref, parseKnownExperimentsPart);
      const experiments = listed.filter(isOfPages);
      this.#listed = { of: model, experiments };
      return experiments;
    } catch (cause) {
      this.#parts.notify(troubleOf("experiments", cause));
      return null;
    }
  }

  async #visitor(model: Model): Promise<Visitor> {
    const { log: logNow, featuresOf, device, edges } = this.#parts;
    const log = await logNow();
    const language = (edges.language ?? browserLanguage)();
    return visitorOf({
      ...{ model, log, language, nowMs: edges.nowMs(), device: device() },
      features: () => featuresOf(log),
    });
  }
}

/** An arm that is not carried out would be another arm: such an experiment is as one that is not understood. */
function isOfPages({ arms }: Experiment): boolean {
  return arms.every(({ ranking }) => ranking === undefined);
}

/** Which pages it is about, is asked where it is shown. */
function onAnyPage(experiments: readonly Experiment[]): readonly Experiment[] {
  return experiments.map((one) => ({ ...one, audience: { ...one.audience, pages: undefined } }));
}

function filled(length: number, fill: Edges["fill"]): Uint8Array {
  const bytes = new Uint8Array(length);
  fill(bytes);
  return bytes;
}

function browserLanguage(): string | null {
  return typeof navigator === "undefined" ? null : navigator.language || null;
}
