/** What a command of `tacit` is: one file each; main.ts only dispatches. */
import type { FlagSpec } from "./flags.ts";

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: (line: string) => void;
  /** For what went wrong. */
  readonly err: (line: string) => void;
}

export interface Command {
  readonly summary: string;
  readonly usage: string;
  readonly flags: Readonly<Record<string, FlagSpec>>;
  /** Resolves with the exit status. @throws {OperatorError} for what the person at the keyboard can mend. */
  readonly run: (args: readonly string[], surroundings: Surroundings) => Promise<number>;
}
