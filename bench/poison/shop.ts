/**
 * The gift shop as the attacks see it: the product's own reading of catalogue and gate, real customers as the
 * crowd.
 */
import { fileURLToPath } from "node:url";
import { inputOfFile } from "../../server/publishing/input/input.ts";
import { type HeldOutPerson, readHoldout } from "../../server/publishing/train/holdout.ts";
import type { HeldOut, Person } from "../data.ts";
import { type PublicSide, publicSideOf } from "../publicside.ts";
import { readCustomers, readShopCatalogue } from "../shop.ts";

export interface PoisonShop {
  readonly publicSide: PublicSide;
  /** The honest: items as rows of the catalogue, the number of orders with an item as its weight. */
  readonly crowd: readonly Person[];
  readonly heldOut: readonly HeldOut[];
  /** Whom the server's gate looks at; none of them is held out or in the crowd. */
  readonly gate: readonly HeldOutPerson[];
}

export interface ShopLimits {
  readonly contentDim: number;
  /** At most so many held-out people, and so many of the gate's. */
  readonly heldOut: number;
  readonly gate: number;
}

export async function readPoisonShop({
  contentDim,
  heldOut: most,
  gate: mostAtGate,
}: ShopLimits): Promise<PoisonShop> {
  const directory = fileURLToPath(new URL("../../demo/data", import.meta.url));
  const publicSide = publicSideOf(await readShopCatalogue(directory), contentDim);
  const rowOf = new Map(publicSide.catalogue.map(({ item }, row) => [item, row]));
  const { orders, heldOut: judged } = readCustomers(directory);
  const atGate = await readHoldout(inputOfFile(`${directory}/gate.csv.gz`));
  const crowd: Person[] = [];
  const heldOut: HeldOut[] = [];
  for (const [customer, lines] of orders) {
    if (atGate.has(customer)) continue;
    const weights = new Map<number, number>();
    for (const { item } of lines) {
      const row = rowOf.get(item);
      if (row !== undefined) weights.set(row, (weights.get(row) ?? 0) + 1);
    }
    const person = judged.get(customer);
    if (person === undefined) {
      if (weights.size > 1) crowd.push(personOf(weights));
      continue;
    }
    const targets = new Set(person.targets.flatMap((item) => rowOf.get(item) ?? []));
    for (const row of targets) weights.delete(row);
    if (targets.size > 0 && weights.size > 0) heldOut.push({ foldIn: personOf(weights), targets });
  }
  return {
    publicSide,
    crowd,
    heldOut: heldOut.slice(0, most),
    gate: [...atGate.values()].slice(0, mostAtGate),
  };
}

function personOf(weights: ReadonlyMap<number, number>): Person {
  const pairs = [...weights].sort(([a], [b]) => a - b);
  return {
    items: Uint32Array.from(pairs, ([row]) => row),
    weights: Float64Array.from(pairs, ([, weight]) => weight),
  };
}
