/**
 * Everyone who ranks besides the device, made to say how far their lists are the given ones (see people.ts).
 */
import type { DataSet, HeldOut } from "../../../bench/data.ts";
import { judgeFactors, judgeJoint, judgePopularity } from "../../../bench/judge.ts";
import { judgeModel } from "../../../bench/modelquality.ts";
import { Judge } from "../../../bench/poison/world.ts";
import { dequantizeRows } from "../../../core/model/quantize.ts";
import { knownTastes } from "../../../core/ranking/profile.ts";
import { seededRandom } from "../../../core/seeded.ts";
import type { Learned } from "../../../server/kinds/itemfactors/knowledge.ts";
import { Gate, type Verdict } from "../../../server/publishing/gate.ts";
import { modelOf } from "../../model.ts";
import {
  buyerOf,
  firstRows,
  lengths,
  type RandomPerson,
  shownBy,
  trendingFor,
  type World,
} from "./people.ts";

type Lists = readonly (readonly string[])[];

/**
 * What the gate says of people whose targets are the first j of their lists, measured at k = j, for each j.
 */
export function gateVerdicts(world: World, people: readonly RandomPerson[], lists: Lists) {
  return Promise.all(
    lengths.map((k): Promise<Verdict> => {
      const heldOut = people.map(({ tastes: known }, person) => ({
        known,
        targets: new Set(lists[person].slice(0, k)),
      }));
      return new Gate({ heldOut, k, margin: 1 }).judge([world.joined], null);
    }),
  );
}

/** NDCG@20 of the bench's joint rows with the first j of the lists as targets, for each j. */
export function jointNdcgs(world: World, people: readonly RandomPerson[], lists: Lists): readonly number[] {
  const { joined, factorRows: rows } = world;
  const factors = { rows, dim: joined.factorDim };
  return lengths.map((count) => judgeJoint(dataOf(world, people, lists, count), { ...joined, factors }).ndcg);
}

/** The same of the factors alone; the lists are those of a device whose model leaves content and shares out. */
export function factorNdcgs(world: World, people: readonly RandomPerson[]): readonly number[] {
  const { factors, factorDim: dim, alpha0, lambda } = world.joined;
  const given = { rows: dequantizeRows(factors, dim), dim, alpha0, lambda };
  const popularity = new Float32Array(world.joined.items);
  const alone = { ...world.joined, contentScale: 0, factorScale: 1, popularity };
  const lists = shownBy({ ...world, joined: alone, model: modelOf(alone) }, people);
  return lengths.map((count) => judgeFactors(dataOf(world, people, lists, count), given).ndcg);
}

/**
 * The same of what 50 random people make popular; the lists are those of a device whose model has these
 * shares.
 */
export function popularityNdcgs(
  world: World,
  people: readonly RandomPerson[],
  seed: number,
): readonly number[] {
  const random = seededRandom(seed);
  const rows = world.joined.catalogue.map((_, row) => row);
  const train = Array.from({ length: 50 }, () => {
    const items = Uint32Array.from(rows.filter(() => random() < 0.2));
    return { items, weights: new Float64Array(items.length).fill(1) };
  });
  const popularity = Float32Array.from(
    rows,
    (row) => train.filter(({ items }) => items.includes(row)).length / train.length,
  );
  const lists = trendingFor(modelOf({ ...world.joined, popularity }), people);
  return lengths.map((count) => judgePopularity({ ...dataOf(world, people, lists, count), train }).ndcg);
}

function dataOf(world: World, people: readonly RandomPerson[], lists: Lists, count: number): DataSet {
  const heldOut = people.map(({ tastes }, person): HeldOut => {
    const { items, weights } = knownTastes(world.model, tastes);
    return {
      foldIn: { items: Uint32Array.from(items), weights: Float64Array.from(weights) },
      targets: new Set(firstRows(world, lists[person], count)),
    };
  });
  return { items: world.joined.catalogue.map(({ item }) => item), train: [], heldOut };
}

/**
 * NDCG@20 that the crowd's bench finds for customers who bought, once each, what these people tasted; for
 * each j.
 */
export function crowdNdcgs(world: World, people: readonly RandomPerson[]): readonly number[] {
  const bought = people.map(({ tastes }) => [...tastes.keys()]);
  const lists = shownBy(world, bought.map(buyerOf));
  return lengths.map((count) => {
    const customers = bought.map((known, at) => ({ known, targets: lists[at].slice(0, count) }));
    return judgeModel(world.joined, customers).ndcg;
  });
}

/** Ranks that the poison bench gives the items of one person's list. */
export async function poisonRanks(
  world: World,
  learned: Learned,
  person: RandomPerson,
  list: readonly string[],
): Promise<readonly number[]> {
  const { heldOut } = dataOf(world, [person], [list], list.length);
  const judge = new Judge({ publicSide: world.joined, crowd: [], heldOut, gate: [] });
  const shown = await judge.shown({ learned, rounds: 1 }, firstRows(world, list, list.length));
  return shown.map(({ rank }) => rank);
}
