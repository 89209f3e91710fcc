/**
 * A whole crowd learns item factors privately, in one process: what every browser and both aggregators do, without
 * the network. The same functions in the same order: fold-in, contribution, whole-vector clip, stochastic rounding
 * to integers, field elements, two shares, two sums, discrete Gaussian noise on each, join, item step, int8 rows.
 */
import { createCipheriv, randomFillSync } from "node:crypto";
import type { RandomFill } from "../core/bytes.ts";
import { blockSizeFor, contributionLayout, contributionOf } from "../core/contribution.ts";
import { foldIn } from "../core/foldin.ts";
import { type BlockSums, blockSumsOf, itemStepInPlace, repairedSums } from "../core/itemstep.ts";
import { gramOf } from "../core/linear.ts";
import { dequantizeRows, quantizeRows } from "../core/quantize.ts";
import { blocksLeft, stepSize } from "../core/schedule.ts";
import { addInto, fromField, toField } from "../core/sum/field.ts";
import {
  clipBeforeRounding,
  decodeFixed,
  encodeFixed,
  maxReportsWithoutOverflow,
} from "../core/sum/fixedpoint.ts";
import { discreteGaussian } from "../core/sum/noise.ts";
import { joinShares, keystreamBytes, maskFrom, seedBytes, splitShares } from "../core/sum/share.ts";
import { startingFactors } from "../server/training/als.ts";
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
  const { people, itemCount, dim, rounds, random, alpha0, lambda, onRound } = training;
  const blockSize = blockSizeFor(itemCount, training.blockLimit);
  const blocks = Math.ceil(itemCount / blockSize);
  const vectorLength = contributionLayout({ dim, blockSize }).length;
  const factors = startingFactors({ count: itemCount, dim, random });
  const counted = Array.from({ length: blocks }, () => ({ n: new Float64Array(blockSize), u: 0 }));
  const histories: number[][] = people.map(() => []);
  for (let round = 0; round < rounds; round++) {
    const published = dequantizeRows(quantizeRows(factors, itemCount, dim), dim);
    const choices = histories.map((history) => chooseBlock(training.blocks, blocks, history, random()));
    const gram = gramOf(published, itemCount, dim);
    for (let block = 0; block < blocks; block++) {
      const reporters = people.filter((_, at) => choices[at] === block);
      if (reporters.length === 0) continue;
      const heard = blockAggregate({ training, published, gram, block, blockSize, reporters });
      if (!(heard.u > 0)) continue;
      const sums = training.noiseMultiplier === 0 ? heard : repairedSums(heard, dim);
      const first = block * blockSize;
      const count = Math.min(blockSize, itemCount - first);
      itemStepInPlace(factors, { dim, first, count, sums, alpha0, lambda, eta: stepSize(round) });
      // Counts are added up as they came: flooring each round's noise at 0 would make every item look popular.
      counted[block].u += heard.u;
      for (let i = 0; i < blockSize; i++) counted[block].n[i] += heard.n[i];
    }
    onRound?.(round + 1);
  }
  const popularity = new Float32Array(itemCount);
  for (let i = 0; i < itemCount; i++) {
    const { n, u } = counted[Math.floor(i / blockSize)];
    popularity[i] = u === 0 ? 0 : Math.min(1, Math.max(0, n[i % blockSize] / u));
  }
  return {
    factors: dequantizeRows(quantizeRows(factors, itemCount, dim), dim),
    popularity,
    blockSize,
    vectorLength,
  };
}

/** The block one browser reports on; a walking browser remembers it in `history`. */
function chooseBlock(choice: BlockChoice, blocks: number, history: number[], chance: number): number {
  const left = blocksLeft(history, blocks);
  const block = left[Math.floor(chance * left.length)];
  if (choice === "walk") history.push(block);
  return block;
}

interface BlockRound {
  readonly training: PrivateTraining;
  /** Item factors as browsers read them. */
  readonly published: Float64Array;
  readonly gram: Float64Array;
  readonly block: number;
  readonly blockSize: number;
  readonly reporters: readonly Person[];
}

/** The aggregate of everybody who reported on one block; several batches where one sum could wrap around. */
function blockAggregate(round: BlockRound): BlockSums {
  const { training, blockSize, reporters } = round;
  const { dim, clipL2, noiseMultiplier } = training;
  const { length } = contributionLayout({ dim, blockSize });
  const sigma = noiseMultiplier * clipL2 * 2 ** fractionBits;
  const most = maxReportsWithoutOverflow({ largest: Math.max(clipL2, weightScale), fractionBits, sigma });
  if (most < 1)
    throw new RangeError(`trainPrivately: noise must leave room in the field, got sigma ${sigma}`);
  const total = new Float64Array(length);
  for (let start = 0; start < reporters.length; start += most) {
    const batch = reporters.slice(start, start + most);
    const sum = decodeFixed(batchSum(round, batch, length, sigma), { fractionBits });
    for (let k = 0; k < length; k++) total[k] += sum[k];
  }
  return blockSumsOf({ dim, blockSize, countScale, weightScale }, total);
}

/** One batch: every browser's report, both aggregators' noisy sums, joined to signed integers. */
function batchSum(round: BlockRound, batch: readonly Person[], length: number, sigma: number): Float64Array {
  const leader = new Uint32Array(length);
  const helper = new Uint32Array(length);
  for (const person of batch) {
    const values = reportValues(round, person, length);
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
  return fromField(joinShares(leader, helper));
}

/** What one browser computes before it splits: its clipped contribution as field elements. */
function reportValues(
  { training, published, gram, block, blockSize }: BlockRound,
  person: Person,
  length: number,
) {
  const { itemCount, dim, alpha0, lambda, clipL2 } = training;
  const model = { rows: published, count: itemCount, dim, gram, alpha0, lambda };
  const { userVector } = foldIn(model, person);
  const { values } = contributionOf({
    dim,
    blockSize,
    block,
    factors: published,
    items: person.items,
    weights: person.weights,
    userVector,
    clipL2: clipBeforeRounding({ clipL2, length, fractionBits }),
    countScale,
    weightScale,
  });
  return toField(encodeFixed(values, { fractionBits }, fill));
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
