import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { jointDefaults } from "../../../core/model/joint.ts";
import { modelOf as joinedOf, learnedParts, settingsFor } from "../../../server/publishing/model.ts";
import { modelOf } from "../../model.ts";
import { crowdNdcgs, factorNdcgs, gateVerdicts, jointNdcgs, poisonRanks, popularityNdcgs } from "./judges.ts";
import { lengths, likesSomething, listLength, peopleOf, shownBy, trendingFor, worldOf } from "./people.ts";

const worlds = [
  { seed: 1, items: 60, shares: true },
  { seed: 2, items: 75, shares: true },
  { seed: 3, items: 90, shares: false },
  { seed: 4, items: 140, shares: true },
  { seed: 5, items: 61, shares: false },
].map((options) => ({ ...options, world: worldOf(options) }));
/** In each world: 1,000 in all. */
const peopleCount = 200;

const everyTime = (value: number) => lengths.map(() => value);
describe.each(worlds)("in a catalogue of $items items (shares: $shares, seed $seed)", ({ world, seed }) => {
  const people = peopleOf(world, peopleCount, seed + 100);
  const shown = shownBy(world, people);

  test("the lists the gate judges are those that devices show, item by item", async () => {
    expect(shown.every((list) => list.length === listLength)).toBe(true);
    const judgeable = people.filter(({ tastes }) =>
      [...tastes.keys()].some((item) => world.model.rowOf.has(item)),
    );
    expect(judgeable.length).toBeGreaterThan(0.9 * peopleCount);
    const verdicts = await gateVerdicts(world, people, shown);
    for (const verdict of verdicts) expect(verdict).toMatchObject({ people: judgeable.length, candidate: 1 });
  });

  test("the most wanted items that the gate compares with are those that devices show as trending", async () => {
    const lists = trendingFor(world.model, people);
    const verdicts = await gateVerdicts(world, people, lists);
    const popularity = world.joined.popularity.some((share) => share > 0) ? 1 : null;
    for (const verdict of verdicts) expect(verdict).toMatchObject({ popularity });
  });

  test("the lists that evaluate and privacy measure are those that devices show", () => {
    // People of a data set like something: the weights in its files are above 0.
    const liking = people.filter((person) => likesSomething(world, person));
    expect(liking.length).toBeGreaterThan(0.8 * peopleCount);
    expect(jointNdcgs(world, liking, shownBy(world, liking))).toEqual(everyTime(1));
    expect(factorNdcgs(world, liking)).toEqual(everyTime(1));
  });

  test("the popularity that evaluate measures is what devices show as trending", () => {
    expect(popularityNdcgs(world, people, seed)).toEqual(everyTime(1));
  });

  test("the lists that the crowd's bench judges are those of the customers' browsers", () => {
    expect(crowdNdcgs(world, people)).toEqual(everyTime(1));
  });
});

test("the ranks that the poison bench finds are the places in a device's list", async () => {
  const { world: template } = worlds[0];
  const { joined } = template;
  const nothing = new Float64Array(joined.items);
  const people = new Float64Array(joined.items).fill(40);
  const counts = Float64Array.from(joined.popularity, (share) => share * 40);
  const learned = {
    factors: template.factorRows,
    dim: joined.factorDim,
    counts,
    people,
    countVariance: nothing,
  };
  const items = joined.catalogue.map(({ item }) => item);
  const made = learnedParts({ ...learned, items }, 1, joined);
  const published = joinedOf(joined, made, settingsFor(made.factors, jointDefaults.factorLength));
  const world = { ...template, joined: published, model: modelOf(published) };
  const crowd = peopleOf(world, 20, 900).filter((person) => likesSomething(world, person));
  const shown = shownBy(world, crowd);
  for (const [at, person] of crowd.entries()) {
    expect(await poisonRanks(world, learned, person, shown[at])).toEqual(lengths);
  }
});

test("lists are made in core/ranking alone: nobody else takes the best of scores or reasons", () => {
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  const files = ["core", "worker", "sdk", "server", "demo", "bench"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
  );
  const taking = files
    .filter((name) => name.endsWith(".ts"))
    .filter((name) => /\btopK\(/.test(readFileSync(join(root, name), "utf8")));
  expect(taking.sort()).toEqual([
    "core/ranking/best.ts",
    "core/ranking/explain.ts",
    "core/ranking/ranker/proposals.ts",
    "core/ranking/topk.ts",
  ]);
});
