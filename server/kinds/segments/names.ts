/**
 * A name in words for each segment: what its people do more or less of than all people.
 *
 *   z_f = (where the segment stands - the crowd's mean) / the crowd's spread, by feature
 *
 * told by the principal axes alone, so what these leave out is not seen. Features stand out by |z| of at
 * least `leastDeviation`, and of twice what noise moves a number of the centroid by; the two that stand out
 * most make the name, more where two segments would have one name. A feature says the same as another where
 * its words are the same.
 */
import { type VectorEntry, type VectorFeature, vectorEntries } from "../../../core/profile/featurevector.ts";
import { type Centroids, deviationsOf } from "../../../core/profile/segments.ts";
import type { LearnedSpace } from "./space.ts";

const leastDeviation = 0.5;
const leastPhrases = 2;
const mostPhrases = 4;
/** Of whom nothing stands out. */
const usual = "as most people";

interface Words {
  readonly less: string;
  readonly more: string;
}

const words: Readonly<Record<VectorFeature, Words>> = {
  visits: { less: "few visits", more: "many visits" },
  recentVisits: { less: "few visits lately", more: "many visits lately" },
  daysSinceVisit: { less: "here lately", more: "long not here" },
  minutesPerVisit: { less: "short visits", more: "long visits" },
  actsPerVisit: { less: "few acts a visit", more: "many acts a visit" },
  orders: { less: "few orders", more: "many orders" },
  daysSinceOrder: { less: "bought lately", more: "long without an order" },
  spent: { less: "spent little", more: "spent much" },
  recencyScore: { less: "long without an order", more: "bought lately" },
  frequencyScore: { less: "few orders", more: "many orders" },
  monetaryScore: { less: "spent little", more: "spent much" },
  morning: { less: "seldom in the morning", more: "in the morning" },
  afternoon: { less: "seldom in the afternoon", more: "in the afternoon" },
  evening: { less: "seldom in the evening", more: "in the evening" },
  weekend: { less: "on working days", more: "at the weekend" },
  dwell: { less: "quick looks at products", more: "long looks at products" },
  searching: { less: "seldom search", more: "search much" },
  categoryEntropy: { less: "few categories", more: "many categories" },
  priceLevel: { less: "low prices", more: "high prices" },
};

export interface NamingOptions {
  /** By centroid: standard deviation of the noise in each of its numbers. */
  readonly noise: ArrayLike<number>;
  /** What vectors are of; the whole table unless given. */
  readonly entries?: readonly VectorEntry[];
}

/** Different names, by centroid. */
export function segmentNames(
  space: Pick<LearnedSpace, "center" | "axes" | "spreads">,
  { count, dim, centroids }: Centroids,
  { noise, entries = vectorEntries }: NamingOptions,
): readonly string[] {
  const phrases = Array.from({ length: count }, (_, j) => {
    const centroid = Array.from({ length: dim }, (_, k) => centroids[j * dim + k]);
    const least = Math.max(leastDeviation, 2 * noise[j]);
    return phrasesFor(deviationsOf(space, space.spreads, centroid), least, entries);
  });
  const lengths = phrases.map(() => leastPhrases);
  const nameOf = (j: number) => phrases[j].slice(0, lengths[j]).join(", ") || usual;
  for (let more = leastPhrases; more < mostPhrases; more++) {
    const names = phrases.map((_, j) => nameOf(j));
    for (const [j, name] of names.entries()) if (isShared(names, name)) lengths[j] = more + 1;
  }
  return numbered(phrases.map((_, j) => nameOf(j)));
}

/** What stands out, most first, each phrase once. */
function phrasesFor(
  deviations: Float64Array,
  least: number,
  entries: readonly VectorEntry[],
): readonly string[] {
  const standing = Array.from(deviations.keys())
    .filter((f) => Math.abs(deviations[f]) >= least)
    .sort((a, b) => Math.abs(deviations[b]) - Math.abs(deviations[a]) || a - b);
  const said = standing.map((f) => {
    const { less, more } = words[entries[f].feature.name];
    return deviations[f] < 0 ? less : more;
  });
  return [...new Set(said)];
}

function isShared(names: readonly string[], name: string): boolean {
  return names.filter((other) => other === name).length > 1;
}

/** The second of a name is NAME (2), and so on. */
function numbered(names: readonly string[]): readonly string[] {
  return names.map((name, at) => {
    const before = names.slice(0, at).filter((other) => other === name).length;
    return before === 0 ? name : `${name} (${before + 1})`;
  });
}
