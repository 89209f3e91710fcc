/**
 * Learning that is paused: nothing of what is done meanwhile is recorded, until half an hour after the last
 * act, as a visit ends. Each act, which is not kept, puts the end off. What was done when counts, not when it
 * arrives.
 */
import { type FactEvent, isFact, type Recorded } from "../../core/events/fact.ts";
import {
  isPauseValue,
  type Pause,
  pauseFact,
  pauseIn,
  pauseMs,
  pauseValue,
} from "../../core/facts/steering.ts";

/** The end is put off once that brings this much: not with every act. */
const leastPutOffMs = 60_000;

/** Until when learning is paused; null: it is not. */
export function pausedNow(log: { readonly facts: readonly FactEvent[] }, nowMs: number): number | null {
  const pause = pauseIn(log);
  return pause !== null && pause.untilMs > nowMs ? pause.untilMs : null;
}

/** What is to be recorded of what was done and said, in order: without what was done in a pause. */
export function outsidePauses(
  recorded: readonly Recorded[],
  facts: readonly FactEvent[],
): readonly Recorded[] {
  const held = facts.find(({ fact }) => fact === pauseFact);
  let pause = pauseIn({ facts });
  let saidMs = held?.atMs ?? Number.NEGATIVE_INFINITY;
  return recorded.flatMap((entry): Recorded | readonly [] => {
    if (isFact(entry)) {
      const isSaid = entry.value === null || isPauseValue(entry.value);
      if (entry.fact !== pauseFact || !isSaid) return entry;
      saidMs = entry.atMs;
      pause = saidOf(entry, pause);
      return pause === null ? entry : { ...entry, value: pauseValue(pause) };
    }
    if (pause === null || entry.atMs < pause.fromMs || entry.atMs >= pause.untilMs) return entry;
    const untilMs = entry.atMs + pauseMs;
    if (pause.isOver || untilMs - pause.untilMs < leastPutOffMs) return [];
    pause = { ...pause, untilMs };
    saidMs += 1;
    // What is not kept gives its id: no other entry has it.
    return { id: entry.id, kind: "fact", fact: pauseFact, value: pauseValue(pause), atMs: saidMs };
  });
}

/** A pause that is said within another goes on with it; one that is taken back is over then. */
function saidOf({ value, atMs }: FactEvent, before: Pause | null): Pause | null {
  const goesOn = before !== null && atMs < before.untilMs;
  if (value === null)
    return goesOn ? { ...before, untilMs: Math.max(before.fromMs, atMs), isOver: true } : before;
  if (value === true)
    return { fromMs: goesOn ? before.fromMs : atMs, untilMs: atMs + pauseMs, isOver: false };
  return pauseIn({ facts: [{ fact: pauseFact, value }] });
}
