import fc from "fast-check";
import { expect, test } from "vitest";
import {
  eachPair,
  patternOfPairs,
  patternOfUpper,
  placeOf,
  transposed,
  upperOf,
} from "../../../core/model/pairlist.ts";
import { pairListsOf, plainPattern } from "../pairparts.ts";

const lists = pairListsOf(9);

test("each item has those it stands in a pair with, in ascending order, a pair under one number at both places", () => {
  fc.assert(
    fc.property(lists, (list) => {
      expect(patternOfPairs(list.pairs, list.count)).toEqual(plainPattern(list));
    }),
  );
});

test("each pair once, and the pattern, are made from each other", () => {
  fc.assert(
    fc.property(lists, (list) => {
      const ascending = list.pairs
        .map(([a, b]) => [Math.min(a, b), Math.max(a, b)])
        .sort(([a, b], [x, y]) => a - x || b - y);
      const upper = {
        degrees: Uint32Array.from({ length: list.count }, (_, item) => {
          return ascending.filter(([first]) => first === item).length;
        }),
        neighbours: Uint32Array.from(ascending, ([, second]) => second),
      };
      const pattern = plainPattern(list);
      expect(upperOf(pattern)).toEqual(upper);
      expect(patternOfUpper(upper)).toEqual(pattern);
      const visited: (readonly number[])[] = [];
      eachPair(pattern, (pair, a, b) => visited.push([pair, a, b]));
      expect(visited).toEqual(ascending.map(([a, b], pair) => [pair, a, b]));
    }),
  );
});

test("a neighbour is found at its place, and whatever is none at -1", () => {
  fc.assert(
    fc.property(lists, (list) => {
      const pattern = plainPattern(list);
      const { starts, neighbours } = pattern;
      for (let item = 0; item < list.count; item++) {
        for (let other = 0; other <= list.count; other++) {
          const among = neighbours.subarray(starts[item], starts[item + 1]).indexOf(other);
          expect(placeOf(pattern, item, other)).toBe(among < 0 ? -1 : starts[item] + among);
        }
      }
    }),
  );
});

test("numbers seen from the neighbours are a matrix transposed, and seen from there again what they were", () => {
  fc.assert(
    fc.property(lists, fc.infiniteStream(fc.double({ noNaN: true })), (list, numbers) => {
      const pattern = plainPattern(list);
      const { starts, neighbours } = pattern;
      const values = Float64Array.from({ length: neighbours.length }, () => numbers.next().value);
      const denseOf = (of: Float64Array) => {
        const dense = Array.from({ length: list.count }, () => Array<number | null>(list.count).fill(null));
        for (let item = 0; item < list.count; item++) {
          for (let at = starts[item]; at < starts[item + 1]; at++) dense[item][neighbours[at]] = of[at];
        }
        return dense;
      };
      const dense = denseOf(values);
      const turned = transposed(pattern, values);
      expect(denseOf(turned)).toEqual(dense.map((row, a) => row.map((_, b) => dense[b][a])));
      expect(transposed(pattern, turned)).toEqual(values);
    }),
  );
});

test("a pattern is the same whichever way round its pairs are told, and in whatever order", () => {
  const one = patternOfPairs(
    [
      [0, 2],
      [1, 2],
      [0, 3],
    ],
    4,
  );
  expect(
    patternOfPairs(
      [
        [3, 0],
        [2, 1],
        [2, 0],
      ],
      4,
    ),
  ).toEqual(one);
  expect([...one.neighbours.subarray(one.starts[2], one.starts[3])]).toEqual([0, 1]);
});
