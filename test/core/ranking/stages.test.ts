/** With a stage in force that changes every list: whoever ranks without it is found out. */
import { expect, test, vi } from "vitest";
import { bestRows } from "../../../core/ranking/best.ts";
import { rank } from "../../../core/ranking/pipeline.ts";
import type { Stage } from "../../../core/ranking/stage.ts";
import { profileOf } from "../../worker/profileof.ts";
import { crowdNdcgs, factorNdcgs, gateVerdicts, jointNdcgs, popularityNdcgs } from "./judges.ts";
import {
  firstRows,
  lengths,
  likesSomething,
  listLength,
  nowMs,
  peopleOf,
  shownBy,
  trendingFor,
  worldOf,
} from "./people.ts";

vi.mock("../../../core/ranking/stages.ts", () => {
  const shuffle: Stage = {
    name: "shuffle",
    apply: ({ scores, reasonsOf }) => ({
      // No sum of shares of 1/50 is close to a multiple of this: rounding to float32 cannot decide a place.
      scores: scores.map((score, row) => score + ((row * 7919) % 101) * Math.SQRT2 * 0.014),
      reasonsOf,
    }),
  };
  return { stagesInForce: [shuffle] };
});

const world = worldOf({ seed: 8, items: 80, shares: true });
const people = peopleOf(world, 120, 8).filter((person) => likesSomething(world, person));
const shown = shownBy(world, people);
const always = lengths.map(() => 1);

test("the stage changes what devices show", () => {
  const without = people.map(({ events }) => {
    const profile = profileOf({ model: world.model, events, nowMs });
    return [...bestRows(rank({ model: world.model.ranking, by: "person", profile }, []), listLength)];
  });
  const lists = shown.map((list) => firstRows(world, list, listLength));
  expect(lists.filter((list, k) => list.join() === without[k].join())).toEqual([]);
});

test("a stage in force is seen by device, gate and benches alike", async () => {
  for (const verdict of await gateVerdicts(world, people, shown)) {
    expect(verdict).toMatchObject({ candidate: 1 });
  }
  for (const verdict of await gateVerdicts(world, people, trendingFor(world.model, people))) {
    expect(verdict).toMatchObject({ popularity: 1 });
  }
  expect(jointNdcgs(world, people, shown)).toEqual(always);
  expect(factorNdcgs(world, people)).toEqual(always);
  expect(popularityNdcgs(world, people, 9)).toEqual(always);
  expect(crowdNdcgs(world, people)).toEqual(always);
});
