/** docs/FEATURES.md says what the table says. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Feature } from "../../../core/profile/feature.ts";
import { missingRules } from "../../../core/profile/featurevector.ts";
import { features } from "../../../core/profile/table.ts";

const page = readFileSync(new URL("../../../docs/FEATURES.md", import.meta.url), "utf8");

/** What segments take where a value is missing; "no" for what they are not told by. */
function inSegments(name: string): string {
  const rule = (missingRules as Readonly<Record<string, number | string>>)[name];
  if (rule === undefined) return "no";
  return rule === "unknown" ? "told by the others" : rule === 1 ? "the most" : "the least";
}

test("the page has a line for each feature of the table, in its order, with all that the table says", () => {
  const lines = features.map(({ name, title, unit, range, scale, missing }: Feature) => {
    const cells = [
      `\`${name}\``,
      title,
      unit,
      `${range[0]} to ${range[1].toLocaleString("en")}`,
      scale,
      missing,
    ];
    return `| ${[...cells, inSegments(name)].join(" | ")} |`;
  });
  const found = page.split("\n").filter((line) => line.startsWith("| `"));
  expect(found).toEqual(lines);
});
