/**
 * Experiments, as what ranks has them before there are any: nothing. Their code comes with the first edition
 * that lists some, where this device may contribute.
 */
import type { ExperimentStep } from "../api.ts";
import { type Notify, troubleOf } from "../edges.ts";
import type { Model } from "../rank/model.ts";
import type { Experiments } from "./experiments.ts";

export interface WakingParts {
  readonly open: () => Promise<Experiments>;
  /** Whether this device may contribute. */
  readonly isAllowed: () => boolean;
  readonly notify: Notify;
  /** The model in force; null: there is none. */
  readonly model: () => Model | null;
}

export interface WakingExperiments {
  /** Another edition is in force, or another permission: says which arms this device is in. */
  look(): Promise<void>;
  step(step: ExperimentStep): Promise<void>;
  /** Everything was erased: until the next visit this device is in no experiment. */
  erased(): void;
}

export function wakingExperiments({ open, isAllowed, notify, model }: WakingParts): WakingExperiments {
  let opening: Promise<Experiments> | null = null;
  let opened: Experiments | null = null;
  let looking: Promise<void> = Promise.resolve();
  let isErased = false;
  const get = (): Promise<Experiments> => {
    opening ??= open();
    opening.then(
      (experiments) => {
        opened = experiments;
      },
      () => {
        opening = null;
      },
    );
    return opening;
  };
  const none = (): void => (opened === null ? notify({ type: "arms", arms: {} }) : opened.forget());
  const lookAt = async (): Promise<void> => {
    const now = model();
    if (now === null || !now.isWhole || isErased) return;
    const isAny = isAllowed() && (now.experiments !== null || opened !== null);
    if (isAny) await (await get()).look(now);
    else none();
  };
  const look = (): Promise<void> => {
    looking = looking.then(lookAt).catch((cause) => notify(troubleOf("experiments", cause)));
    return looking;
  };
  return {
    look,
    step: async (step) => {
      await looking;
      await (await get()).step(step);
    },
    erased: () => {
      isErased = true;
      none();
    },
  };
}
