/**
 * Exposures: the moments that a variant mattered to a person, once a session (core/profile/sessions.ts). What
 * somebody does counts from the first one on; the last one tells whether another is of the same session.
 *
 * An exposure is itself an act: a page that asks for its variant before anything else was done begins the
 * session.
 */
import type { TacitEvent } from "../events/event.ts";
import { sessionGapMs } from "../profile/sessions.ts";
import { dayMs } from "../time.ts";
import type { Experiment } from "./experiment.ts";
import type { KeptAssignment, KeptAssignments } from "./kept.ts";

export interface KeptExposure {
  /** The experiment's name. */
  readonly experiment: string;
  readonly seed: string;
  readonly arm: string;
  /** Milliseconds since the Unix epoch. */
  readonly firstMs: number;
  /** Of the last exposure, whether it was a session's first or not. */
  readonly lastMs: number;
  /** In how many sessions there was one. */
  readonly sessions: number;
}

export type KeptExposures = readonly KeptExposure[];

export interface Exposed {
  readonly kept: KeptExposures;
  /** Whether it is the first one of its session. */
  readonly isNew: boolean;
}

/**
 * Notes an exposure.
 *
 * @param acts of the journal, the oldest first.
 */
export function expose(
  kept: KeptExposures,
  { experiment, seed, arm }: Pick<KeptAssignment, "experiment" | "seed" | "arm">,
  { atMs, acts }: { readonly atMs: number; readonly acts: readonly Pick<TacitEvent, "atMs">[] },
): Exposed {
  const others = kept.filter((one) => one.experiment !== experiment);
  const known = kept.find((one) => one.experiment === experiment && one.seed === seed && one.arm === arm);
  if (known === undefined) {
    const first = { experiment, seed, arm, firstMs: atMs, lastMs: atMs, sessions: 1 };
    return { kept: [...others, first], isNew: true };
  }
  const { firstMs, lastMs, sessions } = known;
  const isNew = !isOneSession(lastMs, atMs, acts);
  const noted = {
    ...{ experiment, seed, arm, sessions: sessions + (isNew ? 1 : 0) },
    // A clock may have been put back.
    ...{ firstMs: Math.min(firstMs, atMs), lastMs: Math.max(lastMs, atMs) },
  };
  return { kept: [...others, noted], isNew };
}

/** Those of experiments that the device is in. */
export function exposuresOf(kept: KeptExposures, assignments: KeptAssignments): KeptExposures {
  return kept.filter(({ experiment, seed, arm }) =>
    assignments.some(
      (one) => one.experiment === experiment && one.seed === seed && one.arm === arm && !one.hasLeft,
    ),
  );
}

/** Whether a first exposure is one that the experiment counts. */
export function isCounted(
  { firstMs }: Pick<KeptExposure, "firstMs">,
  { fromMs, toMs }: Pick<Experiment, "fromMs" | "toMs">,
): boolean {
  return firstMs >= fromMs && firstMs < toMs;
}

/** When all that counts of a person is done: from then on it can be told. */
export function windowEndMs(
  { firstMs }: Pick<KeptExposure, "firstMs">,
  { windowDays }: Pick<Experiment, "windowDays">,
): number {
  return firstMs + windowDays * dayMs;
}

/** What is kept, of whatever was found where it is: what another version wrote in another form is as none. */
export function keptExposuresIn(found: unknown): KeptExposures {
  // The check below is of all that is read of one.
  return Array.isArray(found) ? found.filter((one): one is KeptExposure => isKept(one)) : [];
}

function isKept(found: unknown): boolean {
  if (typeof found !== "object" || found === null) return false;
  const { experiment, seed, arm, firstMs, lastMs, sessions } = found as Partial<KeptExposure>;
  return (
    [experiment, seed, arm].every((text) => typeof text === "string") &&
    [firstMs, lastMs].every((atMs) => Number.isFinite(atMs)) &&
    Number.isInteger(sessions) &&
    (sessions ?? 0) >= 1
  );
}

/** Whether no pause between two times, with what was done between them, is longer than one of a session. */
function isOneSession(fromMs: number, toMs: number, acts: readonly Pick<TacitEvent, "atMs">[]): boolean {
  let next = toMs;
  for (let at = acts.length - 1; at >= 0 && next - fromMs > sessionGapMs; at--) {
    const { atMs } = acts[at];
    if (atMs >= next) continue;
    if (next - atMs > sessionGapMs) return false;
    next = atMs;
  }
  return next - fromMs <= sessionGapMs;
}
