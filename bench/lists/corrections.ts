/**
 * Ways to correct for places: what each wanted row of a person counts for, and what all that they send is
 * times, once it is clipped. Nothing and the chosen way are measured always, the others with `--tried`.
 */
import { chanceAt, mostPlaces, type PlaceCurve } from "../../core/lists/placecurve.ts";
import type { Clicked } from "./clicks.ts";
import type { Taught } from "./teaching.ts";
import type { Served } from "./world.ts";

export interface Correction {
  readonly name: string;
  readonly of: (clicked: Clicked, curve: PlaceCurve) => Omit<Taught, "person">;
}

export const nothing: Correction = {
  name: "nothing corrected",
  of: ({ wanted }) => ({ wanted: new Map([...wanted.keys()].map((row) => [row, 1])), share: 1 }),
};

/** As devices do (core/tasks/ranker/placeweights.ts). */
export const chosen: Correction = { name: "corrected", of: outside(byPlace) };

export const tried: readonly Correction[] = [
  { name: "weights within the clip", of: within(byPlace) },
  { name: "weights of a person of mean 1", of: (...told) => ({ ...outside(byPlace)(...told), share: 1 }) },
  {
    name: "weights of at least 0.1",
    of: outside((...told) => byPlace(...told).map((one) => Math.max(0.1, one))),
  },
  {
    name: "weights of at least 0.3",
    of: outside((...told) => byPlace(...told).map((one) => Math.max(0.3, one))),
  },
  { name: "roots of the weights", of: outside((...told) => byPlace(...told).map(Math.sqrt)) },
  { name: "by all places where it stood", of: outside(byAllPlaces) },
];

export function crowdTaught(
  crowd: readonly { readonly person: Served; readonly clicked: Clicked }[],
  correction: Correction,
  curve: PlaceCurve,
): readonly Taught[] {
  return crowd.flatMap(({ person, clicked }) =>
    clicked.wanted.size === 0 ? [] : [{ person, ...correction.of(clicked, curve) }],
  );
}

type Weights = (clicked: Clicked, curve: PlaceCurve) => readonly number[];

function byPlace({ wanted }: Clicked, curve: PlaceCurve): readonly number[] {
  const least = chanceAt(curve, mostPlaces);
  return [...wanted.values()].map((place) => (place === null ? 1 : least / chanceAt(curve, place)));
}

/** How likely it was looked at in any of the lists that it stood in. */
function byAllPlaces({ wanted, stoodAt }: Clicked, curve: PlaceCurve): readonly number[] {
  const least = chanceAt(curve, mostPlaces);
  return [...wanted].map(([row, place]) => {
    if (place === null) return 1;
    const unseen = (stoodAt.get(row) ?? []).reduce((chance, at) => chance * (1 - chanceAt(curve, at)), 1);
    return Math.min(1, least / (1 - unseen));
  });
}

function within(weights: Weights): Correction["of"] {
  return (clicked, curve) => ({ wanted: named(clicked, weights(clicked, curve)), share: 1 });
}

/** The same statistics, but that the clip does not undo what whole people count for. */
function outside(weights: Weights): Correction["of"] {
  return (clicked, curve) => {
    const told = weights(clicked, curve);
    const share = told.reduce((sum, one) => sum + one, 0) / told.length;
    return {
      wanted: named(
        clicked,
        told.map((one) => one / share),
      ),
      share,
    };
  };
}

function named({ wanted }: Clicked, weights: readonly number[]): ReadonlyMap<number, number> {
  return new Map([...wanted.keys()].map((row, at) => [row, weights[at]]));
}
