/** What a report calls the strata of an experiment, in their order (core/experiments/visitor.ts). */
import type { Strata } from "../../core/experiments/experiment.ts";
import { deviceClasses } from "../../core/profile/device.ts";

export function stratumNames(strata: Strata): string[] {
  switch (strata.by) {
    case "nothing":
      return ["all"];
    case "device":
      return [...deviceClasses, "not known"];
    case "visitor":
      return ["new", "returning"];
    case "segment":
      return [
        ...Array.from({ length: strata.count }, (_, segment) => `segment ${segment}`),
        "another segment",
      ];
  }
}
