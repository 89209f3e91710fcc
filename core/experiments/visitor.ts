/** What of a person and a page decides whether an experiment is open to them, and which stratum they are of. */
import type { FactValue } from "../events/fact.ts";
import { type DeviceClass, deviceClasses } from "../profile/device.ts";
import type { Strata } from "./experiment.ts";

/** Null: it is not known. */
export interface Visitor {
  readonly device: DeviceClass | null;
  /** Number of the segment of the edition that they are nearest to. */
  readonly segment: number | null;
  /** Whether the journal has an event of an earlier day. */
  readonly isReturning: boolean;
  /** BCP 47: the one that they prefer. */
  readonly language: string | null;
  /** What they declared, by the name of the fact. */
  readonly facts: ReadonlyMap<string, FactValue>;
  /** Of the page that they are on, from its "/". */
  readonly path: string | null;
}

/** From 0; what is not known is the last. `strataCount` says how many there are. */
export function stratumOf(strata: Strata, { device, segment, isReturning }: Visitor): number {
  switch (strata.by) {
    case "nothing":
      return 0;
    case "device":
      return device === null ? deviceClasses.length : deviceClasses.indexOf(device);
    case "visitor":
      return isReturning ? 1 : 0;
    case "segment":
      return segment === null || segment >= strata.count ? strata.count : segment;
  }
}
