/** Features that could not be measured, told by the others. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CrowdShape, imputed } from "../../../core/profile/imputation.ts";
import { segmentLimits } from "../../../core/profile/segmentschema.ts";
import { seededRandom } from "../../../core/seeded.ts";
import { gaussianFrom, orthonormalRows } from "../../gaussian.ts";

const features = 6;
const dim = 3;

/** A crowd's shape with orthonormal loadings, in units of features. */
function shapeOf(seed: number): CrowdShape {
  const random = seededRandom(seed);
  const loadings = orthonormalRows({ rows: dim, columns: features, random });
  const center = Array.from({ length: features }, () => random() - 0.5);
  const spreads = Array.from({ length: features }, () => 0.1 + random());
  const deviations = Array.from({ length: dim }, () => 0.8 * random());
  const axes = loadings.map((value, at) => value / spreads[at % features]);
  return { center, axes, spreads, deviations };
}

/** The covariance of features in units of their spreads, as the model has it. */
function covarianceOf({ axes, spreads, deviations }: CrowdShape): number[][] {
  const loading = (k: number, f: number) => axes[k * features + f] * spreads[f];
  return Array.from({ length: features }, (_, f) =>
    Array.from({ length: features }, (_, g) => {
      let told = 0;
      let ofItself = 0;
      for (let k = 0; k < dim; k++) {
        told += loading(k, f) * loading(k, g) * deviations[k] ** 2;
        ofItself += loading(k, f) ** 2 * deviations[k] ** 2;
      }
      return f === g ? told + Math.max(0.05, 1 - ofItself) : told;
    }),
  );
}

describe("a feature that could not be measured", () => {
  test("is the mean of normal people who are alike in all others", () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.array(fc.boolean(), { minLength: features, maxLength: features }),
        (seed, isKnown) => {
          const shape = shapeOf(seed);
          const random = seededRandom(seed + 1);
          const whole = Array.from({ length: features }, () => 2 * random() - 1);
          const vector = whole.map((value, f) => (isKnown[f] ? value : Number.NaN));
          const got = imputed(shape, vector);
          const covariance = covarianceOf(shape);
          const known = isKnown.flatMap((is, f) => (is ? [f] : []));
          const z = known.map((f) => (whole[f] - shape.center[f]) / shape.spreads[f]);
          const weights = gaussianFrom(
            known.map((f) => [...known.map((g) => covariance[f][g])]),
            z,
          );
          for (let f = 0; f < features; f++) {
            const told = known.reduce((sum, g, at) => sum + covariance[f][g] * weights[at], 0);
            const wanted = isKnown[f] ? whole[f] : shape.center[f] + shape.spreads[f] * told;
            expect(got[f]).toBeCloseTo(wanted, 9);
          }
        },
      ),
    );
  });

  test("stands at the centre where nothing is known, and where nobody differs", () => {
    const shape = shapeOf(1);
    const none = new Float64Array(features).fill(Number.NaN);
    expect([...imputed(shape, none)]).toEqual([...Array.from(shape.center)]);
    const alike = { ...shape, deviations: [0, 0, 0], spreads: new Array(features).fill(0) };
    const some = Float64Array.from(none, (value, f) => (f === 2 ? 0.5 : value));
    expect([...imputed(alike, some)]).toEqual(Array.from(shape.center, (c, f) => (f === 2 ? 0.5 : c)));
  });

  test("is a number, whatever a shape says within the limits of a part", () => {
    const { reach } = segmentLimits;
    const numbers = (length: number, min = -reach) =>
      fc.array(fc.oneof(fc.double({ min, max: reach, noNaN: true }), fc.constantFrom(min, reach, 1e-310)), {
        minLength: length,
        maxLength: length,
      });
    const vectors = fc.array(fc.oneof(fc.constant(Number.NaN), fc.double({ min: -1, max: 1, noNaN: true })), {
      minLength: features,
      maxLength: features,
    });
    const shapes = fc.record({
      ...{ center: numbers(features), axes: numbers(features * dim) },
      ...{ spreads: numbers(features), deviations: numbers(dim, 0) },
    });
    fc.assert(
      fc.property(shapes, vectors, (shape, vector) => {
        expect(imputed(shape, vector).every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test("of another length of vector it says so", () => {
    expect(() => imputed(shapeOf(1), [1])).toThrow("imputed: vector must have 6 numbers, got 1");
  });
});
