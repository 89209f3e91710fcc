import { expect, test } from "vitest";
import { gramOf } from "../../../core/linear.ts";
import { bestRows } from "../../../core/ranking/best.ts";
import { hasShares, type RankingParts, rankingModel } from "../../../core/ranking/model.ts";
import { rank } from "../../../core/ranking/pipeline.ts";
import { denseRows } from "../../../core/rows.ts";

const rows = Float64Array.of(3, 4, 0, 0, -5, 12);
const parts: RankingParts = {
  cards: ["a", "b", "c"].map((item) => ({ item })),
  shares: Float32Array.of(0, 0.5, 0.25),
  jointRows: () => denseRows(rows, 3, 2),
  alpha0: 0.3,
  lambda: 0.01,
};

const lowerOf = (gram: Float64Array) => [gram[0], gram[2], gram[3]];

test("joint rows are made when they are first needed, once; a list of the most wanted needs none", () => {
  let made = 0;
  const jointRows = () => {
    made++;
    return denseRows(rows, 3, 2);
  };
  const model = rankingModel({ ...parts, jointRows });
  expect([...bestRows(rank({ model, by: "trending" }), 3)]).toEqual([1, 2, 0]);
  expect(made).toBe(0);
  expect([...model.jointNorms]).toEqual([5, 0, 13]);
  expect(model.hasGram).toBe(false);
  expect(lowerOf(model.joint.gram)).toEqual(lowerOf(gramOf(rows, 3, 2)));
  expect(model.hasGram).toBe(true);
  expect(model.joint).toMatchObject({ alpha0: 0.3, lambda: 0.01 });
  expect(model.joint).toBe(model.joint);
  expect(model.jointNorms).toBe(model.jointNorms);
  expect(made).toBe(1);
});

test("a row is a place among the cards", () => {
  const model = rankingModel(parts);
  expect(model.count).toBe(3);
  expect(["a", "b", "c", "d"].map((item) => model.rowOf.get(item))).toEqual([0, 1, 2, undefined]);
  expect(hasShares(model)).toBe(true);
  expect(hasShares(rankingModel({ ...parts, shares: new Float32Array(3) }))).toBe(false);
});

test("shares and joint rows must be as many as cards", () => {
  expect(() => rankingModel({ ...parts, shares: new Float32Array(4) })).toThrow(
    new RangeError("rankingModel: shares must be 3, one a card, got 4"),
  );
  const short = rankingModel({
    ...parts,
    jointRows: () => denseRows(new Float64Array(4), 2, 2),
  });
  expect(() => short.joint).toThrow(new RangeError("rankingModel: joint rows must be 3, one a card, got 2"));
});
