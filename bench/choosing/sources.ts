/**
 * What a site's server learns of a world, and the models it could publish of it: with content, factors, both
 * and pairs in parts that are given, or as the decision matrix has it.
 */

import type { Facts } from "../../core/choosing/decide.ts";
import type { JointFact } from "../../core/choosing/matrix.ts";
import type { JoinedModel, JoinedPairs } from "../../core/model/join.ts";
import { jointDefaults } from "../../core/model/joint.ts";
import { dequantizeRows } from "../../core/model/quantize.ts";
import { rankingModelOf } from "../../core/ranking/fromjoined.ts";
import type { RankingModel } from "../../core/ranking/model.ts";
import { dayMs } from "../../core/time.ts";
import type { LearnedItems } from "../../server/kinds/itemfactors/knowledge.ts";
import { unlearned } from "../../server/kinds/itemfactors/learned.ts";
import { patternOf } from "../../server/kinds/itempairs/nearest.ts";
import { publishedWeights } from "../../server/kinds/itempairs/part.ts";
import { type ChosenJoint, chosenJoint } from "../../server/publishing/choosing.ts";
import {
  chosenSettings,
  type LearnedParts,
  learnedParts,
  modelOf,
  namedOrKnown,
  settingsFor,
} from "../../server/publishing/model.ts";
import { alikeBy } from "../../server/publishing/pairdrafts.ts";
import { interactionsOf } from "../../server/publishing/train/als.ts";
import { learnCentrally } from "../../server/publishing/train/central.ts";
import { exactPairs } from "../exactpairs.ts";
import { type PublicSide, publicSideOf } from "../publicside.ts";
import type { World } from "./worlds.ts";

/** What is learned with; the dimensions are smaller than a server's, for time. */
export interface Sizes {
  readonly contentDim: number;
  readonly dim: number;
}

/** As `tacit train` has them. */
const training = { alpha0: 0.3, lambda: 0.003, sweeps: 8 };
/** What a pairs round's first mix has, for a crowd that is far out of the noise but for the trend. */
const beside = { pairWeight: 0.2, recentWeight: 0.3 };
const recentDays = 14;
const nearest = 20;

export class Site {
  readonly facts: Facts<JointFact>;
  readonly chosen: ChosenJoint;
  readonly #learned: LearnedItems;
  readonly #side: PublicSide;
  readonly #made: LearnedParts;
  readonly #besides: Pick<JoinedModel, "pairs" | "recent">;

  constructor(world: World, { contentDim, dim }: Sizes) {
    const { items, train } = world;
    const ids = items.map(({ item }) => item);
    this.#side = publicSideOf(items, contentDim);
    const freshness = Float64Array.from(train.flatMap((person) => [...person.freshness]));
    const interactions = interactionsOf(train, items.length);
    const learned = learnCentrally({ interactions, freshness }, ids, { ...training, dim });
    this.#learned = namedOrKnown(learned, { ...unlearned(this.#side, dim), items: [] });
    this.#made = learnedParts(this.#learned, 1, this.#side);
    const { facts, chosen } = chosenJoint(this.#learned, this.#side);
    this.facts = facts;
    this.chosen = chosen;
    this.#besides = { pairs: pairsOf(world, this.#joined({})), recent: recentOf(world) };
  }

  /** Content and factors in full, or with other settings; beside them pairs and what is wanted lately, or not. */
  model({ pairs = "none", ...settings }: ModelOptions): RankingModel {
    return rankingModelOf(
      pairs === "beside"
        ? { ...this.#joined(settings), ...this.#besides, ...beside }
        : this.#joined(settings),
    );
  }

  /** As the decision matrix has it. */
  chosenModel(pairs: "beside" | "none"): RankingModel {
    const settings = chosenSettings(settingsFor(this.#made.factors, jointDefaults.factorLength), this.chosen);
    return this.model({ ...settings, pairs });
  }

  #joined({
    factorLength = jointDefaults.factorLength,
    ...settings
  }: Omit<ModelOptions, "pairs">): JoinedModel {
    return modelOf(this.#side, this.#made, { ...settingsFor(this.#made.factors, factorLength), ...settings });
  }
}

export interface ModelOptions {
  readonly pairs?: "beside" | "none";
  readonly contentScale?: number;
  readonly contentForFew?: number;
  readonly factorLength?: number;
}

function recentOf(world: World): JoinedModel["recent"] & object {
  const always = sharesSince(world, Number.NEGATIVE_INFINITY);
  const lately = sharesSince(world, world.atMs - recentDays * dayMs);
  const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);
  const scale = total(lately) === 0 ? 1 : total(always) / total(lately);
  return {
    shares: Float32Array.from(lately, (share) => Math.min(1, share * scale)),
    floor: Math.min(1, scale / world.train.length),
  };
}

function sharesSince({ log, items, train }: World, fromMs: number): Float64Array {
  const shares = new Float64Array(items.length);
  for (const acts of log) {
    const had = new Set(acts.filter(({ atMs }) => atMs >= fromMs).map(({ item }) => item));
    for (const item of had) shares[item] += 1 / train.length;
  }
  return shares;
}

function pairsOf({ train, items }: World, joined: JoinedModel): JoinedPairs {
  const { content, contentDim: dim } = alikeBy(joined);
  const rows = { values: dequantizeRows(content, dim), count: items.length, dim };
  const { pattern, weights } = exactPairs(train, patternOf(rows, { nearest }));
  const all = Int32Array.from(items.keys());
  return { pattern, ...publishedWeights(pattern, weights), listed: all, rows: all };
}
