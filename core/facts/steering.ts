/**
 * Facts that steer what is learned: that the person wants to be in no segment, and until when nothing of what is done is
 * recorded.
 */
import type { FactValue } from "../events/fact.ts";

interface Facts {
  readonly facts: readonly { readonly fact: string; readonly value: FactValue | null }[];
}

/** `segment: "none"`. */
export function declinesSegment({ facts }: Facts): boolean {
  return facts.some(({ fact, value }) => fact === "segment" && value === "none");
}

/** So long after the last act a visit is over, and learning goes on. */
export const pauseMs = 30 * 60_000;

/** `pausedUntil`, milliseconds since the Unix epoch; null where nothing is paused. */
export function pausedUntilMs({ facts }: Facts): number | null {
  const value = facts.find(({ fact }) => fact === "pausedUntil")?.value;
  return typeof value === "number" ? value : null;
}
