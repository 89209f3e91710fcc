/**
 * What a device keeps of experiments: its random number, which never leaves it and decides the arms; the arms
 * that it is in (core/experiments/kept.ts); and what it has shown of them, which a look asks about once the
 * window is closed, whatever the edition lists by then. What was told of stands in the ledger.
 */
import { type KeptExposure, keptExposuresIn } from "../../core/experiments/exposures.ts";
import { type KeptAssignments, keptAssignmentsIn } from "../../core/experiments/kept.ts";
import type { Participation } from "../../core/tasks/experiments/contribution.ts";
import { dayMs } from "../../core/time.ts";
import type { ShownExperiment } from "../api.ts";

export interface KeptParticipation extends KeptExposure {
  readonly stratum: number;
}

export interface KeptExperiments {
  /** 16 random bytes in hex. */
  readonly number: string;
  readonly assignments: KeptAssignments;
  readonly participations: readonly KeptParticipation[];
}

export const keptExperimentsLimits = {
  /** The longest window is over by then, and looks at it were answered. */
  days: 180,
  participations: 200,
} as const;

/** What was found where they are; null for nothing, and for what another version wrote in another form. */
export function keptExperimentsIn(found: unknown): KeptExperiments | null {
  const { number, assignments, participations }: Partial<Record<keyof KeptExperiments, unknown>> =
    Object(found);
  if (typeof number !== "string" || !/^[0-9a-f]{32}$/.test(number)) return null;
  const shown = keptExposuresIn(participations);
  return {
    number,
    assignments: keptAssignmentsIn(assignments),
    participations: shown.filter((one): one is KeptParticipation => hasStratum(one)),
  };
}

/** Those that a look may still ask about. */
export function standingAt(
  participations: readonly KeptParticipation[],
  nowMs: number,
): readonly KeptParticipation[] {
  const { days, participations: most } = keptExperimentsLimits;
  return participations.filter(({ firstMs }) => firstMs > nowMs - days * dayMs).slice(-most);
}

/** As a person may look at it; without the number, which says nothing to anybody. */
export function shownExperiments(found: unknown): readonly ShownExperiment[] {
  const { assignments, participations } = keptExperimentsIn(found) ?? { assignments: [], participations: [] };
  const isOf = (one: Pick<KeptExposure, "experiment" | "seed">) => (other: typeof one) =>
    other.experiment === one.experiment && other.seed === one.seed;
  return [
    ...assignments.map((one) => {
      const { experiment, arm, atMs, hasLeft } = one;
      return { experiment, arm, atMs, hasLeft, shownMs: participations.find(isOf(one))?.firstMs ?? null };
    }),
    // What the edition does not list any more may be told of yet.
    ...participations
      .filter((one) => !assignments.some(isOf(one)))
      .map(({ experiment, arm, firstMs }) => {
        return { experiment, arm, atMs: firstMs, hasLeft: false, shownMs: firstMs };
      }),
  ];
}

/** Names a participation in the ledger. */
export function tellingOf({ experiment, seed }: Pick<KeptParticipation, "experiment" | "seed">): string {
  return `${experiment}/${seed}`;
}

/** Those that no report has told of. */
export function untoldOf(
  participations: readonly KeptParticipation[],
  told: ReadonlySet<string>,
): readonly Participation[] {
  return participations
    .filter((one) => !told.has(tellingOf(one)))
    .map(({ experiment, seed, arm, stratum, firstMs }) => ({
      ...{ experiment, seed, arm, stratum, exposedMs: firstMs },
    }));
}

function hasStratum(one: KeptExposure & { readonly stratum?: unknown }): boolean {
  return Number.isInteger(one.stratum) && Number(one.stratum) >= 0;
}
