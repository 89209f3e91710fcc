/** docs/RANKER.md has the table of features as it is. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { rankerFeatures } from "../../../../core/ranking/ranker/features.ts";

test("docs/RANKER.md lists each feature with its group, centre and width, in the order of the table", () => {
  const text = readFileSync(new URL("../../../../docs/RANKER.md", import.meta.url), "utf8");
  const rows = [...text.matchAll(/^\| `(\w+)` \| (\w+) \| .+ \| ([-\d.]+) \| ([-\d.]+) \|$/gm)];
  expect(
    rows.map(([, name, group, centre, width]) => ({ name, group, centre: +centre, width: +width })),
  ).toEqual(rankerFeatures.map(({ name, group, centre, width }) => ({ name, group, centre, width })));
});
