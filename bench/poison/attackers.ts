/**
 * What liars send, written down. All of them know what is public (the edition in force and the task), choose
 * the block of their target, and send the same from every browser they have; each has one report a round, as
 * tokens see to.
 *
 *   gradient    the whole clip on the target's gradient, towards the mean user vector of the crowd
 *   counted     half of the norm on that gradient, half on the target's count: up to 1 / countScale people in one report
 *   lookalike   an honest contribution of a person who likes the target and popular items: nothing tells it from a person,
 *               so no defence can do better than this one
 *   stretched   `counted`, made so long that one lane's sum stays just within what the norm check lets through
 *   thousandfold  `counted` times 1,000
 *   wrapped     half the modulus on the target's gradient: sums wrap around
 *   vandal      uniformly random field elements, to spoil the sum and nothing else
 */

import { foldIn } from "../../core/foldin.ts";
import { gramOf } from "../../core/linear.ts";
import { dequantizeRows, quantizeRows } from "../../core/model/quantize.ts";
import { modulus, toField } from "../../core/sum/field.ts";
import { encodeFixed } from "../../core/sum/fixedpoint.ts";
import { contributionLayout, sensitivityOf } from "../../core/tasks/itemfactors/contribution.ts";
import type { Learned } from "../../server/kinds/itemfactors/knowledge.ts";
import type { ItemTask } from "../itemtask.ts";
import { addContributionInto, type Lie } from "./crowd.ts";

export const strategies = [
  "gradient",
  "counted",
  "lookalike",
  "stretched",
  "thousandfold",
  "wrapped",
  "vandal",
] as const;
export type Strategy = (typeof strategies)[number];

export interface Plan {
  readonly strategy: Strategy;
  /** Row of the item to be pushed. */
  readonly target: number;
  readonly on: ItemTask;
  /** What the edition in force says: factors and popularity. */
  readonly learned: Learned;
  /** Unit vector of `dim` numbers that the target is pushed along. */
  readonly direction: Float64Array;
  /** Rows of the most popular items, best first. */
  readonly popular: readonly number[];
  /** Reports that the liar expects in a lane, and how many of them are lies. */
  readonly laneReports: number;
  readonly liesInLane: number;
  readonly random: () => number;
}

export function lieOf(plan: Plan): Lie {
  const { strategy, target, on, direction, random } = plan;
  const { settings, task } = on;
  const { blockSize, dim, clipL2 } = settings;
  const block = Math.floor(target / blockSize);
  const { length } = task;
  if (strategy === "vandal") {
    return { block, values: Uint32Array.from({ length }, () => Math.floor(random() * modulus)) };
  }
  const local = target - block * blockSize;
  const { counts } = contributionLayout(settings);
  const values = new Float64Array(length);
  const along = (norm: number) => {
    for (let k = 0; k < dim; k++) values[local * dim + k] = -norm * direction[k];
  };
  const both = (norm: number) => {
    along(norm * Math.SQRT1_2);
    values[counts + local] = norm * Math.SQRT1_2;
  };
  switch (strategy) {
    case "gradient":
      along(clipL2);
      break;
    case "counted":
      both(clipL2);
      break;
    case "lookalike":
      addLookalikeInto(values, plan, block);
      break;
    case "stretched":
      both(Math.max(clipL2, (0.9 * plan.laneReports * sensitivityOf(settings)) / plan.liesInLane));
      break;
    case "thousandfold":
      both(1000 * clipL2);
      break;
    case "wrapped":
      along((0.49 * modulus) / 2 ** task.fractionBits);
      break;
  }
  return { block, values: toField(encodeFixed(values, task, (bytes) => bytes.fill(128))) };
}

/** Likes the target very much and three popular items. */
function addLookalikeInto(values: Float64Array, { on, learned, target, popular }: Plan, block: number) {
  const { rows, ...model } = publicModel(on, learned);
  const items = [target, ...popular.filter((item) => item !== target).slice(0, 3)];
  const person = {
    items: Uint32Array.from(items),
    weights: Float64Array.from(items, (_, at) => (at ? 1 : 5)),
  };
  const { userVector } = foldIn({ rows, ...model }, person);
  addContributionInto(values, { on, rows, block, userVector, person });
}

function publicModel({ settings }: ItemTask, { factors }: Learned) {
  const { items, dim, alpha0, lambda } = settings;
  const rows = dequantizeRows(quantizeRows(factors, items, dim), dim);
  return { rows, count: items, dim, alpha0, lambda, gram: gramOf(rows, items, dim) };
}
