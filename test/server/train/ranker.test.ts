/** A ranker from logs: split in time, measured on people held out, and beside no server. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { seededRandom } from "../../../core/seeded.ts";
import { dayMs } from "../../../core/time.ts";
import { parseConfig } from "../../../server/base/config.ts";
import { silent } from "../../../server/base/log.ts";
import { runCli } from "../../../server/cli/main.ts";
import { type Line, Lines } from "../../../server/publishing/train/lines.ts";
import { tastesBefore } from "../../../server/publishing/train/log.ts";
import { labelDaysIn } from "../../../server/publishing/train/ranker.ts";
import { openParts } from "../../../server/roles/leader.ts";
import { startServer } from "../../../server/roles/serve.ts";
import { temporaryDirectory } from "../harness.ts";

const baseMs = Date.UTC(2024, 3, 1);
const itemCount = 40;
const words = ["red", "blue", "mug", "lamp", "bag", "clock", "tin", "retro", "heart", "bird"];
const things = ["teapot", "ribbon", "candle", "basket"];
const dateOf = (atMs: number) => new Date(atMs).toISOString();

const catalogue = [
  "id,title,categories",
  ...Array.from({ length: itemCount }, (_, k) => {
    const title = `${things[k % 4]} ${words[(k * 3 + 1) % 10]} ${words[(k * 7 + 2) % 10]} no ${k}`;
    return `item-${k},${title},sort-${k % 4}`;
  }),
];

/** They bought of one category, then some of another; in the last days of that one again, or of the first. */
function linesOf(
  prefix: string,
  count: number,
  { goesOn }: { readonly goesOn: "with the last" | "with the first" },
): readonly string[] {
  return Array.from({ length: count }, (_, person) => {
    const random = seededRandom(person + 500 * prefix.length);
    const first = Math.floor(4 * random());
    const last = (first + 1 + Math.floor(3 * random())) % 4;
    const next = goesOn === "with the last" ? last : first;
    const drawn = (sort: number) => sort + 4 * Math.floor((random() * itemCount) / 4);
    const acts = [
      ...Array.from({ length: 6 }, (_, at) => [drawn(first), 90 - at] as const),
      ...Array.from({ length: 2 }, (_, at) => [drawn(last), 40 - at] as const),
      ...Array.from({ length: 3 }, (_, at) => [drawn(next), 3 - at] as const),
    ];
    return acts.map(([k, daysAgo]) => `${prefix}${person},item-${k},${dateOf(baseMs - daysAgo * dayMs)}`);
  }).flat();
}

const onWithLast = { goesOn: "with the last" } as const;

interface Shop {
  readonly data: string;
  readonly gate: { readonly holdout: string; readonly k: number };
  readonly train: (
    lines: readonly string[],
    more?: readonly string[],
  ) => Promise<{ readonly status: number; readonly out: string; readonly err: string }>;
}

async function openShop({ isMeasured = true } = {}): Promise<Shop> {
  const folder = temporaryDirectory();
  const data = join(folder, "data");
  const written = (name: string, lines: readonly string[]) => {
    writeFileSync(join(folder, name), lines.join("\n"));
    return join(folder, name);
  };
  const holdout = written("gate.csv", ["user,item,at", ...linesOf("held", 40, onWithLast)]);
  const env = { TACIT_GATE_K: "10", ...(isMeasured ? { TACIT_GATE_HOLDOUT: holdout } : {}) };
  const run = async (...args: readonly string[]) => {
    const [out, err]: [string[], string[]] = [[], []];
    const status = await runCli([...args, "--data", data], {
      env,
      out: (line) => out.push(line),
      err: (line) => err.push(line),
    });
    return { status, out: out.join("\n"), err: err.join("\n") };
  };
  expect((await run("import", written("catalogue.csv", catalogue))).status).toBe(0);
  return {
    data,
    gate: { holdout, k: 10 },
    train: (lines, more = []) =>
      run("train", "--orders", written("orders.csv", ["user,item,at", ...lines]), ...more),
  };
}

async function rankerIn({ data }: Shop) {
  const parts = await openParts(parseConfig({ data }));
  const ranker = parts.editions.inForce?.parts.ranker?.part ?? null;
  await parts.close();
  return ranker;
}

test("tacit train --ranker publishes what orders lists where people held out gain by it, beside factors", async () => {
  const shop = await openShop();
  const trained = await shop.train(linesOf("u", 60, onWithLast), ["--ranker", "10"]);
  expect([trained.status, trained.err]).toEqual([0, expect.any(String)]);
  expect(trained.out).toMatch(/ranker: published: recall@10 .*ranker: on: NDCG@10 /);
  const part = await rankerIn(shop);
  expect(part).toMatchObject({
    people: 60,
    origin: "logs",
    judged: { k: 10, stages: [{ stage: "ranker", isOn: true }, { stage: "variety" }] },
  });
}, 60_000);

test("one that they gain nothing by is not served, nor one that nobody measured, but by force", async () => {
  const shop = await openShop();
  const others = linesOf("u", 60, { goesOn: "with the first" });
  const refused = await shop.train(others, ["--ranker", "10"]);
  expect([refused.status, refused.out]).toEqual([0, expect.stringMatching(/ranker: refused, .*ranker: off/)]);
  expect(await rankerIn(shop)).toBeNull();
  const blind = await openShop({ isMeasured: false });
  const unmeasured = await blind.train(linesOf("u", 60, onWithLast), ["--ranker", "10"]);
  expect(unmeasured.out).toContain("ranker: not served: nobody is held out to measure it on (gate.holdout)");
  expect(await rankerIn(blind)).toBeNull();
  const forced = await blind.train(linesOf("u", 60, onWithLast), ["--ranker", "10", "--force"]);
  expect(forced.out).toContain("ranker: put in force by --force, not judged: nobody is held out");
  expect(await rankerIn(blind)).toMatchObject({ people: 60 });
}, 120_000);

test("logs of few people, and days that are none, are refused in words", async () => {
  const shop = await openShop();
  const few = await shop.train(linesOf("u", 12, onWithLast), ["--ranker", "10"]);
  expect([few.status, few.err]).toEqual([1, expect.stringContaining("a ranker needs at least 20 people")]);
  for (const text of ["", "0", "2.5", "366", "all"]) {
    expect(() => labelDaysIn(text)).toThrow(`train: --ranker must be days from 1 to 365, got ${text}`);
  }
}, 60_000);

test("a server judges a ranker that was learned beside it, alike to one that was learned on its directory, and refuses what is none", async () => {
  const [alone, beside] = [await openShop(), await openShop()];
  const lines = linesOf("u", 60, onWithLast);
  await alone.train(lines, ["--ranker", "10"]);
  const config = parseConfig({ data: beside.data, port: 18_447, gate: beside.gate });
  const server = await startServer(config, silent);
  const trained = await beside.train(lines, ["--ranker", "10", "--port", "18447"]);
  expect([trained.status, trained.out]).toEqual([
    ...[0, expect.stringMatching(/ranker: published: recall@10 .*ranker: on: NDCG@10 /)],
  ]);
  const token = readFileSync(join(beside.data, "admin-token"), "utf8").trim();
  const refused = await fetch("http://localhost:18447/v1/admin/ranker", {
    ...{ method: "POST", headers: { authorization: `Bearer ${token}` }, body: new Uint8Array(9) },
  });
  expect([refused.status, await refused.json()]).toMatchObject([
    400,
    { type: "urn:tacit:problem:bad-ranker" },
  ]);
  await server.stop();
  expect(await rankerIn(beside)).toEqual(await rankerIn(alone));
}, 120_000);

test("what was learned before a moment is what the lines before it alone teach", () => {
  const line = fc.record({
    person: fc.nat({ max: 4 }),
    row: fc.nat({ max: 9 }),
    kind: fc.constantFrom("purchase", "view", "cart_add"),
    quantity: fc.constantFrom(-1, 1, 2),
    day: fc.nat({ max: 40 }),
  });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 40 }), fc.nat({ max: 40 }), (drawn, untilDay) => {
      const all = drawn.map(
        ({ day, kind, quantity, ...rest }): Line => ({
          ...rest,
          ...{ kind, quantity: kind === "purchase" ? quantity : 0, weight: 1, atMs: baseMs + day * dayMs },
        }),
      );
      const untilMs = baseMs + untilDay * dayMs;
      const told = (some: readonly Line[]) => {
        const lines = new Lines();
        for (const one of some) lines.add(one);
        return tastesBefore(lines, lines.byPerson(5), { items: 10, untilMs, repetition: "bounded" });
      };
      expect(told(all)).toEqual(told(all.filter(({ atMs }) => (atMs ?? 0) < untilMs)));
    }),
  );
});
