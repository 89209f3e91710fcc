/** The part of segments: what is written is read, and what nobody could use is refused. */
import { describe, expect, test } from "vitest";
import { jsonToBytes } from "../../../core/json.ts";
import { encodePart } from "../../../core/model/part.ts";
import { encodeSegments, parseSegments, type SegmentsPart } from "../../../core/model/segments.ts";
import { segmentsPart } from "../../segmentspart.ts";

const part = segmentsPart();

describe("a part of segments", () => {
  test("is read as it was written, and keys of later versions are ignored", () => {
    expect(parseSegments(encodeSegments(part))).toEqual(part);
    const bytes = encodePart({
      ...{ kind: "segments", fields: {} },
      sections: [{ name: "segments", type: "json", data: jsonToBytes({ ...part, later: [1] }) }],
    });
    expect(parseSegments(bytes)).toEqual(part);
  });

  test("is small: less than five kilobytes for eight segments on eight axes", () => {
    const numbers = (count: number) => Array.from({ length: count }, (_, at) => 1 / (at + 3));
    const large = {
      ...part,
      ...{ count: 8, dim: 8, axes: numbers(8 * part.features.length), centroids: numbers(64) },
      ...{ deviations: numbers(8), segments: Array.from({ length: 8 }, () => part.segments[0]) },
    };
    expect(encodeSegments(large).length).toBeLessThan(8_192);
  });

  test.each<[string, Partial<SegmentsPart>]>([
    ["names for another number of segments", { segments: part.segments.slice(1) }],
    ["spreads of another table", { spreads: part.spreads.slice(1) }],
    ["axes of another number", { dim: 1 }],
    ["a share beyond all", { segments: part.segments.map((one) => ({ ...one, share: 1.2 })) }],
    ["a half-life of nothing", { segments: part.segments.map((one) => ({ ...one, halfLifeDays: 0 })) }],
    ["a centroid out of reach", { centroids: part.centroids.map(() => 1e4) }],
  ])("is refused with %s", (_, changed) => {
    expect(() => encodeSegments({ ...part, ...changed })).toThrow(TypeError);
  });
});
