/** When a list is better beyond noise, and what the forms of fine-tuning move. */
import { expect, test } from "vitest";
import { beyondNoise } from "../../bench/temporal/noise.ts";
import { tuningForms } from "../../bench/temporal/tuningforms.ts";
import { rankerUnits } from "../../core/ranking/ranker/learnedunits.ts";
import { placed } from "../../core/ranking/ranker/units.ts";

test("a change is beyond noise where purchases agree on it, and not where they differ", () => {
  const rows = Array.from({ length: 20 }, (_, row) => row);
  const last = [...rows.slice(10), ...rows.slice(0, 10)];
  const first10 = new Set(rows.slice(0, 10));
  expect(beyondNoise({ before: rows, after: last, targets: first10, k: 20 })).toBe("worse");
  expect(beyondNoise({ before: last, after: rows, targets: first10, k: 20 })).toBe("better");
  expect(beyondNoise({ before: rows, after: rows, targets: first10, k: 20 })).toBe("neither");
  expect(beyondNoise({ before: rows, after: last, targets: new Set(rows), k: 20 })).toBe("neither");
  expect(beyondNoise({ before: rows, after: [30], targets: new Set([0]), k: 20 })).toBe("worse");
  expect(beyondNoise({ before: rows, after: last, targets: new Set([0]), k: 5 })).toBe("worse");
  expect(beyondNoise({ before: rows, after: last, targets: new Set([9]), k: 5 })).toBe("neither");
});

test("multipliers of all groups together multiply all weights", () => {
  const units = rankerUnits.flatMap((unit) => placed(unit) ?? []);
  const weights = Float64Array.from(units, (_, at) => 0.3 + at);
  const of = (name: string) => {
    const form = tuningForms.find((one) => one.name.includes(name));
    return form?.directions?.({ units, weights }) ?? [];
  };
  const whole = new Float64Array(units.length);
  for (const direction of of("multiplier")) for (const [k, value] of direction.entries()) whole[k] += value;
  for (const [k, value] of whole.entries()) expect(value).toBeCloseTo(weights[k], 12);
});
