/**
 * Features that no act tells: what device is in hand, and what the person said of themselves. They are read
 * where they are and nothing is kept, so what is taken back is gone from the features with it.
 *
 * An age band is a place in an order, and so is a tier. A place where somebody lives is no feature: codes of
 * ISO 3166 have no order, and one number for each of thousands would be empty for nearly everybody.
 */

import type { FactEvent } from "../events/fact.ts";
import { ageBands, faultOf } from "../facts/table.ts";
import { type DeviceClass, deviceClasses } from "./device.ts";
import { oneHotOf, ordinalOf } from "./encoding.ts";
import type { BesideFeature, FeatureValues } from "./table.ts";

export interface Beside {
  /** Null where it is not known. */
  readonly device: DeviceClass | null;
  /** Those that hold. */
  readonly facts: readonly Pick<FactEvent, "fact" | "value">[];
}

/** Of whom a journal alone is known. */
export const nothingBeside: Beside = { device: null, facts: [] };

export function besideFeatures({ device, facts }: Beside): Pick<FeatureValues, BesideFeature> {
  const said = (name: string) => facts.find(({ fact }) => fact === name)?.value ?? null;
  const [onPhone, onTablet, onDesktop] = oneHotOf(deviceClasses, device);
  return {
    onPhone,
    onTablet,
    onDesktop,
    ageBand: ordinalOf(ageBands, said("ageBand")),
    tier: tierOf(said("tier")),
  };
}

/** Another version may have kept what this one would not take. */
function tierOf(value: FactEvent["value"]): number | null {
  return typeof value === "number" && faultOf("tier", value) === null ? value : null;
}
