/**
 * A whole crowd learns item factors privately, in one process: what every browser and both aggregators do, without
 * the network. The same functions in the same order: fold-in, contribution, whole-vector clip, stochastic rounding
 * to integers, field elements, two shares, two sums, discrete Gaussian noise on each, join, the server's round, int8 rows.
 */
import { createCipheriv, randomFillSync } from "node:crypto";
import type { RandomFill } from "../core/bytes.ts";
import { blockSizeFor, contributionOf } from "../core/contribution.ts";
import { type FoldInModel, foldIn } from "../core/foldin.ts";
import { gramOf } from "../core/linear.ts";
import { dequantizeRows, quantizeRows } from "../core/quantize.ts";
import { blocksLeft } from "../core/schedule.ts";
import { addInto, toField } from "../core/sum/field.ts";
import { clipBeforeRounding, encodeFixed, maxReportsWithoutOverflow } from "../core/sum/fixedpoint.ts";
import { discreteGaussian } from "../core/sum/noise.ts";
import { joinShares, keystreamBytes, maskFrom, seedBytes, splitShares } from "../core/sum/share.ts";
import { blocksOf, parseTask, sigmaOf, type Task, vectorLengthOf } from "../core/sum/task.ts";
import { startingFactors } from "../server/training/als.ts";
import { type Learned, popularityOf } from "../server/training/learned.ts";
import { type BlockAggregate, learnedAfter } from "../server/training/step.ts";
import type { Person } from "./data.ts";

/** Numbers in the vector: n counts a tenth, w a quarter; what the browser and the server use. */
export const countScale = 0.1;
export const weightScale = 0.25;
/** 2^-15 resolves a contribution clipped to 1 far below the crowd's own variation. */
export const fractionBits = 15;

export interface PrivateTraining {
  readonly people: readonly Person[];
  readonly itemCount: number;
  readonly dim: number;
  readonly rounds: number;
  readonly alpha0: number;
  readonly lambda: number;
  readonly clipL2: number;
  /** Standard deviation of each aggregator's noise, as a multiple of clipL2. */
  readonly noiseMultiplier: number;
  /** Whether a browser remembers which blocks it reported on, or draws anew each round. */
  readonly blocks: BlockChoice;
  /** Most items of a block. */
  readonly blockLimit: number;
  /** Uniform in [0, 1): the first factors and the draw of blocks. Shares and noise take the platform's randomness. */
  readonly random: () => number;
  readonly onRound?: (round: number) => void;
}

export type BlockChoice = "walk" | "draw";

export interface PrivatelyTrained {
  /** Item factors as the last bundle would publish them, itemCount x dim. */
  readonly factors: Float64Array;
  /** Share of people per item, 0..1, as the sums tell; weighted by the clip. */
  readonly popularity: Float32Array;
  readonly blockSize: number;
  /** Numbers in a report's vector. */
  readonly vectorLength: number;
}

/** Runs all rounds; in each, everybody reports once. */
export function trainPrivately(training: PrivateTraining): PrivatelyTrained {
  const { people, itemCount, dim, rounds, random, onRound } = training;
  const task = taskOf(training);
  const vectorLength = vectorLengthOf(task);
  let learned: Learned = {
    factors: startingFactors({ count: itemCount, dim, random }),
    dim,
    counts: new Float64Array(itemCount),
    people: new Float64Array(itemCount),
  };
  const histories: number[][] = people.map(() => []);
  for (let round = 0; round < rounds; round++) {
    const rows = publishedRows(learned);
    const model = { ...training, rows, count: itemCount, gram: gramOf(rows, itemCount, dim) };
    const choices = histories.map((history) =>
      chooseBlock(training.blocks, blocksOf(task), history, random()),
    );
    const aggregates: BlockAggregate[] = [];
    for (let block = 0; block < blocksOf(task); block++) {
      const reporters = people.filter((_, at) => choices[at] === block);
      for (let start = 0; start < reporters.length; start += task.maxBatch) {
        const batch = reporters.slice(start, start + task.maxBatch);
        aggregates.push({ block, sum: batchSum({ task, model, block, batch }) });
      }
    }
    learned = learnedAfter(learned, { task, aggregates, stepsBefore: round });
    onRound?.(round + 1);
  }
  return {
    factors: publishedRows(learned),
    popularity: popularityOf(learned),
    blockSize: task.blockSize,
    vectorLength,
  };
}

/** The task that a server would publish; `parseTask` refuses what could wrap around the modulus. */
function taskOf(training: PrivateTraining): Task {
  const { itemCount, dim, blockLimit, alpha0, lambda, clipL2, noiseMultiplier } = training;
  const sigma = noiseMultiplier * clipL2 * 2 ** fractionBits;
  return parseTask({
    kind: "item-factors",
    bundle: "0".repeat(64),
    round: 0,
    items: itemCount,
    dim,
    blockSize: blockSizeFor(itemCount, blockLimit),
    alpha0,
    lambda,
    clipL2,
    countScale,
    weightScale,
    fractionBits,
    minBatch: 1,
    maxBatch: maxReportsWithoutOverflow({ largest: Math.max(clipL2, weightScale), fractionBits, sigma }),
    noiseMultiplier,
  });
}

/** Factors as every browser reads them from a bundle. */
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
  readonly task: Task;
  /** Item factors as browsers read them. */
  readonly model: FoldInModel;
  readonly block: number;
  readonly batch: readonly Person[];
}

/** One batch: every browser's report, both aggregators' noisy sums, joined to field elements. */
function batchSum({ task, model, block, batch }: Batch): Uint32Array {
  const length = vectorLengthOf(task);
  const sigma = sigmaOf(task);
  const leader = new Uint32Array(length);
  const helper = new Uint32Array(length);
  for (const person of batch) {
    const values = reportValues(task, model, block, person);
    const seed = new Uint8Array(seedBytes);
    fill(seed);
    addInto(leader, splitShares(values, maskOf(seed, length)));
    // The helper sees the seed only, and expands it for itself.
    addInto(helper, maskOf(seed, length));
  }
  if (sigma > 0) {
    addInto(leader, noiseElements(length, sigma));
    addInto(helper, noiseElements(length, sigma));
  }
  return joinShares(leader, helper);
}

/** What one browser computes before it splits: its clipped contribution as field elements. */
function reportValues(task: Task, model: FoldInModel, block: number, person: Person): Uint32Array {
  const { clipL2, fractionBits } = task;
  const { userVector } = foldIn(model, person);
  const { values } = contributionOf({
    ...task,
    ...person,
    factors: model.rows,
    block,
    userVector,
    clipL2: clipBeforeRounding({ clipL2, length: vectorLengthOf(task), fractionBits }),
  });
  return toField(encodeFixed(values, task, fill));
}

function noiseElements(length: number, sigma: number): Uint32Array {
  return toField(Int32Array.from(discreteGaussian(length, sigma, fill)));
}

function maskOf(seed: Uint8Array, length: number): Uint32Array {
  const cipher = createCipheriv("aes-128-ctr", seed.subarray(0, 16), seed.subarray(16));
  return maskFrom(cipher.update(new Uint8Array(keystreamBytes(length))), length);
}

const fill: RandomFill = (bytes) => {
  randomFillSync(bytes);
};
