import { expect, test } from "vitest";
import { parseDraft } from "../../../server/experiments/draft.ts";

const draft = {
  name: "banner",
  arms: [{ name: "control" }, { name: "big", value: 3 }],
  metrics: [{ name: "clicks", of: { any: "click" }, cap: 1 }],
};

test("an arm that no browser would carry out is refused before anybody is in it", () => {
  expect(parseDraft(draft).arms[1]).toMatchObject({ value: 3, weight: 0.5 });
  const arms = [draft.arms[0], { name: "big", ranking: { ranker: false } }];
  expect(() => parseDraft({ ...draft, arms })).toThrow(/^experiment: arms must have no ranking/);
});
