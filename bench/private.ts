/**
 * A whole crowd learns item factors privately, in one process: what every browser and both aggregators do,
 * without the network. The same functions in the same order: fold-in, contribution, whole-vector clip,
 * stochastic rounding to integers, field elements, two shares, two sums, discrete Gaussian noise on each,
 * join, the server's round, int8 rows.
 *
 * "shares" does all of that. "sums" leaves out the masks, which cancel exactly, and adds the same integers
 * and the same noise of both aggregators: the same aggregates from the same dice
 * (test/bench/private.test.ts), many times faster.
 */
import { createCipheriv, randomFillSync } from "node:crypto";
import type { RandomFill } from "../core/bytes.ts";
import { type FoldInModel, foldIn } from "../core/foldin.ts";
import { gramOf } from "../core/linear.ts";
import { dequantizeRows, quantizeRows } from "../core/model/quantize.ts";
import { addInto, toField } from "../core/sum/field.ts";
import { clippedForRounding, encodeFixed, maxReportsWithoutOverflow } from "../core/sum/fixedpoint.ts";
import { discreteGaussian } from "../core/sum/noise.ts";
import { joinShares, keystreamBytes, maskFrom, seedBytes, splitShares } from "../core/sum/share.ts";
import { contributionOf, sensitivityOf } from "../core/tasks/itemfactors/contribution.ts";
import { blocksLeft } from "../core/tasks/itemfactors/schedule.ts";
import { integerSigmaOf, type Task } from "../core/tasks/task.ts";
import type { Learned } from "../server/kinds/itemfactors/knowledge.ts";
import { type BlockAggregate, learnedAfter } from "../server/kinds/itemfactors/step.ts";
import type { Person } from "./data.ts";
import { type ItemTask, itemTask } from "./itemtask.ts";

/** 2^-15 resolves a contribution clipped to 1 far below the crowd's own variation. */
export const fractionBits = 15;

export interface PrivateTraining {
  /** Whoever reports; a person may stand in it several times, as so many people who like the same. */
  readonly people: readonly Person[];
  /** What is known before the first report: its factors are what the first browsers solve on. */
  readonly start: Learned;
  readonly rounds: number;
  readonly alpha0: number;
  readonly lambda: number;
  readonly clipL2: number;
  readonly countScale: number;
  readonly weightScale: number;
  /** Standard deviation of each aggregator's noise, as a multiple of clipL2. */
  readonly noiseMultiplier: number;
  /** Whether a browser remembers which blocks it reported on, or draws again each round. */
  readonly blocks: BlockChoice;
  /** Most items of a block. */
  readonly blockLimit: number;
  readonly path: "shares" | "sums";
  /** Uniform in [0, 1): the draw of blocks. */
  readonly random: () => number;
  /** Rounding, shares and noise; the platform's randomness by default. */
  readonly fill?: RandomFill;
  readonly onRound?: (round: number) => void;
}

export type BlockChoice = "walk" | "draw";

export interface PrivatelyTrained {
  readonly learned: Learned;
  /** Item factors as the last edition would publish them, rows of `learned.dim`. */
  readonly factors: Float64Array;
  readonly blockSize: number;
  /** Numbers in a report's vector. */
  readonly vectorLength: number;
}

/** Runs all rounds; in each, everybody reports once. */
export function trainPrivately(training: PrivateTraining): PrivatelyTrained {
  const { people, start, rounds, random, fill = platformFill, onRound, path } = training;
  const itemCount = start.counts.length;
  const on = taskOf(training);
  const { settings, task } = on;
  let learned = start;
  const histories: number[][] = people.map(() => []);
  for (let round = 0; round < rounds; round++) {
    const rows = publishedRows(learned);
    const gram = gramOf(rows, itemCount, start.dim);
    const model = { ...training, rows, count: itemCount, dim: start.dim, gram };
    const choices = histories.map((history) => chooseBlock(training.blocks, task.blocks, history, random()));
    const aggregates: BlockAggregate[] = [];
    for (let block = 0; block < task.blocks; block++) {
      const reporters = people.filter((_, at) => choices[at] === block);
      for (let from = 0; from < reporters.length; from += task.maxBatch) {
        const batch = reporters.slice(from, from + task.maxBatch);
        const input = { on, model, block, batch, fill };
        const sum = path === "shares" ? sumOfShares(input) : plainSum(input);
        aggregates.push({ block, lanes: [{ reports: batch.length, sum }] });
      }
    }
    learned = learnedAfter(learned, { settings, task, aggregates, stepsBefore: round });
    onRound?.(round + 1);
  }
  return {
    learned,
    factors: publishedRows(learned),
    blockSize: settings.blockSize,
    vectorLength: task.length,
  };
}

/** The task that a server would publish; `itemTask` refuses what could wrap around the modulus. */
function taskOf(training: PrivateTraining): ItemTask {
  const { start, clipL2, noiseMultiplier } = training;
  const largest = sensitivityOf(training);
  const sigma = integerSigmaOf({ sigma: clipL2 * noiseMultiplier, fractionBits });
  return itemTask({
    ...training,
    items: start.counts.length,
    dim: start.dim,
    fractionBits,
    minBatch: 1,
    maxBatch: maxReportsWithoutOverflow({ largest, fractionBits, sigma }),
    lanes: 1,
    round: 0,
  });
}

/** Factors as every browser reads them from a part. */
function publishedRows({ factors, dim }: Learned): Float64Array {
  return dequantizeRows(quantizeRows(factors, factors.length / dim, dim), dim);
}

/** The block one browser reports on; a walking browser remembers it in `history`. */
function chooseBlock(choice: BlockChoice, blocks: number, history: number[], chance: number): number {
  const left = blocksLeft(history, blocks);
  const block = left[Math.floor(chance * left.length)];
  if (choice === "walk") history.push(block);
  return block;
}

interface Batch {
  readonly on: ItemTask;
  /** Item factors as browsers read them. */
  readonly model: FoldInModel;
  readonly block: number;
  readonly batch: readonly Person[];
  readonly fill: RandomFill;
}

/** One batch: every browser's report, both aggregators' noisy sums, joined to field elements. */
function sumOfShares({ on, model, block, batch, fill }: Batch): Uint32Array {
  const { task } = on;
  const length = task.length;
  const leader = new Uint32Array(length);
  const helper = new Uint32Array(length);
  for (const person of batch) {
    const values = toField(encodeFixed(clippedContribution(on, model, block, person), task, fill));
    const seed = new Uint8Array(seedBytes);
    platformFill(seed);
    addInto(leader, splitShares(values, maskOf(seed, length)));
    // The helper sees the seed only, and expands it for itself.
    addInto(helper, maskOf(seed, length));
  }
  addNoiseInto(leader, task, fill);
  addNoiseInto(helper, task, fill);
  return joinShares(leader, helper);
}

/**
 * The same without masks: what cancels is left out, and zeros, most of a vector, are neither rounded nor
 * added.
 */
function plainSum({ on, model, block, batch, fill }: Batch): Uint32Array {
  const { task } = on;
  const sums = new Float64Array(task.length);
  const known = new Map<Person, { readonly places: Uint32Array; readonly values: Float64Array }>();
  for (const person of batch) {
    let sparse = known.get(person);
    if (sparse === undefined) {
      sparse = withoutZeros(clippedContribution(on, model, block, person));
      known.set(person, sparse);
    }
    const integers = encodeFixed(sparse.values, task, fill);
    for (let k = 0; k < integers.length; k++) sums[sparse.places[k]] += integers[k];
  }
  const elements = toField(Int32Array.from(sums));
  addNoiseInto(elements, task, fill);
  addNoiseInto(elements, task, fill);
  return elements;
}

function withoutZeros(values: Float64Array) {
  const kept: number[] = [];
  for (let place = 0; place < values.length; place++) if (values[place] !== 0) kept.push(place);
  const places = Uint32Array.from(kept);
  return { places, values: Float64Array.from(places, (place) => values[place]) };
}

/** What one browser computes before it rounds and splits. */
function clippedContribution(
  { settings, task }: ItemTask,
  model: FoldInModel,
  block: number,
  person: Person,
): Float64Array {
  const { userVector } = foldIn(model, person);
  const { values } = contributionOf({ ...settings, ...person, factors: model.rows, block, userVector });
  return clippedForRounding(values, task);
}

/** One aggregator's noise. */
function addNoiseInto(sum: Uint32Array, task: Task, fill: RandomFill): void {
  const sigma = integerSigmaOf(task);
  if (sigma > 0) addInto(sum, toField(Int32Array.from(discreteGaussian(sum.length, sigma, fill))));
}

function maskOf(seed: Uint8Array, length: number): Uint32Array {
  const cipher = createCipheriv("aes-128-ctr", seed.subarray(0, 16), seed.subarray(16));
  return maskFrom(cipher.update(new Uint8Array(keystreamBytes(length))), length);
}

const platformFill: RandomFill = (bytes) => {
  randomFillSync(bytes);
};
