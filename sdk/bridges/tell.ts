/** Events of a standard, told to the SDK. */
import type { StandardEvent } from "../../core/events/standards/product.ts";
import type { Tacit } from "../types.ts";

/** As far as bridges use the SDK: that of the page, its stub, or one of a test. */
export type Tracking = Pick<Tacit, "track">;

export function tell(tacit: Tracking, events: readonly StandardEvent[]): void {
  for (const { kind, properties } of events) tacit.track(kind, properties);
}
