/**
 * The kind `experiments`: what came of each running experiment, arm by arm and stratum by stratum
 * (layout.ts), of all whose window is closed and who were not told of before (contribution.ts). A device
 * answers once the look's time has come, whether or not it was in any.
 */
import * as v from "valibot";
import { type Experiment, strataCount } from "../../experiments/experiment.ts";
import { experimentLimits, metricSchema, nameSchema } from "../../experiments/experimentschema.ts";
import { latestMs } from "../../time.ts";
import type { TaskKind } from "../kind.ts";
import { type AskedExperiment, experimentsLayout } from "./layout.ts";

export interface ExperimentsSettings {
  /** It is about windows that were closed by then (milliseconds since the Unix epoch). */
  readonly toMs: number;
  readonly experiments: readonly AskedExperiment[];
}

/** Most that a task may ask about. */
export const askedLimits = {
  /** Layers, and experiments in none: each adds 1 to the square of the sensitivity. */
  layers: 40,
  /** Numbers of the vector. */
  length: 32_768,
} as const;

const limits = experimentLimits;
const whole = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));

const askedSchema: v.GenericSchema<unknown, AskedExperiment> = v.object({
  name: nameSchema,
  seed: nameSchema,
  layer: v.nullable(nameSchema),
  arms: v.pipe(v.array(nameSchema), v.minLength(2), v.maxLength(limits.arms)),
  strata: whole(1, limits.strata),
  metrics: v.pipe(v.array(metricSchema), v.minLength(1), v.maxLength(limits.metrics)),
  windowDays: whole(1, limits.windowDays),
  beforeDays: whole(0, limits.beforeDays),
});

const settingsSchema: v.GenericSchema<unknown, ExperimentsSettings> = v.pipe(
  v.object({
    toMs: whole(0, latestMs),
    experiments: v.pipe(v.array(askedSchema), v.minLength(1), v.maxLength(limits.experiments)),
  }),
  v.check(
    ({ experiments: asked }) => new Set(asked.map(({ name }) => name)).size === asked.length,
    "of experiments with names of their own",
  ),
  v.check(({ experiments: asked }) => {
    const { length, sensitivity } = experimentsLayout(asked);
    return length <= askedLimits.length && sensitivity ** 2 <= askedLimits.layers + 0.5;
  }, `at most ${askedLimits.length} numbers and ${askedLimits.layers} layers, or experiments in none`),
);

export const experiments: TaskKind<ExperimentsSettings> = {
  name: "experiments",
  schema: settingsSchema,
  layoutOf: ({ experiments: asked }) => {
    const { length, sensitivity } = experimentsLayout(asked);
    return { length, blocks: 1, sensitivity };
  },
  words: {
    title: "experiments",
    what: "How people who saw one version of something compare with those who saw another: how many they are, and what they then did, by kind of visitor.",
  },
};

/** An experiment as a task asks about it. */
export function askedOf({ name, seed, layer, arms, strata, metrics, ...days }: Experiment): AskedExperiment {
  const { windowDays, beforeDays } = days;
  return {
    ...{ name, seed, layer: layer?.name ?? null, arms: arms.map((arm) => arm.name) },
    ...{ strata: strataCount(strata), metrics, windowDays, beforeDays },
  };
}
