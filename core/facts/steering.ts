/**
 * Facts that steer what is learned: that the person wants to be in no segment, and from when to when nothing
 * of what is done is recorded. A pause is one fact, `pause`: a page says true, or takes it back; the device
 * keeps `FROM-UNTIL`, with `-over` behind it once it was ended, so that what was done in it is not recorded
 * however late it arrives.
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

export const pauseFact = "pause";

/** Milliseconds since the Unix epoch; what was done from `fromMs` on, and before `untilMs`, is not recorded. */
export interface Pause {
  readonly fromMs: number;
  readonly untilMs: number;
  /** Whether the person ended it: then no act puts the end off. */
  readonly isOver: boolean;
}

/** The last pause that is known, over or not; null where there was none. */
export function pauseIn({ facts }: Facts): Pause | null {
  const value = facts.find(({ fact }) => fact === pauseFact)?.value;
  const found = typeof value === "string" ? /^(\d{1,16})-(\d{1,16})(-over)?$/.exec(value) : null;
  return found === null
    ? null
    : { fromMs: Number(found[1]), untilMs: Number(found[2]), isOver: found[3] !== undefined };
}

export function pauseValue({ fromMs, untilMs, isOver }: Pause): string {
  return `${fromMs}-${untilMs}${isOver ? "-over" : ""}`;
}

/** What a page or a device may say of it. */
export function isPauseValue(value: FactValue): boolean {
  return value === true || pauseIn({ facts: [{ fact: pauseFact, value }] }) !== null;
}
