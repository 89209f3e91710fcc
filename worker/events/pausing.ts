/**
 * Learning that is paused: nothing of what is done is recorded, until half an hour after the last act, as a visit ends.
 * Each act, which is not kept, puts the end off.
 */
import { type FactEvent, isFact, type Recorded } from "../../core/events/fact.ts";
import { pausedUntilMs, pauseMs } from "../../core/facts/steering.ts";

/** The end is put off once no more than this part of the pause is left: not with every act. */
const putOffWithin = 0.8;

/** What is to be recorded of what was done and said: while paused what was said alone, and when the pause ends. */
export function heeding(
  recorded: readonly Recorded[],
  facts: readonly FactEvent[],
  nowMs: number,
): readonly Recorded[] {
  const pause = facts.find(({ fact }) => fact === "pausedUntil");
  const untilMs = pausedUntilMs({ facts });
  if (pause === undefined || untilMs === null || untilMs <= nowMs) return recorded;
  // What was done before the pause was said is on its way still.
  const heeded = recorded.filter((entry) => isFact(entry) || entry.atMs < pause.atMs);
  const dropped = recorded.find((entry) => !heeded.includes(entry));
  const isEnding = heeded.some((entry) => isFact(entry) && entry.fact === pause.fact);
  if (dropped === undefined || isEnding || untilMs - nowMs > putOffWithin * pauseMs) return heeded;
  // Later than the pause that it takes the place of, and as little as can be: acts are told by that time. The id of what
  // is not kept is in nobody's way.
  return [...heeded, { ...pause, id: dropped.id, atMs: pause.atMs + 1, value: nowMs + pauseMs }];
}
