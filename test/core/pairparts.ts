/** Lists of item pairs and what is said by them, for tests: at random, and read as plainly as can be. */
import fc from "fast-check";
import type { PairsPart, PairWeights } from "../../core/model/pairs.ts";

export interface PairList {
  readonly count: number;
  /** Each once, in any order, either item first. */
  readonly pairs: readonly (readonly [number, number])[];
}

/** Lists of some pairs, all or none, of up to `most` items. */
export function pairListsOf(most: number): fc.Arbitrary<PairList> {
  return fc.integer({ min: 0, max: most }).chain((count) => {
    const all = Array.from({ length: count }, (_, a) =>
      Array.from({ length: a }, (_, b) => ((a * b) % 3 === 0 ? ([a, b] as const) : ([b, a] as const))),
    ).flat();
    return fc.record({ count: fc.constant(count), pairs: fc.shuffledSubarray(all) });
  });
}

/** The pattern of a list, found by looking at each item and each other one. */
export function plainPattern({ count, pairs }: PairList): PairWeights["pattern"] {
  const isListed = (a: number, b: number) =>
    pairs.some(([x, y]) => (x === a && y === b) || (x === b && y === a));
  const items = Array.from({ length: count }, (_, item) => item);
  const near = items.map((item) => items.filter((other) => isListed(item, other)));
  const names = near.flatMap((others, item) =>
    others.filter((other) => other > item).map((other) => `${item} ${other}`),
  );
  const numberOf = (a: number, b: number) => names.indexOf(`${Math.min(a, b)} ${Math.max(a, b)}`);
  return {
    starts: Uint32Array.from([0, ...items.map((item) => near.slice(0, item + 1).flat().length)]),
    neighbours: Uint32Array.from(near.flat()),
    pairs: Uint32Array.from(near.flatMap((others, item) => others.map((other) => numberOf(item, other)))),
    pairCount: pairs.length,
  };
}

/** Weights of a list, at random: int8, and scales that float32 carries exactly. */
export function pairsPartOf(list: PairList, items: readonly string[]): fc.Arbitrary<PairsPart> {
  const sized = (size: number) => ({ minLength: size, maxLength: size });
  return fc.record({
    items: fc.constant(items),
    round: fc.nat(),
    reports: fc.nat(),
    asked: fc.nat(),
    recent: fc.option(
      fc.record({
        // What two bytes carry exactly.
        shares: fc
          .array(fc.integer({ min: 0, max: 1024 }), sized(list.count))
          .map((shares) => Float32Array.from(shares, (share) => share / 1024)),
        floor: fc.double({ min: 1e-9, max: 1, noNaN: true }),
      }),
      { nil: null },
    ),
    pattern: fc.constant(plainPattern(list)),
    values: fc
      .array(fc.integer({ min: -127, max: 127 }), sized(2 * list.pairs.length))
      .map((values) => Int8Array.from(values)),
    scales: fc
      .array(fc.integer({ min: 0, max: 4000 }), sized(list.count))
      .map((scales) => Float32Array.from(scales, (scale) => scale / 1024)),
  });
}

/** Any part, that of no items and that of no pairs among them. */
export const pairsParts: fc.Arbitrary<PairsPart> = pairListsOf(8).chain((list) =>
  fc
    .uniqueArray(fc.string({ minLength: 1, maxLength: 20, unit: "grapheme" }), {
      ...{ minLength: list.count, maxLength: list.count },
    })
    .chain((items) => pairsPartOf(list, items)),
);

/** What having one item says for another, items by number: 0 where the pair is not listed. */
export function saidBy({ pattern, values, scales }: PairWeights, item: number, other: number): number {
  for (let at = pattern.starts[item]; at < pattern.starts[item + 1]; at++) {
    if (pattern.neighbours[at] === other) return values[at] * scales[item];
  }
  return 0;
}
