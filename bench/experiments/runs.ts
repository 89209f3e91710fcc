/** Many simulated experiments, each from its own seed, so that any of them can be had again. */
import type { RandomFill } from "../../core/bytes.ts";
import { seededRandom } from "../../core/seeded.ts";
import { addCells, type ExperimentCells } from "../../core/tasks/experiments/cells.ts";
import { noisyOf, type Tally, tallyOf, truthOf, type Verdicts, verdictsOf } from "./checks.ts";
import { simulateLook, wide } from "./looks.ts";

export interface Runs {
  readonly runs: number;
  /** Of each experiment, over all looks. */
  readonly people: number;
  readonly looks: number;
  readonly noiseMultiplier: number;
  /** 0: the arms do not differ. */
  readonly lift: number;
  readonly seed: number;
}

export interface Result {
  readonly counted: Tally;
  /** The same sums, judged as if they had no noise. */
  readonly leftOut: Tally;
}

export function runMany({ runs, people, looks, noiseMultiplier, lift, seed }: Runs): Result {
  const counted: Verdicts[] = [];
  const leftOut: Verdicts[] = [];
  const exact: ExperimentCells[] = [];
  for (let run = 0; run < runs; run++) {
    const random = seededRandom(seed * 1_000_003 + run);
    const fill = fillOf(seededRandom(seed * 1_000_003 + run + 500_000_000));
    const simulated = Array.from({ length: looks }, () =>
      simulateLook({ design: wide, people: Math.round(people / looks), noiseMultiplier, lift, random, fill }),
    );
    counted.push(verdictsOf(noisyOf(simulated), true));
    leftOut.push(verdictsOf(noisyOf(simulated), false));
    exact.push(simulated.map((look) => look.exact).reduce(addCells));
  }
  const truth = lift === 0 ? null : truthOf(exact);
  return { counted: tallyOf(counted, truth), leftOut: tallyOf(leftOut, truth) };
}

/** Bytes that are the same every time: for measuring, never for hiding. */
export function fillOf(random: () => number): RandomFill {
  return (bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let at = 0;
    for (; at + 4 <= bytes.length; at += 4) view.setUint32(at, 2 ** 32 * random());
    for (; at < bytes.length; at++) view.setUint8(at, 256 * random());
  };
}
