/**
 * The gift shop as liars about pairs see it, with people to judge by and cold items to push:
 *
 *   test        the shop's held-out people; figures that are told
 *   validation  people set aside from training in the same way, and cold items that test never pushes: limits are
 *               chosen on these
 */
import { quantizeRows } from "../../core/model/quantize.ts";
import type { PublicItems } from "../../server/kinds/itemfactors/knowledge.ts";
import { contentVectors } from "../../server/publishing/import/content.ts";
import { type DataSet, readContentItems, readDataSet, validationSet } from "../data.ts";
import { ownData } from "../owndata.ts";
import { coldItems, coldItemsWithout } from "./targets.ts";

export const splits = ["test", "validation"] as const;
export type Split = (typeof splits)[number];

export interface PairShop {
  readonly split: Split;
  readonly data: DataSet;
  readonly publicItems: PublicItems;
  /** Items to push: 3 to 8 people have them. */
  readonly targets: readonly number[];
}

export interface PairShopLimits {
  readonly split: Split;
  /** At most `mostTargets`. */
  readonly targets: number;
  readonly contentDim: number;
  /** At most so many held-out people are judged on. */
  readonly heldOut: number;
}

/** However many items test is asked to push, up to this many, validation pushes others. */
export const mostTargets = 9;

/** A tenth of the people, as many as test has. */
const setAside = { share: 0.1, seed: 41 };

/** @throws {RangeError} for more targets than `mostTargets`. */
export function readPairShop({ split, targets, contentDim, heldOut }: PairShopLimits): PairShop {
  if (!(targets >= 1 && targets <= mostTargets)) {
    throw new RangeError(`poison: --targets must be 1 to ${mostTargets}, got ${targets}`);
  }
  const directory = ownData();
  const { data, targets: pushed } = splitOf(readDataSet(directory), { split, targets });
  const vectors = contentVectors(readContentItems(directory, data.items), { dim: contentDim });
  return {
    split,
    data: { ...data, heldOut: data.heldOut.slice(0, heldOut) },
    publicItems: {
      catalogue: data.items.map((item) => ({ item })),
      content: quantizeRows(vectors, data.items.length, contentDim),
      contentDim,
    },
    targets: pushed,
  };
}

/** Whom a split learns from and is judged by, and what it pushes. */
export function splitOf(
  whole: DataSet,
  { split, targets }: Pick<PairShopLimits, "split" | "targets">,
): Pick<PairShop, "data" | "targets"> {
  const items = whole.items.length;
  const ofTest = (count: number) => coldItems(whole.train, items, count);
  if (split === "test") return { data: whole, targets: ofTest(targets) };
  const data = validationSet(whole, setAside);
  const without = new Set(Array.from({ length: mostTargets }, (_, at) => ofTest(at + 1)).flat());
  return { data, targets: coldItemsWithout(data.train, items, { count: targets, without }) };
}
