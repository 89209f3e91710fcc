/** People of a world at so many likes, and how good lists are for them. */
import { ndcgAt, recallAt } from "../../core/metrics.ts";
import { bestRows } from "../../core/ranking/best.ts";
import type { RankingModel } from "../../core/ranking/model.ts";
import type { Parts } from "../../core/ranking/parts.ts";
import { rank } from "../../core/ranking/pipeline.ts";
import { type Profile, profileOfTastes } from "../../core/ranking/profile.ts";
import { seededRandom } from "../../core/seeded.ts";
import { sample } from "../sample.ts";
import type { World } from "./worlds.ts";

export interface Quality {
  readonly recall: number;
  readonly ndcg: number;
}

/** Somebody of whom the last so many items are known, and the next ones, new to them. */
export interface Person {
  readonly known: readonly number[];
  readonly targets: ReadonlySet<number>;
}

const k = 20;
const mostTargets = 10;

/** At most so many, drawn by the seed, whose next items come after the cut. */
export function peopleAt(
  { judged }: World,
  { likes, most, seed }: { readonly likes: number; readonly most: number; readonly seed: number },
): readonly Person[] {
  const can = judged.filter(({ items, before }) => items.length > Math.max(before, likes));
  return sample(can, most, seededRandom(seed * 13 + likes)).map(({ items, before }) => {
    const at = Math.max(before, likes);
    return { known: items.slice(at - likes, at), targets: new Set(items.slice(at, at + mostTargets)) };
  });
}

export type ListOf = (known: readonly number[]) => Uint32Array;

export function qualityOf(people: readonly Person[], listOf: ListOf): Quality {
  let [recall, ndcg] = [0, 0];
  for (const { known, targets } of people) {
    const judged = { list: listOf(known), targets, k };
    recall += recallAt(judged) / people.length;
    ndcg += ndcgAt(judged) / people.length;
  }
  return { recall, ndcg };
}

/** As devices list for a person, the decision matrix included. */
export function shownBy(model: RankingModel): ListOf {
  return (known) => listFor(model, profileOf(model, known));
}

/** The same parts for everybody, whatever is known of them: of whole joint rows. */
export function withParts(model: RankingModel, parts: Parts): ListOf {
  return (known) => {
    const profile = profileOf(model, known);
    const chosen = { ...profile.chosen, joint: model.joint, parts };
    return listFor(model, { ...profile, chosen });
  };
}

/** What everybody is shown alike. */
export function trendingBy(model: RankingModel): ListOf {
  return (known) => bestRows(rank({ model, by: "trending", exclude: known }), k);
}

function profileOf(model: RankingModel, known: readonly number[]): Profile {
  return profileOfTastes(model, { items: known, weights: known.map(() => 1) });
}

function listFor(model: RankingModel, profile: Profile): Uint32Array {
  return bestRows(rank({ model, by: "person", profile }), k);
}
