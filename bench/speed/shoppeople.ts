/** The gift shop's public side, its crowd, and its people held out by how much they bought. */
import type { TasteRows } from "../../core/foldin.ts";
import type { Person } from "../data.ts";
import { readPoisonShop } from "../poison/shop.ts";
import type { PublicSide } from "../publicside.ts";

export interface ShopPeople {
  readonly publicSide: PublicSide;
  readonly people: readonly Person[];
  /** Fewest tastes first. */
  readonly judged: readonly TasteRows[];
}

export async function peopleOfShop(contentDim: number): Promise<ShopPeople> {
  const { publicSide, crowd, heldOut } = await readPoisonShop({ contentDim, heldOut: 1000, gate: 0 });
  const judged = heldOut.map(({ foldIn }) => foldIn).sort((a, b) => a.items.length - b.items.length);
  return { publicSide, people: crowd, judged };
}

/** Which share of the people dealt with each of the items. */
export function countPeople(people: readonly Person[], items: number): Float64Array {
  const shares = new Float64Array(items);
  for (const person of people) for (const item of person.items) shares[item] += 1 / people.length;
  return shares;
}
