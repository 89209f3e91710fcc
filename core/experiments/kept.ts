/**
 * What a device keeps of the experiments that it is in. Once in, it stays in its arm, though weights,
 * coverage, time, the person's segment or the window's size change, until
 *
 *   - the edition lists the experiment no more, lists it with another seed, or without the arm;
 *   - the person leaves it: by that name they are never in it again, whatever its seed.
 *
 * Of the experiments of one layer a device is in one. Where an edition moves a second into the layer, the one
 * that was entered first stays.
 */

import { armShares, assign } from "./assignment.ts";
import { isOnPage } from "./audience.ts";
import type { Arm, Experiment } from "./experiment.ts";
import type { Visitor } from "./visitor.ts";

export interface KeptAssignment {
  /** The experiment's name. */
  readonly experiment: string;
  readonly seed: string;
  /** The arm's name. */
  readonly arm: string;
  readonly stratum: number;
  /** When it was entered, in milliseconds since the Unix epoch. */
  readonly atMs: number;
  /** How likely this arm was to whoever entered then. */
  readonly propensity: number;
  /** The person left it: they see what the control sees, and count nowhere. */
  readonly hasLeft: boolean;
}

export type KeptAssignments = readonly KeptAssignment[];

/** Experiments that were left are remembered though no edition lists them; the newest of them. */
const mostLeft = 200;

export interface Entering {
  /** Of the edition in force. */
  readonly experiments: readonly Experiment[];
  /** See `assign`. */
  readonly deviceNumber: string;
  readonly visitor: Visitor;
  readonly nowMs: number;
}

/**
 * What is kept from now on: what holds of what was kept, and what is entered now. The same array where
 * nothing changes.
 */
export function assignmentsWith(kept: KeptAssignments, entering: Entering): KeptAssignments {
  const { experiments, deviceNumber, visitor, nowMs } = entering;
  const holding = holdingOf(kept, experiments);
  const names = new Set(holding.map(({ experiment }) => experiment));
  const layers = layersOf(holding, experiments);
  const entered: KeptAssignment[] = [];
  for (const experiment of experiments) {
    const { name, seed, layer, arms, fromMs, toMs } = experiment;
    const isOpen = nowMs >= fromMs && nowMs < toMs && !names.has(name);
    if (!isOpen || (layer !== null && layers.has(layer.name))) continue;
    const assigned = assign(experiment, deviceNumber, visitor);
    if (assigned === null) continue;
    const { arm, stratum } = assigned;
    if (layer !== null) layers.add(layer.name);
    entered.push({
      ...{ experiment: name, seed, arm: arms[arm].name, stratum, atMs: nowMs },
      ...{ propensity: armShares(experiment)[arm], hasLeft: false },
    });
  }
  return entered.length === 0 && holding.length === kept.length ? kept : [...holding, ...entered];
}

/** The person leaves an experiment. */
export function assignmentsLeaving(kept: KeptAssignments, experiment: string): KeptAssignments {
  return kept.map((one) => (one.experiment === experiment ? { ...one, hasLeft: true } : one));
}

/** An experiment that the device is in, and what its arm has of its own. */
export interface ArmInForce {
  readonly experiment: Experiment;
  readonly arm: Arm;
  readonly kept: KeptAssignment;
}

/** What holds on a page. */
export function armsInForce(
  kept: KeptAssignments,
  experiments: readonly Experiment[],
  path: string | null,
): readonly ArmInForce[] {
  return kept.flatMap((one) => {
    const experiment = one.hasLeft ? null : listedOf(one, experiments);
    const arm = experiment?.arms.find(({ name }) => name === one.arm);
    if (experiment === null || arm === undefined || !isOnPage(experiment.audience, path)) return [];
    return [{ experiment, arm, kept: one }];
  });
}

/** What is kept, of whatever was found where it is: what another version wrote in another form is as none. */
export function keptAssignmentsIn(found: unknown): KeptAssignments {
  // The check below is of all that is read of one.
  return Array.isArray(found) ? found.filter((one): one is KeptAssignment => isKept(one)) : [];
}

function isKept(found: unknown): boolean {
  if (typeof found !== "object" || found === null) return false;
  const { experiment, seed, arm, stratum, atMs, propensity, hasLeft } = found as Partial<KeptAssignment>;
  return (
    [experiment, seed, arm].every((text) => typeof text === "string") &&
    Number.isInteger(stratum) &&
    Number(stratum) >= 0 &&
    Number.isFinite(atMs) &&
    Number.isFinite(propensity) &&
    Number(propensity) > 0 &&
    Number(propensity) <= 1 &&
    typeof hasLeft === "boolean"
  );
}

/** The oldest first; of a name one, and of a layer one that the person is in. */
function holdingOf(kept: KeptAssignments, experiments: readonly Experiment[]): KeptAssignments {
  const oldestFirst = kept.toSorted((a, b) => a.atMs - b.atMs);
  const left = new Map(oldestFirst.filter(({ hasLeft }) => hasLeft).map((one) => [one.experiment, one]));
  const names = new Set(left.keys());
  const layers = new Set<string>();
  const inside = oldestFirst.filter((one) => {
    const layer = listedOf(one, experiments)?.layer;
    if (layer === undefined || names.has(one.experiment)) return false;
    if (layer !== null && layers.has(layer.name)) return false;
    if (layer !== null) layers.add(layer.name);
    names.add(one.experiment);
    return true;
  });
  const holding = new Set([...[...left.values()].slice(-mostLeft), ...inside]);
  return kept.filter((one) => holding.has(one));
}

function layersOf(holding: KeptAssignments, experiments: readonly Experiment[]): Set<string> {
  const inside = holding.filter(({ hasLeft }) => !hasLeft);
  return new Set(inside.flatMap((one) => listedOf(one, experiments)?.layer?.name ?? []));
}

/** The experiment as the edition lists it; null where it is not the one that was entered, or has lost the arm. */
function listedOf(
  { experiment, seed, arm }: KeptAssignment,
  experiments: readonly Experiment[],
): Experiment | null {
  const listed = experiments.find(({ name }) => name === experiment);
  const isSame = listed?.seed === seed && listed.arms.some(({ name }) => name === arm);
  return isSame ? listed : null;
}
