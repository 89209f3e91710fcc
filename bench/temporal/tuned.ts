/** What fine-tuning makes of the lists of a device: ranked by weights of the person's own, where they are kept. */
import { bestRows } from "../../core/ranking/best.ts";
import type { RankingModel } from "../../core/ranking/model.ts";
import { rank } from "../../core/ranking/pipeline.ts";
import { rankerStage } from "../../core/ranking/ranker/ranker.ts";
import type { Stage } from "../../core/ranking/stage.ts";
import { varietyStage } from "../../core/ranking/variety.ts";
import { helpsLast, tunedTheta } from "../finetuning/finetune.ts";
import { type OwnList, ownLists } from "../finetuning/ownlists.ts";
import { k, type Lists, type ListsOf } from "./judging.ts";
import type { JudgedCustomer } from "./month.ts";
import { askedFor, eventsOf, localTime } from "./ranked.ts";
import {
  type Added,
  addedBy,
  type FactorRows,
  type Form,
  type SharedRanker,
  type Tuning,
  tuningLists,
} from "./tuningforms.ts";

/** Whose weights may be their own. */
export const fewestEvents = 10;

export interface TuningWorld {
  readonly model: RankingModel;
  readonly nowMs: number;
  readonly shared: SharedRanker;
  readonly factors: FactorRows;
}

export interface TunedCustomer {
  /** Of what is learned from all of their lists; null where there are none. */
  readonly always: Added | null;
  /** Whether it is kept, as it would have helped with the last of them. */
  readonly isKept: boolean;
}

export function tunedCustomer(
  own: readonly OwnList[],
  { shared, factors }: TuningWorld,
  form: Form,
): TunedCustomer {
  const tuning: Tuning = { form, shared, factors };
  const lists = own.map((one) => tuningLists([one], tuning)).filter((some) => some.length > 0);
  if (lists.length === 0) return { always: null, isKept: false };
  const always = addedBy(tunedTheta(lists.flat(), form.pull), tuning);
  return { always, isKept: helpsLast(lists, form.pull) };
}

/** Lists of everybody by their own weights where these are kept, for the rows of a table. */
export function tunedLists(world: TuningWorld, form: Form): ListsOf {
  return (customer) => {
    const isKnown = customer.before.length >= fewestEvents;
    const tuned = isKnown ? tunedCustomer(ownListsOf(world, customer), world, form) : null;
    return listsBy(world, customer)(tuned?.isKept === true ? tuned.always : null);
  };
}

/** A customer's own past lists. */
export function ownListsOf({ model, shared }: TuningWorld, { before }: JudgedCustomer): readonly OwnList[] {
  return ownLists({ model, events: eventsOf(before), localTimeOf: localTime }, shared.units);
}

/** What a device lists for a customer, by the weights that everybody has (null) or by others. */
export function listsBy(
  { model, nowMs }: TuningWorld,
  customer: JudgedCustomer,
): (added: Added | null) => Lists {
  const asked = askedFor(model, customer, nowMs);
  return (added) => {
    const own = added === null ? model : withWeights(model, added.weights);
    const beside = added?.beside ?? null;
    const stages = [rankerStage, ...(beside === null ? [] : [besideStage(beside)]), varietyStage];
    const best = (includeSeen: boolean) =>
      bestRows(rank({ ...asked, model: own, by: "person", includeSeen }, stages), k);
    return { whole: best(true), fresh: best(false) };
  };
}

/** The same model with other weights of its ranker: what is computed once for a model is computed once for both. */
function withWeights(model: RankingModel, weights: Float64Array): RankingModel {
  if (model.ranker === null) return model;
  const ranker = { ...model.ranker, weights };
  return new Proxy(model, {
    get: (target, name) => (name === "ranker" ? ranker : Reflect.get(target, name, target)),
  });
}

/** It has no reasons: for a bench alone. */
function besideStage(beside: (row: number) => number): Stage {
  return {
    name: "beside",
    apply: (ranking) => ({ ...ranking, scores: ranking.scores.map((score, row) => score + beside(row)) }),
  };
}
