/** Segments from logs: clusters by density as scikit-learn finds them, groups that are known, and the command. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { knownCrowd } from "../../../bench/segments/crowd.ts";
import { adjustedRand } from "../../../bench/segments/rand.ts";
import { encodeSegments } from "../../../core/model/segments.ts";
import { besideFeatures, nothingBeside } from "../../../core/profile/beside.ts";
import { catalogueFacts } from "../../../core/profile/catalogue.ts";
import { ProfileFeatures } from "../../../core/profile/features.ts";
import { featureVector, vectorEntries } from "../../../core/profile/featurevector.ts";
import { segmentOf } from "../../../core/profile/segments.ts";
import { features } from "../../../core/profile/table.ts";
import { seededRandom } from "../../../core/seeded.ts";
import { dayMs, hourMs } from "../../../core/time.ts";
import { silent } from "../../../server/base/log.ts";
import { runCli } from "../../../server/cli/main.ts";
import { centralSegments, tellingEntries } from "../../../server/kinds/segments/central.ts";
import { dbscan, densityOf } from "../../../server/kinds/segments/dbscan.ts";
import { learningFrom } from "../../../server/kinds/segments/published.ts";
import { publishCatalogue } from "../../../server/publishing/catalogue.ts";
import { publishSegments } from "../../../server/publishing/segmentrounds.ts";
import { type Line, Lines } from "../../../server/publishing/train/lines.ts";
import { profilesOf } from "../../../server/publishing/train/profiles.ts";
import { segmentChoiceIn, segmentsFrom } from "../../../server/publishing/train/segments.ts";
import { startServer } from "../../../server/roles/serve.ts";
import { shownSegment } from "../../../worker/rank/segment.ts";
import { segmentsPart } from "../../segmentspart.ts";
import { CommandShop } from "../commandshop.ts";
import {
  admin,
  adminToken,
  catalogueOf,
  inForceOf,
  openServer,
  temporaryDirectory,
  testConfig,
} from "../harness.ts";

interface Vectors {
  readonly density: readonly {
    readonly points: readonly (readonly number[])[];
    readonly eps: number;
    readonly minPoints: number;
    readonly labels: readonly number[];
  }[];
}
const vectors: Vectors = JSON.parse(
  readFileSync(new URL("../../vectors/segments.json", import.meta.url), "utf8"),
);

const pointsOf = (rows: readonly (readonly number[])[]) => ({
  ...{ count: rows.length, dim: rows[0].length, points: Float64Array.from(rows.flat()) },
});

describe("clusters by density", () => {
  test.each(vectors.density)("are those of scikit-learn: $labels.length points, eps $eps", (known) => {
    const found = dbscan(pointsOf(known.points), known);
    expect(Array.from(found.labels)).toEqual(known.labels);
    expect(found.count).toBe(Math.max(...known.labels) + 1);
    expect(known.labels).toContain(-1);
  });

  test("have cores that are near each other, in whatever order points come", () => {
    const world = fc.record({ seed: fc.nat(), eps: fc.double({ min: 0.05, max: 0.5, noNaN: true }) });
    fc.assert(
      fc.property(world, ({ seed, eps }) => {
        const random = seededRandom(seed);
        const rows = Array.from({ length: 60 }, () => [random(), random()]);
        const { labels, count } = dbscan(pointsOf(rows), { eps, minPoints: 4 });
        const near = (a: number, b: number) =>
          Math.hypot(rows[a][0] - rows[b][0], rows[a][1] - rows[b][1]) <= eps;
        const isCore = rows.map((_, a) => rows.filter((__, b) => near(a, b)).length >= 4);
        for (const a of rows.keys()) {
          const cores = [...rows.keys()].filter((b) => isCore[b] && near(a, b));
          // Cores that are neighbours are of one cluster; whoever has no core near is noise.
          if (isCore[a]) for (const b of cores) expect(labels[b]).toBe(labels[a]);
          expect(labels[a] === -1).toBe(cores.length === 0);
          if (labels[a] >= 0) expect(cores.some((b) => labels[b] === labels[a])).toBe(true);
        }
        expect(new Set(labels.filter((label) => label >= 0)).size).toBe(count);
      }),
      { numRuns: 100 },
    );
  });

  test("are told by a distance that is within groups, not between them", () => {
    const random = seededRandom(5);
    const rows = Array.from({ length: 200 }, (_, at) => [(at % 2) * 20 + random(), random()]);
    const density = densityOf(pointsOf(rows));
    expect(density.minPoints).toBe(4);
    expect(density.eps).toBeLessThan(2);
    expect(dbscan(pointsOf(rows), density).count).toBe(2);
  });
});

describe("segments of people whose features are known", () => {
  const crowd = knownCrowd({ people: 1_200, groups: 4, seed: 1 });

  test("are the groups that are there, as many as the criterion says, in a part that a crowd can go on from", () => {
    const { part, labels } = centralSegments(crowd.people, { by: "criterion", least: 1, most: 12 });
    expect(part.count).toBe(4);
    expect(adjustedRand(labels, crowd.groups)).toBeGreaterThan(0.9);
    expect(part).toMatchObject({ origin: "logs", people: 1_200 });
    expect(part.features).toEqual(vectorEntries.map(({ key }) => key));
    expect(learningFrom(part)).toMatchObject({ stage: "refine", choice: { k: 4 } });
    const sizes = part.segments.map((_, j) => labels.filter((label) => label === j).length / 1_200);
    for (const [j, { share }] of part.segments.entries()) expect(share).toBeCloseTo(sizes[j], 5);
  });

  test("are those that devices find, by whatever is known of a person", () => {
    const people = crowd.people.map((person, at) => (at % 2 === 0 ? { ...person, dwell: null } : person));
    const { part, labels } = centralSegments(people, { by: "operator", k: 4 });
    const found = people.map((person) => shownSegment(part, () => person));
    const names = part.segments.map(({ name }) => name);
    const same = found.filter((each, at) => each.state === "known" && each.name === names[labels[at]]);
    // The part has six digits of each number.
    expect(same.length).toBeGreaterThan(0.998 * found.filter(({ state }) => state === "known").length);
    const atMean = people.map((person) => segmentOf(part, featureVector(person, part.center)));
    expect(atMean.filter((label, at) => label !== labels[at]).length).toBeGreaterThan(0);
  });

  test("are of so many as are asked for, and of those features alone that tell anybody apart", () => {
    const people = crowd.people.map((person) => ({ ...person, dwell: null, searching: 0 }));
    const entries = tellingEntries(people);
    expect(entries).toHaveLength(vectorEntries.length - 2);
    const { part } = centralSegments(people, { by: "operator", k: 3 });
    expect(part.count).toBe(3);
    expect(part.features).toEqual(entries.map(({ key }) => key));
    // A crowd is asked about the whole table: it cannot go on from these.
    expect(learningFrom(part)).toBeNull();
    const same = people.map(() => people[0]);
    expect(() => centralSegments(same, { by: "operator", k: 2 })).toThrow(RangeError);
  });
});

const cards = Array.from({ length: 12 }, (_, at) => ({
  ...{ item: `i${at}`, title: `Thing ${at}`, price: 2 + at, categories: [at % 2 === 0 ? "Mugs" : "Tins"] },
}));
const startMs = Date.UTC(2026, 0, 1);

/** People who buy often and much, and people who bought once. */
function linesOfTwoSorts(count: number): readonly Line[] {
  const random = seededRandom(9);
  return Array.from({ length: count }, (_, person) => {
    const orders = person % 3 === 0 ? 12 : 1;
    return Array.from({ length: orders * 4 }, (_, at) => ({
      ...{ person, kind: "purchase" as const, weight: 1, quantity: person % 3 === 0 ? 9 : 1 },
      row: Math.floor(random() * cards.length),
      atMs: startMs + (Math.floor(at / 4) * 20 + Math.floor(random() * 20)) * dayMs + person * hourMs,
    }));
  }).flat();
}

function byPerson(all: readonly Line[], people: number) {
  const lines = new Lines();
  for (const line of all) lines.add(line);
  return { lines, byPerson: lines.byPerson(people) };
}

describe("the people of a log", () => {
  const options = {
    ...{ items: cards.map(({ item }) => item), facts: catalogueFacts(cards), mostPeople: 100 },
    nowMs: Date.UTC(2027, 0, 1),
  };

  test("have the features that their devices would have, as of the newest line", () => {
    const all: readonly Line[] = [
      { person: 0, row: 1, kind: "view", quantity: 0, weight: 0.3, atMs: startMs + 9 * hourMs },
      { person: 0, row: 1, kind: "purchase", quantity: 3, weight: 1, atMs: startMs + 10 * hourMs },
      { person: 0, row: 4, kind: "purchase", quantity: -1, weight: 1, atMs: startMs + 3 * dayMs },
      { person: 1, row: 4, kind: "view", quantity: 0, weight: 0.3, atMs: startMs + 5 * dayMs },
      { person: 1, row: 4, kind: "view", quantity: 0, weight: 0.3, atMs: null },
      { person: 1, row: 4, kind: "view", quantity: 0, weight: 0.3, atMs: Date.UTC(2090, 0, 1) },
    ];
    const { lines, byPerson: places } = byPerson(all, 2);
    const { people, entries } = profilesOf(lines, places, options);
    const localTimeOf = (atMs: number) => {
      const date = new Date(atMs);
      return { hour: date.getHours(), weekday: (date.getDay() + 6) % 7 };
    };
    const newestMs = startMs + 5 * dayMs;
    const device = new ProfileFeatures({ catalogue: options.facts, localTimeOf, nowMs: newestMs });
    device.add({ id: "a", kind: "view", item: "i1", atMs: startMs + 9 * hourMs });
    device.add({ id: "b", kind: "purchase", item: "i1", amount: 3, atMs: startMs + 10 * hourMs });
    device.add({ id: "c", kind: "refund", item: "i4", amount: 1, atMs: startMs + 3 * dayMs });
    // Of the second person too little is known.
    expect(people).toEqual([{ ...device.values(newestMs), ...besideFeatures(nothingBeside) }]);
    expect(entries).toEqual(vectorEntries);
  });

  test("are told by their orders alone where the log has no others", () => {
    const { lines, byPerson: places } = byPerson(linesOfTwoSorts(60), 60);
    const { people, entries } = profilesOf(lines, places, options);
    expect(people).toHaveLength(60);
    const names = entries.map(({ feature }) => feature.name);
    expect(names).toContain("spent");
    expect(names).not.toContain("visits");
    expect(names.length).toBeLessThan(features.length / 2);
    const half = profilesOf(lines, places, { ...options, mostPeople: 30 });
    expect(half.people).toEqual(people.filter((_, at) => at % 2 === 0));
    const told: string[] = [];
    const part = segmentsFrom({ people, entries }, segmentChoiceIn("2"), (line) => told.push(line));
    expect(part.segments.map(({ share }) => share).sort()).toEqual([0.333333, 0.666667]);
    expect(told[0]).toMatch(/^2 segments of 60 people by k-means, told by \d features$/);
    expect(told.at(-1)).toMatch(/^ {2}by density \(DBSCAN\): /);
  });

  test("must be enough, and asked for in a way that means something", () => {
    const { lines, byPerson: places } = byPerson(linesOfTwoSorts(10), 10);
    expect(() => segmentsFrom(profilesOf(lines, places, options), segmentChoiceIn("auto"), () => {})).toThrow(
      "train: segments need at least 20 people with three lines that have times, got 10",
    );
    for (const text of ["", "0", "17", "2.5", "kmeans"]) {
      expect(() => segmentChoiceIn(text)).toThrow(
        `train: --segments must be auto, dbscan or a number from 1 to 16, got ${text}`,
      );
    }
  });
});

test("tacit train --segments publishes the segments of a log beside its factors", async () => {
  const shop = new CommandShop();
  await shop.import(cards.map(({ item: id, title }) => ({ id, title })));
  const lines = linesOfTwoSorts(60).map(
    ({ person, row, quantity, atMs }) => `p${person},${cards[row].item},${quantity},${atMs}`,
  );
  const trained = await shop.train(lines, "customer,item,quantity,at", ["--segments", "dbscan"]);
  expect([trained.status, trained.err]).toEqual([0, expect.any(Array)]);
  expect(trained.out.join("\n")).toMatch(/segments of 60 people by density/);
  const { parts } = await shop.inForce();
  expect(parts.segments?.part).toMatchObject({ origin: "logs", people: 60 });
  expect(parts.factors.part.round).toBe(1);
});

test("a server takes segments that were learned beside it, gives out what they are told by, and refuses what is none", async () => {
  const server = await openServer(testConfig(temporaryDirectory()));
  const facts = await (await admin(server.app, "GET", "/facts")).json();
  expect(facts.cards).toEqual(inForceOf(server).model.catalogue);
  const post = (body: Uint8Array<ArrayBuffer>) =>
    server.app.request("/v1/admin/segments", {
      ...{ method: "POST", headers: { authorization: `Bearer ${adminToken}` }, body },
    });
  const before = inForceOf(server);
  const part = segmentsPart({ origin: "logs" });
  const answer = await post(encodeSegments(part));
  expect(await answer.json()).toMatchObject({ isNew: true, sequence: before.sequence + 1 });
  expect(inForceOf(server).parts.segments?.part).toEqual(part);
  expect(inForceOf(server).parts.factors.ref).toEqual(before.parts.factors.ref);
  const refused = await post(encodeSegments(part).slice(0, 100));
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({ type: "urn:tacit:problem:bad-segments" });
  expect(inForceOf(server).parts.segments?.part).toEqual(part);
});

test("tacit segments shows those in force and sets how fast acts count less, in the directory and beside a server", async () => {
  const data = temporaryDirectory();
  const server = await startServer(testConfig(data, { port: 18_441 }), silent);
  onTestFinished(() => server.stop());
  const out: string[] = [];
  const err: string[] = [];
  const told = { out: (line: string) => out.push(line), err: (line: string) => err.push(line) };
  const run = async (...args: readonly string[]) => {
    out.length = 0;
    err.length = 0;
    const env = { TACIT_ADMIN_TOKEN: adminToken };
    return runCli(["segments", ...args, "--data", data, "--port", "18441"], { env, ...told });
  };
  if (server.role !== "all") throw new Error("expected a server of all roles, got another");
  const { editions } = server.parts;
  await publishCatalogue(editions, catalogueOf(30), { contentDim: 8, dim: 3 });
  expect([await run(), err.at(-1)]).toEqual([
    1,
    "segments: expected some in force, got none: see tacit train --segments",
  ]);
  await publishSegments(editions, segmentsPart());
  expect(await run("--half-life", "2=30", "--half-life", "1=7.5")).toBe(0);
  expect(out).toEqual([
    "2 segments of 1234 people, from sums of the crowd",
    "  1   25.0 %  many visits; an act counts half after 7.5 days",
    "  2   75.0 %  few visits; an act counts half after 30 days",
  ]);
  expect(editions.inForce?.parts.segments?.part.segments).toMatchObject([
    { halfLifeDays: 7.5 },
    { halfLifeDays: 30 },
  ]);
  for (const wrong of ["3=30", "0=30"]) expect(await run("--half-life", wrong)).toBe(1);
  expect(err.at(-1)).toBe("segments: --half-life must be of one of 2 segments, got 0");
  for (const wrong of ["2=0.5", "2=4000", "two=30", "2"]) expect(await run("--half-life", wrong)).toBe(1);
  await server.stop();
  expect(await run("--half-life", "2=usual")).toBe(0);
  expect(out.at(-1)).toBe("  2   75.0 %  few visits");
  expect(out[1]).toContain("after 7.5 days");
}, 60_000);
