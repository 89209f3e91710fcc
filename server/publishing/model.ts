/**
 * What was learned, as parts: factors in the order of the tasks, shares of people, and predictions for items
 * of the catalogue that wait for the next round. A round or a training publishes these again, an import only
 * what it predicts.
 */
import { given } from "../../core/given.ts";
import type { ModelSettings } from "../../core/model/edition.ts";
import type { FactorsPart } from "../../core/model/factors.ts";
import { type JoinedModel, joinParts } from "../../core/model/join.ts";
import { jointDefaults, scaleToLength } from "../../core/model/joint.ts";
import type { PopularityPart } from "../../core/model/popularity.ts";
import type { PredictedPart } from "../../core/model/predicted.ts";
import { dequantizeRows, quantizeRows } from "../../core/model/quantize.ts";
import { type LearnedItems, type PublicItems, publicSideFor } from "../kinds/itemfactors/knowledge.ts";
import { learnedFor, popularityOf, startingRow } from "../kinds/itemfactors/learned.ts";
import {
  newItemWeights,
  type Prediction,
  predictedFor,
  predictionFrom,
} from "../kinds/itemfactors/predict.ts";
import type { ChosenJoint } from "./choosing.ts";

export interface LearnedParts {
  readonly factors: FactorsPart;
  readonly popularity: PopularityPart;
  /** Null while nothing is learned, or nothing waits. */
  readonly predicted: PredictedPart | null;
}

/**
 * @param round item steps behind the factors.
 * @param newItemWeight what part of an expected share is published (predict.ts).
 */
export function learnedParts(
  learned: LearnedItems,
  round: number,
  publicItems: PublicItems,
  newItemWeight: number = newItemWeights[0],
): LearnedParts {
  const { items, dim } = learned;
  const rows = quantizeRows(learned.factors, items.length, dim);
  const publicSide = publicSideFor(items, publicItems);
  const shares = popularityOf(learned, publicSide);
  const unreported = Array.from(items.keys()).filter((row) => learned.people[row] === 0);
  const waiting = waitingItems(learned, publicItems);
  const prediction =
    unreported.length + waiting.length === 0
      ? null
      : predictionFrom(learned, publicSide, { shares, newItemWeight });
  // About items that joined lately nobody has reported yet: that does not say that nobody wants them.
  if (prediction !== null) {
    for (const row of unreported) shares[row] = predictedFor(prediction, publicSide, row).share;
  }
  return {
    factors: { items, dim, round, rows },
    popularity: { items, shares },
    predicted: prediction === null ? null : predictedPart(waiting, prediction, publicItems),
  };
}

/**
 * Predictions for the items of the catalogue that nobody has learned yet; null while nothing is learned, or
 * nothing waits.
 */
export function predictionsFor(
  learned: LearnedItems,
  { shares }: PopularityPart,
  publicItems: PublicItems,
  newItemWeight: number = newItemWeights[0],
): PredictedPart | null {
  const waiting = waitingItems(learned, publicItems);
  if (waiting.length === 0) return null;
  const prediction = predictionFrom(learned, publicSideFor(learned.items, publicItems), {
    shares,
    newItemWeight,
  });
  return prediction === null ? null : predictedPart(waiting, prediction, publicItems);
}

function waitingItems({ items }: LearnedItems, { catalogue }: PublicItems): readonly string[] {
  const known = new Set(items);
  return catalogue.filter(({ item }) => !known.has(item)).map(({ item }) => item);
}

function predictedPart(
  waiting: readonly string[],
  prediction: Prediction,
  publicItems: PublicItems,
): PredictedPart | null {
  if (waiting.length === 0) return null;
  const publicSide = publicSideFor(waiting, publicItems);
  const { dim } = prediction.factors;
  const factors = new Float64Array(waiting.length * dim);
  const predictedShares = new Float32Array(waiting.length);
  for (const row of waiting.keys()) {
    const predicted = predictedFor(prediction, publicSide, row);
    factors.set(predicted.factors, row * dim);
    predictedShares[row] = predicted.share;
  }
  const rows = quantizeRows(factors, waiting.length, dim);
  return { items: waiting, dim, rows, shares: predictedShares };
}

/** Items that tasks number from now on: those learned before that are still kept, then the new ones. */
export function itemsToLearn(
  { items }: Pick<LearnedItems, "items">,
  { catalogue }: Pick<PublicItems, "catalogue">,
  isKept: (item: string) => boolean,
): readonly string[] {
  const here = new Set(catalogue.map(({ item }) => item));
  const known = new Set(items);
  return [
    ...items.filter((item) => here.has(item) || isKept(item)),
    ...[...here].filter((item) => !known.has(item)),
  ];
}

/**
 * What tasks are to number from now on: the items of the catalogue, and those that left it a short while ago.
 * New ones begin with what content predicts; before anything is learned, with content itself.
 *
 * @param isKept of an item that is not in the catalogue.
 */
export function reconciled(
  learned: LearnedItems,
  publicItems: PublicItems,
  isKept: (item: string) => boolean,
): LearnedItems {
  const rowOf = new Map(publicItems.catalogue.map(({ item }, row) => [item, row]));
  const stay = learned.items.filter((item) => rowOf.has(item) || isKept(item));
  const known = new Set(learned.items);
  const fresh = [...rowOf.keys()].filter((item) => !known.has(item));
  if (fresh.length === 0 && stay.length === learned.items.length) return learned;
  const publicSide = publicSideFor(learned.items, publicItems);
  const prediction: Prediction | null =
    fresh.length === 0
      ? null
      : predictionFrom(learned, publicSide, { shares: popularityOf(learned, publicSide) });
  return learnedFor([...stay, ...fresh], learned, (item) => {
    const row = rowOf.get(item) ?? -1;
    return prediction === null
      ? startingRow(publicItems, row, learned.dim)
      : predictedFor(prediction, publicItems, row).factors;
  });
}

/**
 * What logs tell of the items that they name, and of those that were learned before: they had their chance.
 * One that waited and that no log names is as unknown as before.
 */
export function namedOrKnown(learned: LearnedItems, before: LearnedItems): LearnedItems {
  const known = new Set(before.items);
  const stay = learned.items.filter((item, row) => known.has(item) || learned.counts[row] > 0);
  return learnedFor(stay, learned, () => new Float64Array(learned.dim));
}

/**
 * @param factorLength root-mean-square length of the factors beside content rows; 0 leaves them out of the
 * ranking.
 */
export function settingsFor(
  { rows, dim }: FactorsPart,
  factorLength: number,
  newItemWeight: number = newItemWeights[0],
): ModelSettings {
  const { contentScale, popularityWeight, popularityPower, joint, contentOnly } = jointDefaults;
  const scale = factorLength > 0 ? scaleToLength(dequantizeRows(rows, dim), dim, factorLength) : 0;
  return {
    ...(scale > 0 ? joint : contentOnly),
    contentScale,
    factorScale: scale,
    popularityWeight,
    popularityPower,
    newItemWeight,
  };
}

/** The same for factors in full, with content as the decision matrix has it for what was learned. */
export function chosenSettings(settings: ModelSettings, { name, choice }: ChosenJoint): ModelSettings {
  return { ...settings, ...choice, choice: name };
}

/** What parts of a person's score are by pairs and by what is wanted lately, and how much its trend counts. */
export type Mix = Pick<ModelSettings, "pairWeight" | "recentWeight" | "recentTrend">;

/** Settings of an edition that stay when others than pairs are learned. */
export function mixOf({ pairWeight, recentWeight, recentTrend }: Mix): Mix {
  return given({ pairWeight, recentWeight, recentTrend });
}

/**
 * A model of this catalogue, pairs, ranker and site's policy, and of what was learned: what its readers will
 * put together.
 */
export function modelOf(
  publicItems: PublicItems & Pick<JoinedModel, "catalogue" | "pairs" | "recent" | "ranker" | "policy">,
  { factors, popularity, predicted }: LearnedParts,
  settings: ModelSettings,
): JoinedModel {
  const { catalogue, content, contentDim, pairs, recent, ranker, policy } = publicItems;
  const items = catalogue.map(({ item }) => item);
  const joined = joinParts(
    {
      catalogue: { cards: catalogue },
      content: [{ items, dim: contentDim, space: "joined", rows: content }],
      factors,
      popularity,
      predicted,
    },
    settings,
  );
  return { ...joined, ...given({ pairs, recent, ranker, policy }) };
}
