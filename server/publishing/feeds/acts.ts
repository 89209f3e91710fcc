/** What an event of an analytics system is here: the kind of act, and which way a quantity counts. */
import type { EventKind } from "../../../core/events/event.ts";
import type { Values } from "../input/rows.ts";
import { Named, present } from "./feed.ts";

export interface Act {
  readonly kind: EventKind;
  /** What was bought is given back. */
  readonly isReturn?: boolean;
}

interface Told {
  readonly person: string;
  readonly at: string;
  readonly act: Act;
}

/** A line of a log for each thing that an event is about. */
export function linesOf(
  { person, at, act }: Told,
  things: readonly Values[],
  ids: readonly string[],
): readonly Values[] {
  return things.map((thing) => {
    const named = new Named(thing);
    const pieces = Number(named.text("quantity") || 1);
    return present({
      person,
      at,
      item: named.text(...ids),
      kind: act.kind,
      ...(act.kind === "purchase"
        ? { quantity: String(act.isReturn === true ? -Math.abs(pieces) : pieces) }
        : {}),
    });
  });
}

export function isValues(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
