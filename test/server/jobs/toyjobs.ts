/** Jobs for tests: what a job may do, and what it should not. */
import type { Progress } from "../../../server/base/jobs.ts";

export interface ToySetup {
  readonly factor: number;
}

export function toyJobs({ factor }: ToySetup) {
  return {
    times: async (input: { readonly numbers: Float64Array }, progress: Progress) => {
      progress({ what: "multiplying", done: 0, of: input.numbers.length });
      return input.numbers.map((value) => factor * value);
    },
    fail: async (detail: string) => {
      throw new RangeError(detail);
    },
    /** Runs until that time, without letting anything else run. */
    block: async (ms: number) => {
      const untilMs = performance.now() + ms;
      while (performance.now() < untilMs);
      return ms;
    },
    die: async (code: number) => process.exit(code),
    /** Answers, and dies when nobody asks for anything. */
    "die later": async ({ how, afterMs }: { readonly how: "exit" | "throw"; readonly afterMs: number }) => {
      setTimeout(() => {
        if (how === "exit") process.exit(7);
        throw new Error("died later");
      }, afterMs);
      return how;
    },
    unspeakable: async (_input: null) => () => factor,
  };
}

export type ToyJobs = ReturnType<typeof toyJobs>;
