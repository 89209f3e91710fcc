/** Ids that a site's code names and the catalogue does not have: each is told once, with the one that is meant. */
import { nearestName } from "../../core/nearest.ts";
import type { Model } from "./model.ts";

/** A catalogue may be older than a shop's pages: beyond so many ids that is what it is. */
const mostTold = 20;

export class UnknownItems {
  readonly #told = new Set<string>();

  /** What to say of those that were not told yet. Nothing while the model is the head alone. */
  complaints(who: string, items: Iterable<string | undefined>, model: Model): readonly string[] {
    if (!model.isWhole) return [];
    const complaints: string[] = [];
    for (const item of items) {
      if (item === undefined || model.rowOf.has(item) || this.#told.has(item)) continue;
      if (this.#told.size >= mostTold) break;
      this.#told.add(item);
      complaints.push(unknownItem(who, item, model));
    }
    return complaints;
  }
}

/** The text of an error about an item that is not there. */
export function unknownItem(who: string, item: string, { rowOf }: Pick<Model, "rowOf">): string {
  const meant = nearestName(item, rowOf.keys());
  const message = `${who}: item must be in the catalogue, got ${JSON.stringify(item)}`;
  return meant === null ? message : `${message}: ${JSON.stringify(meant)} is meant?`;
}
