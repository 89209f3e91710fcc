/** What a call says, as the journal records it: read strictly, whoever made it and whenever. */
import { type EventInput, eventOf } from "../../core/events/event.ts";
import { type FactInput, factsOf, type Recorded } from "../../core/events/fact.ts";
import { pauseFact } from "../../core/facts/steering.ts";
import { wishesOf } from "../../core/policy/wish.ts";
import type { WrittenCall } from "../loader/call.ts";

/** Null where it is nothing that can be recorded. */
export function saidIn({
  name,
  args,
}: Pick<WrittenCall, "name" | "args">): readonly (EventInput | FactInput)[] | null {
  switch (name) {
    case "track": {
      const event = eventOf(args[0], args[1]);
      return event === null ? null : [event];
    }
    case "declare":
      return factsOf(args[0]);
    case "steer":
      return wishesOf(args[0]);
    case "pause":
    case "resume":
      return factsOf({ [pauseFact]: name === "pause" || null });
    default:
      return null;
  }
}

/** With ids and times that are the same whoever reads it. */
export function recordedOf(call: WrittenCall): readonly Recorded[] {
  return (saidIn(call) ?? []).map((said, nth) => ({
    ...said,
    id: nthId(call.id, nth),
    atMs: call.atMs + nth,
  }));
}

/** An id of its own for each thing that one call says: the first has the call's. */
export function nthId(id: string, nth: number): string {
  const own = nth.toString(16).padStart(4, "0");
  return nth === 0 ? id : id.slice(0, -own.length) + own;
}

/** Null where something else wrote it. */
export function callIn(value: unknown): WrittenCall | null {
  const { id, name, args, atMs }: Readonly<Record<string, unknown>> = Object(value);
  if (typeof id !== "string" || typeof name !== "string" || !Array.isArray(args)) return null;
  return typeof atMs === "number" && Number.isFinite(atMs) ? { id, name, args, atMs } : null;
}
