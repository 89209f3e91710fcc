/**
 * The part of the ranker: what is written is read, also by those who know fewer features, and what nobody
 * could use is refused.
 */
import { expect, test } from "vitest";
import { jsonToBytes } from "../../../core/json.ts";
import { encodePart } from "../../../core/model/part.ts";
import { encodeRanker, parseRanker, rankerLimits, stagesOf } from "../../../core/model/ranker.ts";
import { loadedRanker } from "../../../core/ranking/ranker/weights.ts";
import { judgedStages, rankerPart } from "../../rankerpart.ts";

const part = rankerPart();

test("a part is read as it was written, in less than twelve kilobytes", () => {
  const bytes = encodeRanker(part);
  expect(parseRanker(bytes)).toEqual(part);
  expect(bytes.length).toBeLessThan(12_000);
});

test("what was measured of its stages is read with it, where it was", () => {
  const measured = { ...rankerPart(), judged: judgedStages };
  expect(parseRanker(encodeRanker(measured))).toEqual(measured);
  expect(parseRanker(encodeRanker(rankerPart()))).not.toHaveProperty("judged");
});

test("a stage is on where its part has it in force, whatever was measured of it", () => {
  const stages = judgedStages.stages.map((one) => ({ ...one, isOn: false }));
  const forced = { ...rankerPart({ diversity: 0, novelty: 0 }), judged: { ...judgedStages, stages } };
  const isOn = (part: typeof forced) =>
    Object.fromEntries(stagesOf(part).map((one) => [one.stage, one.isOn]));
  expect(isOn(forced)).toEqual({ ranker: true, variety: false });
  expect(isOn({ ...forced, novelty: 0.5 })).toEqual({ ranker: true, variety: true });
  expect(stagesOf(rankerPart())).toEqual([]);
});

test("units of features that a reader does not know are left out, and the others keep their weights", () => {
  const later = {
    ...part,
    units: [{ shape: "linear" as const, of: "later" }, ...part.units],
    weights: [7, ...part.weights],
  };
  const known = loadedRanker(parseRanker(encodeRanker(later)));
  expect(known).toEqual(loadedRanker(part));
});

test("units of shapes that a reader does not know are left out too", () => {
  const later = {
    ...part,
    units: [{ shape: "cube", of: "joint" }, ...part.units],
    weights: [7, ...part.weights],
  };
  const bytes = encodePart({
    ...{ kind: "ranker", fields: {} },
    sections: [{ name: "ranker", type: "json", data: jsonToBytes(later) }],
  });
  expect(parseRanker(bytes)).toEqual(part);
});

test("a part of which a reader knows no unit ranks nothing a second time", () => {
  expect(loadedRanker({ units: [{ shape: "linear", of: "later" }], weights: [1] })).toBeNull();
});

test.each([
  ["no unit", { units: [], weights: [] }],
  ["a weight too few", { weights: part.weights.slice(1) }],
  ["a weight that is none", { weights: part.weights.map(() => Number.NaN) }],
  ["a weight beyond all bounds", { weights: part.weights.map(() => rankerLimits.weight + 1) }],
  ["a shape that is none", { units: part.units.map(() => ({ shape: "cube", of: "joint" })) }],
  ["a part of the popular above 1", { novelty: 1.5 }],
])("%s is refused", (_, fault) => {
  expect(() => encodeRanker({ ...part, ...fault } as typeof part)).toThrow(TypeError);
});
