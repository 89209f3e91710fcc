/**
 * Flags that say how a file is written: whose export it is, its names, its encoding, and what may be wrong
 * with it.
 */
import { messageOf } from "../../core/errors.ts";
import { writeWhole } from "../base/files.ts";
import { OperatorError } from "../base/operatorerror.ts";
import type { AskedReading } from "../publishing/asked.ts";
import { type FlagSpec, type Flags, textFlag } from "./flags.ts";

export const readingFlags: Readonly<Record<string, FlagSpec>> = {
  format: { type: "string" },
  map: { type: "string" },
  "skip-faults": { type: "string" },
  charset: { type: "string" },
};

export function askedIn(flags: Flags, what: AskedReading["what"]): AskedReading {
  return {
    what,
    format: textFlag(flags, "format"),
    map: textFlag(flags, "map"),
    decimal: textFlag(flags, "decimal"),
    skipFaults: textFlag(flags, "skip-faults"),
    variants: textFlag(flags, "variants"),
  };
}

/** What was left out for a fault goes to a file beside the one that has it. */
export function tellFaults(file: string, faults: readonly string[], out: (line: string) => void): void {
  if (faults.length === 0) return;
  const path = `${file}.faults.txt`;
  try {
    writeWhole(path, `${faults.join("\n")}\n`);
  } catch (error) {
    throw new OperatorError(`skip-faults: expected to write ${path}, got ${messageOf(error)}`);
  }
  out(`left out for faults, which are in ${path}: ${faults.length}`);
}
