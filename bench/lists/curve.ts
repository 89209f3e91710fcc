/**
 * How likely places are looked at, of the sums of a crowd's trials:
 *
 *   chance of places s = clicks on them in trials of them / clicks on the first place in the same trials
 *
 * Both items stood in either place as often, so that what is clicked more is so by its place. Each person
 * sends the two counts of each step, shorter to `clipL2` where longer, and both aggregators add noise. Then
 * chances are made not to rise (pool adjacent violators, weighted by the clicks that they are of) and held
 * above 0.
 */
import type { PlaceCurve } from "../../core/lists/placecurve.ts";
import { rhoWithin } from "../../core/sum/budget.ts";
import { seededFill } from "../crowds.ts";
import { delta } from "../privacysettings.ts";
import { sumOf } from "../privatepairs.ts";
import { examined, type Trial } from "./clicks.ts";

/** Last places of the steps after the first; the last step has all places after it, too. */
export const stepEnds = [2, 3, 5, 8, 13, 20];
const clipL2 = 2;
const leastChance = 0.01;

/** @param epsilon null: without noise. */
export function learnedCurve(
  crowd: readonly (readonly Trial[])[],
  { epsilon, seed }: { readonly epsilon: number | null; readonly seed: number },
): PlaceCurve {
  const steps = stepEnds.length;
  const contributions = crowd.map((trials) => {
    const counts = new Float64Array(2 * steps);
    for (const { place, clickedFirst, clickedPlace } of trials) {
      const found = stepEnds.findIndex((upTo) => place <= upTo);
      const step = found < 0 ? steps - 1 : found;
      if (clickedFirst) counts[2 * step] += 1;
      if (clickedPlace) counts[2 * step + 1] += 1;
    }
    const norm = Math.hypot(...counts);
    const kept = norm > clipL2 ? clipL2 / norm : 1;
    return { places: Uint32Array.from(counts.keys()), values: counts.map((count) => kept * count) };
  });
  const sigma = epsilon === null ? 0 : clipL2 / Math.sqrt(2 * rhoWithin({ epsilon, delta }));
  const sums = sumOf(contributions, {
    ...{ length: 2 * steps, sensitivity: clipL2, sigma, fill: seededFill(seed) },
  });
  const chances = stepEnds.map((upTo, step) => ({
    upTo,
    first: Math.max(1, sums[2 * step]),
    clicked: Math.max(0, sums[2 * step + 1]),
  }));
  return [{ upTo: 1, chance: 1 }, ...fallingChances(chances)];
}

export function trueCurve(eta: number, places: number): PlaceCurve {
  return Array.from({ length: places }, (_, at) => ({ upTo: at + 1, chance: examined(at + 1, eta) }));
}

interface StepCounts {
  readonly upTo: number;
  readonly first: number;
  readonly clicked: number;
}

function fallingChances(steps: readonly StepCounts[]): PlaceCurve {
  const pools: { first: number; clicked: number; readonly ends: number[] }[] = [];
  for (const { upTo, first, clicked } of steps) {
    pools.push({ first, clicked, ends: [upTo] });
    for (;;) {
      const [last, before] = [pools.at(-1), pools.at(-2)];
      if (last === undefined || before === undefined) break;
      if (last.clicked / last.first <= before.clicked / before.first) break;
      pools.pop();
      before.first += last.first;
      before.clicked += last.clicked;
      before.ends.push(...last.ends);
    }
  }
  return pools.flatMap(({ first, clicked, ends }) => {
    const chance = Math.min(1, Math.max(leastChance, clicked / first));
    return ends.map((upTo) => ({ upTo, chance }));
  });
}
