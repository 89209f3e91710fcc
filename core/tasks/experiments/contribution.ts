/**
 * What a person adds to a look: for each experiment that they were in and whose window is closed, a 1 and what
 * was measured of them, in the cell of their arm and stratum (layout.ts); zeros elsewhere.
 *
 * Of each experiment a device tells once. Everybody answers who contributes, with nothing but zeros where there is
 * nothing to tell: that somebody answered tells neither that they were in an experiment nor that they did anything.
 *
 * Of the experiments of one layer an answer has one, the one that was seen first: another, which came into the
 * layer when the first had ended, is told in the next look.
 */
import { dayMs } from "../../time.ts";
import { cellAt, type ExperimentsLayout, type PlacedExperiment } from "./layout.ts";
import type { MetricScales } from "./scales.ts";

/** What is measured of a person by one metric, each as a share (0..1) of its cap. */
export interface Measured {
  readonly y: number;
  /** The covariate or the denominator; 0 where there is none. */
  readonly x: number;
}

/** A device's part in an experiment. */
export interface Participation {
  readonly experiment: string;
  readonly seed: string;
  /** The arm's name. */
  readonly arm: string;
  readonly stratum: number;
  /** First exposure, in milliseconds since the Unix epoch. */
  readonly exposedMs: number;
}

export interface Told {
  readonly values: Float64Array;
  /** What it tells of; none of them may be told again. */
  readonly participations: readonly Participation[];
}

/**
 * @param toMs the look is about windows that were closed by then.
 * @param untold participations that no report has told of yet.
 * @param measure what is measured of the person for an experiment, a value a metric.
 */
export function lookOf(
  { experiments, length }: ExperimentsLayout,
  {
    toMs,
    untold,
    measure,
  }: {
    readonly toMs: number;
    readonly untold: readonly Participation[];
    readonly measure: (placed: PlacedExperiment, participation: Participation) => readonly Measured[];
  },
): Told {
  const values = new Float64Array(length);
  const participations: Participation[] = [];
  // Each experiment in no layer is as a layer of its own: two parts in it, of two arms, are one too many.
  const taken = new Set<string | PlacedExperiment>();
  const oldestFirst = [...untold].sort((a, b) => a.exposedMs - b.exposedMs);
  for (const participation of oldestFirst) {
    const placed = experiments.find(({ asked }) => isAbout(asked, participation));
    if (placed === undefined) continue;
    const { layer, windowDays, arms, strata } = placed.asked;
    const { exposedMs, stratum } = participation;
    const arm = arms.indexOf(participation.arm);
    const isClosed = exposedMs + windowDays * dayMs <= toMs;
    const isCell = arm >= 0 && Number.isInteger(stratum) && stratum >= 0 && stratum < strata;
    const place = layer ?? placed;
    if (!(isClosed && isCell) || taken.has(place)) continue;
    taken.add(place);
    writeCell(values, cellAt(placed, arm, stratum), placed, measure(placed, participation));
    participations.push(participation);
  }
  return { values, participations };
}

function isAbout(asked: PlacedExperiment["asked"], { experiment, seed }: Participation): boolean {
  return asked.name === experiment && asked.seed === seed;
}

function writeCell(
  values: Float64Array,
  start: number,
  { scales }: PlacedExperiment,
  measured: readonly Measured[],
): void {
  values[start] = scales.n;
  let at = start + 1;
  for (const [index, metric] of scales.metrics.entries()) {
    for (const value of numbersOf(metric, measured[index])) values[at++] = value;
  }
}

/** In the order of the layout. Whatever was measured is held to 0..1: the sensitivity hangs on it. */
function numbersOf({ y, yy, second }: MetricScales, measured: Measured): readonly number[] {
  const [one, other] = [held(measured.y), held(measured.x)];
  return [
    y * one,
    ...(yy === null ? [] : [yy * one * one]),
    ...(second === null ? [] : [second.x * other, second.xx * other * other, second.xy * one * other]),
  ];
}

function held(share: number): number {
  return share > 0 ? Math.min(1, share) : 0;
}
