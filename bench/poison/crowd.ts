/**
 * An honest crowd and liars among it, as the sums of lanes that a server would hold.
 *
 * The sums are those that sealed shares would give (test/bench/poison.test.ts holds that), reached without
 * the shares: masks cancel exactly, so only vectors are added. Two shortcuts: the reals of an honest lane are
 * rounded once instead of once per report, and noise is a rounded normal number from a seed, both far below
 * what is measured here. A liar is free in everything that a server cannot check: the block, and each number
 * of the field.
 */

import { foldIn } from "../../core/foldin.ts";
import { gramOf } from "../../core/linear.ts";
import { dequantizeRows, quantizeRows } from "../../core/model/quantize.ts";
import { seededRandom } from "../../core/seeded.ts";
import { addInto, toField } from "../../core/sum/field.ts";
import { encodeFixed } from "../../core/sum/fixedpoint.ts";
import { contributionLayout, contributionOf } from "../../core/tasks/itemfactors/contribution.ts";
import { integerSigmaOf } from "../../core/tasks/task.ts";
import type { Learned } from "../../server/kinds/itemfactors/knowledge.ts";
import type { BlockAggregate } from "../../server/kinds/itemfactors/step.ts";
import type { Person } from "../data.ts";
import type { ItemTask } from "../itemtask.ts";

/** What one liar sends: field elements in the layout of a report, and the block it claims to be about. */
export interface Lie {
  readonly block: number;
  readonly values: Uint32Array;
}

export interface RoundOfReports {
  readonly on: ItemTask;
  readonly learned: Learned;
  readonly crowd: readonly Person[];
  readonly lies: readonly Lie[];
  /**
   * Of blocks, lanes, roundings and noise, each its own, so that crowds under other defences draw the same
   * blocks.
   */
  readonly seed: number;
}

/** Everybody reports once, in a lane of chance; what has too few reports is not summed. */
export function aggregatesOf({ on, learned, crowd, lies, seed }: RoundOfReports): readonly BlockAggregate[] {
  const { settings, task } = on;
  const { items, dim, alpha0, lambda } = settings;
  const random = seededRandom(seed);
  const dice = seededRandom(seed + 1);
  const rows = dequantizeRows(quantizeRows(learned.factors, items, dim), dim);
  const model = { rows, count: items, dim, alpha0, lambda, gram: gramOf(rows, items, dim) };
  const reports: { readonly block: number; readonly from: Person | Lie }[] = [
    ...crowd.map((from) => ({ block: Math.floor(random() * task.blocks), from })),
    ...lies.map((from) => ({ block: from.block, from })),
  ];
  return Array.from({ length: task.blocks }, (_, block) => {
    const inLanes = Array.from({ length: task.lanes }, (): (Person | Lie)[] => []);
    for (const report of reports) {
      if (report.block === block) inLanes[Math.floor(dice() * task.lanes)].push(report.from);
    }
    const lanes = inLanes
      .filter((theirs) => theirs.length >= task.minBatch)
      .map((theirs) => {
        const honest = new Float64Array(task.length);
        for (const from of theirs) {
          if ("values" in from) continue;
          const { userVector } = foldIn(model, from);
          addContributionInto(honest, { on, rows, block, userVector, person: from });
        }
        const sum = toField(encodeFixed(honest, task, (bytes) => fillFrom(bytes, dice)));
        for (const from of theirs) if ("values" in from) addInto(sum, from.values);
        addNoiseInto(sum, integerSigmaOf(task), dice);
        return { reports: theirs.length, sum };
      });
    return { block, lanes };
  }).filter(({ lanes }) => lanes.length > 0);
}

interface OneContribution {
  readonly on: ItemTask;
  readonly rows: Float64Array;
  readonly block: number;
  readonly userVector: Float64Array;
  readonly person: Person;
}

/**
 * Adds a person's contribution to `sum`: computed on the person's own items of the block alone, and put in
 * their places.
 */
export function addContributionInto(
  sum: Float64Array,
  { on, rows, block, userVector, person }: OneContribution,
): void {
  const { settings } = on;
  const { dim, blockSize } = settings;
  const first = block * blockSize;
  const own = [...person.items.keys()].filter(
    (at) => person.items[at] >= first && person.items[at] < first + blockSize,
  );
  const ownRows = new Float64Array(own.length * dim);
  for (const [place, at] of own.entries()) {
    const row = person.items[at];
    ownRows.set(rows.subarray(row * dim, (row + 1) * dim), place * dim);
  }
  const { values } = contributionOf({
    ...settings,
    blockSize: own.length,
    block: 0,
    factors: ownRows,
    items: own.map((_, place) => place),
    weights: own.map((at) => person.weights[at]),
    userVector,
  });
  const from = contributionLayout({ dim, blockSize: own.length });
  const to = contributionLayout(settings);
  for (const [place, at] of own.entries()) {
    const local = person.items[at] - first;
    for (let k = 0; k < dim; k++) sum[local * dim + k] += values[place * dim + k];
    sum[to.counts + local] += values[from.counts + place];
  }
  for (let k = 0; k <= to.weight - to.curvature; k++) sum[to.curvature + k] += values[from.curvature + k];
}

/** Both aggregators' noise of one lane. */
function addNoiseInto(sum: Uint32Array, sigma: number, random: () => number): void {
  if (sigma === 0) return;
  const both = Math.SQRT2 * sigma;
  const noise = Int32Array.from(sum, () => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.round(both * normal);
  });
  addInto(sum, toField(noise));
}

function fillFrom(bytes: Uint8Array, random: () => number): void {
  for (let k = 0; k < bytes.length; k++) bytes[k] = Math.floor(256 * random());
}
