/** How noisy the sums are that the settings ask for: what an operator is told at a start, and in the status. */
import type { Config } from "../base/config.ts";
import { serverKinds } from "./registry.ts";

export interface KindNoise {
  readonly kind: string;
  /** The setting that says so. */
  readonly setting: string;
  /** Standard deviation of each aggregator's noise, as a multiple of a report's bound; 0 adds none. */
  readonly noiseMultiplier: number;
}

/** Of each kind that is asked for. */
export function noiseOf(config: Config): readonly KindNoise[] {
  return serverKinds.flatMap(({ name, section, planned }) =>
    section === undefined || planned(config) === null
      ? []
      : [
          {
            kind: name,
            setting: `${section}.noiseMultiplier`,
            noiseMultiplier: config[section].noiseMultiplier,
          },
        ],
  );
}
