/**
 * What people click in the lists that they are served, by the position-based model (Craswell et al. 2008): an
 * item is clicked where its place is looked at, and it is relevant; both are by chance, and neither hangs on
 * the other.
 *
 *   examined(p) = 1 / p^eta
 *
 * In a part of the lists, trials, the item of the first place and that of another one stand in each other's
 * place with a chance of a half (Joachims, Swaminathan, Schnabel 2017, 5.3).
 */
import { drawTrial, placeBuckets } from "../../core/lists/trial.ts";
import type { Served } from "./world.ts";

export interface Clicking {
  readonly eta: number;
  /** Lists that a person is served. */
  readonly visits: number;
  /** Part of the lists that are trials. */
  readonly trials: number;
  /** Relevance of what somebody does not buy; 1 for what they do. */
  readonly noise: number;
  /** Part of what they buy without a click that they find without a list. */
  readonly elsewhere: number;
}

export interface Trial {
  /** The place beside the first, counted from 1. */
  readonly place: number;
  readonly clickedFirst: boolean;
  readonly clickedPlace: boolean;
}

export interface Clicked {
  /** By row, the place of its last click; null for what was found without a list. */
  readonly wanted: ReadonlyMap<number, number | null>;
  /** By wanted row, the places in which it stood, one a list. */
  readonly stoodAt: ReadonlyMap<number, readonly number[]>;
  readonly trials: readonly Trial[];
}

export function examined(place: number, eta: number): number {
  return place ** -eta;
}

export function clicksOf(
  { lists, wants }: Pick<Served, "lists" | "wants">,
  { eta, visits, trials, noise, elsewhere }: Clicking,
  random: () => number,
): Clicked {
  const wanted = new Map<number, number | null>();
  const stoodAt = new Map<number, number[]>();
  const tried: Trial[] = [];
  for (let visit = 0; visit < visits; visit++) {
    const list = [...lists[Math.floor(random() * lists.length)]];
    const trial = drawTrial({ share: trials, ends: placeBuckets, length: list.length }, (count) =>
      Math.floor(random() * count),
    );
    const place = trial?.place ?? null;
    if (place !== null && trial?.isSwapped) [list[0], list[place - 1]] = [list[place - 1], list[0]];
    const clicked = list.map((row, at) => random() < examined(at + 1, eta) * (wants.has(row) ? 1 : noise));
    for (const [at, row] of list.entries()) {
      if (clicked[at]) wanted.set(row, at + 1);
      if (wants.has(row) || clicked[at]) stoodAt.set(row, [...(stoodAt.get(row) ?? []), at + 1]);
    }
    if (place !== null) {
      tried.push({ place, clickedFirst: clicked[0], clickedPlace: clicked[place - 1] });
    }
  }
  for (const row of wants) if (!wanted.has(row) && random() < elsewhere) wanted.set(row, null);
  return { wanted, stoodAt, trials: tried };
}
