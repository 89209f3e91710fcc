/**
 * What a person's lists on trial say of places (core/lists/servings.ts): at which of the two places that a
 * coin swapped something was clicked, within a stated period, as a vector
 *
 *   [ 1 | clicks at the first place, by the bucket of the other | clicks at the other place, by its bucket ]
 *
 * Let n be the number of the person's clicks that count, two at most for each list and day on trial, and m
 * the most that count in full (`mostClicks`). Each adds 1 / max(n, m) to its number.
 *
 * Who has no such click adds the 1 and zeros: that somebody answered tells then neither that a list of theirs
 * was on trial nor that they clicked.
 *
 * Sensitivity. Every number is at least 0, and those of clicks sum to n / max(n, m) <= 1. For numbers of at
 * least 0 the L2 norm is at most their sum, so theirs is at most 1; the people's coordinate is 1; the whole
 * vector's norm is at most sqrt(1 + 1) = sqrt(2), whatever the journal and what is kept of lists hold. Clicks
 * at one place of one bucket, m or more, attain it.
 */
import type { TacitEvent } from "../../events/event.ts";
import { clicksOf, type KeptTrials } from "../../lists/servings.ts";
import { bucketOf } from "../../lists/trial.ts";

export interface PlacesSettings {
  /** The period: clicks from `fromMs` up to, not including, `toMs` (milliseconds since the Unix epoch). */
  readonly fromMs: number;
  readonly toMs: number;
  /** Last places of buckets, ascending: the first bucket begins with place 2. */
  readonly ends: readonly number[];
  /** Most clicks of a person that count in full. */
  readonly mostClicks: number;
}

/** Where the parts of the vector start; the person's own 1 stands at 0. */
export interface PlacesLayout {
  readonly first: number;
  readonly other: number;
  readonly length: number;
}

export function placesLayout({ ends }: Pick<PlacesSettings, "ends">): PlacesLayout {
  return { first: 1, other: 1 + ends.length, length: 1 + 2 * ends.length };
}

/** Largest L2 norm of a person's vector; the header has the proof. */
export const placesSensitivity = Math.SQRT2;

/** What a person's clicks say, and the newest event behind it. */
export interface PlacesContribution {
  readonly values: Float64Array;
  readonly newest: TacitEvent;
}

/** Null for an empty journal: there is nobody to speak of. `events` oldest first. */
export function placesOf(
  settings: PlacesSettings,
  events: readonly TacitEvent[],
  trials: KeptTrials,
): PlacesContribution | null {
  const { fromMs, toMs, ends, mostClicks } = settings;
  const last = events.at(-1);
  if (last === undefined) return null;
  const clicks = events.filter(({ kind }) => kind === "click");
  const layout = placesLayout(settings);
  const counted = trials.flatMap((one) => {
    const found = clicksOf(one, clicks);
    const bucket = one.trial === null ? null : bucketOf(ends, one.trial.place);
    if (found === null || bucket === null) return [];
    const { first, other } = found;
    const both = [
      { click: first, at: layout.first + bucket },
      { click: other, at: layout.other + bucket },
    ];
    return both.flatMap(({ click, at }) =>
      click !== null && click.atMs >= fromMs && click.atMs < toMs ? [{ click, at }] : [],
    );
  });
  const values = new Float64Array(layout.length);
  values[0] = 1;
  for (const { at } of counted) values[at] += 1 / Math.max(counted.length, mostClicks);
  const newest = counted.reduce<TacitEvent | null>(
    (found, { click }) => (found === null || click.atMs > found.atMs ? click : found),
    null,
  );
  return { values, newest: newest ?? last };
}
