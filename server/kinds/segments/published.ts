/** What was learned as the part that browsers read, and back: later rounds begin with what is in force. */
import type { SegmentsPart } from "../../../core/model/segments.ts";
import { featureKeys, type VectorEntry, vectorEntries } from "../../../core/profile/featurevector.ts";
import type { Learned, Learning } from "./rounds.ts";

/** Digits that places are told with: far below what noise, or another crowd, moves them by. */
const digits = 6;

export interface PartAbout extends Pick<SegmentsPart, "origin"> {
  readonly reports: number;
  /** What was in force: settings of a segment that is still there stay. */
  readonly before: SegmentsPart | null;
  /** What vectors are of; the whole table unless given. */
  readonly entries?: readonly VectorEntry[];
}

export function partOfPlaced(
  { space, centroids, distance, people, names }: Omit<Learned, "stage" | "choice">,
  { reports, origin, before, entries = vectorEntries }: PartAbout,
): SegmentsPart {
  const total = people.reduce((sum, count) => sum + count, 0);
  const isSame = before !== null && isSameSpace(before, space.axes);
  return {
    features: entries.map(({ key }) => key),
    center: shortened(space.center),
    axes: shortened(space.axes),
    ...{ count: centroids.count, dim: centroids.dim, centroids: shortened(centroids.centroids) },
    spreads: shortened(space.spreads),
    deviations: shortened(space.deviations),
    distance: short(distance),
    segments: names.map((name, j) => {
      const halfLifeDays = isSame ? before.segments.at(j)?.halfLifeDays : undefined;
      const share = short(total === 0 ? 1 / names.length : people[j] / total);
      return { name, share, ...(halfLifeDays === undefined ? {} : { halfLifeDays }) };
    }),
    people: reports,
    origin,
  };
}

/** As far as the part leads: its centroids, to be refined. Null where it is of another table. */
export function learningFrom(part: SegmentsPart): Extract<Learning, { readonly stage: "refine" }> | null {
  const isSameTable =
    part.features.length === featureKeys.length && part.features.every((key, at) => key === featureKeys[at]);
  if (!isSameTable) return null;
  const { center, axes, dim, deviations, spreads, count, centroids, distance } = part;
  return {
    ...{ stage: "refine", done: 0, choice: { k: count, scores: [] } },
    space: {
      center: Float64Array.from(center),
      axes: Float64Array.from(axes),
      dim,
      deviations: Float64Array.from(deviations),
      spreads: Float64Array.from(spreads),
    },
    centroids: { count, dim, centroids: Float64Array.from(centroids) },
    distance,
  };
}

/** Centroids of one space are those of before, moved; in another space nobody knows which was which. */
function isSameSpace(before: SegmentsPart, axes: Float64Array): boolean {
  const now = shortened(axes);
  return before.axes.length === now.length && before.axes.every((value, at) => value === now[at]);
}

function shortened(values: ArrayLike<number>): number[] {
  return Array.from(values, short);
}

function short(value: number): number {
  return Number(value.toPrecision(digits));
}
