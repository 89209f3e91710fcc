/**
 * What a site decides about its lists: published signed, kept by imports, taken back, and refused where it is
 * none.
 */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { SitePolicy } from "../../core/model/policy.ts";
import { bestRows } from "../../core/ranking/best.ts";
import { rankingModelOf } from "../../core/ranking/fromjoined.ts";
import { rank } from "../../core/ranking/pipeline.ts";
import { runCli } from "../../server/cli/main.ts";
import { joined } from "../../server/publishing/draft.ts";
import { candidatesOf } from "../../server/publishing/learn.ts";
import { admin, inForceOf, openServer, temporaryDirectory, testConfig } from "./harness.ts";

const policy: SitePolicy = {
  all: { filter: { not: { attributes: { brand: "Out" } } } },
  trending: { pin: [{ item: "b", place: 1 }] },
};
const csv = (extra = "") =>
  `id,title,brand,attributes\na,Mug,Acme,size=2\nb,Lamp,Acme,\nc,Clock,Out,\n${extra}`;

test("a policy over HTTP is in the next edition, is kept by imports, and goes when it is taken away", async () => {
  const server = await openServer(testConfig(temporaryDirectory()));
  await admin(server.app, "POST", "/catalogue", csv());
  const before = inForceOf(server);
  const set = await admin(
    server.app,
    "POST",
    "/policy",
    JSON.stringify({ ...policy, recommend: { pin: [{ item: "z", place: 2 }] } }),
  );
  expect(await set.json()).toMatchObject({ isNew: true, sequence: before.sequence + 1, unknown: ["z"] });
  await admin(server.app, "POST", "/policy", JSON.stringify(policy));
  // What is in force already is no other edition.
  expect(await (await admin(server.app, "POST", "/policy", JSON.stringify(policy))).json()).toMatchObject({
    isNew: false,
  });
  await admin(server.app, "POST", "/catalogue", csv("d,Door,Out,\n"));
  const { edition, model, parts } = inForceOf(server);
  expect(model.items).toBe(4);
  expect(edition.parts.map(({ kind }) => kind)).toContain("policy");
  expect(parts.catalogue.part.cards[0].attributes).toEqual({ brand: "Acme", size: 2 });
  const ranked = rank({ by: "trending", model: rankingModelOf(model) });
  expect(Array.from(bestRows(ranked, 9), (row) => model.catalogue[row].item)).toEqual(["b", "a"]);
  expect(await (await admin(server.app, "GET", "/policy")).json()).toEqual({ policy });
  expect((await admin(server.app, "POST", "/policy", "null")).status).toBe(200);
  expect(inForceOf(server).edition.parts.map(({ kind }) => kind)).not.toContain("policy");
});

test.each([
  [
    '{"recomend":{}}',
    'policy: a key must be one of all, recommend, similar, goesWith, search, trending, trials, got "recomend"; did you mean "recommend"?',
  ],
  ['{"all":{"filter":{"colour":"red"}}}', "policy: all.filter.colour is not a known key"],
  ['{"trials":{"share":0.5,"lists":["shelf"]}}', "policy: trials.share must be <=0.2"],
  ['{"trials":{"share":0.1,"lists":[]}}', "policy: trials.lists must be"],
  ['{"trials":{"share":0.1,"lists":["shelf"],"days":3}}', "policy: trials.days is not a known key"],
  ['{"all":{"pin":[{"item":"a","place":0}]}}', "policy: all.pin.0.place must be"],
  ["[]", "policy: expected lists by name, got []"],
  ["{", "policy: expected JSON"],
  [
    JSON.stringify({ all: { filter: { attributes: { constructor: "x" } } } }),
    "names that objects do not have of themselves",
  ],
])("%s is refused with what is wrong, and what is in force stays", async (body, fault) => {
  const server = await openServer(testConfig(temporaryDirectory()));
  await admin(server.app, "POST", "/catalogue", csv());
  const { id } = inForceOf(server);
  const answer = await admin(server.app, "POST", "/policy", body);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ detail: expect.stringContaining(fault) });
  expect(inForceOf(server).id).toBe(id);
});

test("tacit policy sets, shows and removes it on the data directory", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tacit-test-policy-"));
  const at = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const run = async (...args: readonly string[]) => {
    const [out, err]: [string[], string[]] = [[], []];
    const surroundings = {
      env: { TACIT_DATA: join(folder, "data") },
      out: (line: string) => out.push(line),
      err: (line: string) => err.push(line),
    };
    const code = await runCli(args, surroundings as never);
    return { code, out: out.join("\n"), err: err.join("\n") };
  };
  expect((await run("policy", at("p.json", JSON.stringify(policy)))).err).toContain(
    "expected a catalogue in force, got none",
  );
  await run("import", at("c.csv", csv()));
  expect((await run("policy")).out).toBe("null");
  expect(await run("policy", join(folder, "p.json"))).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^policy in force with edition \d+$/),
  });
  expect(JSON.parse((await run("policy")).out)).toEqual(policy);
  expect((await run("policy", at("bad.json", '{"all":{"boost":[{"where":{},"by":-1}]}}'))).err).toContain(
    "all.boost.0.by must be",
  );
  expect((await run("policy", "--remove")).out).toMatch(/^policy removed with edition \d+$/);
  expect((await run("policy")).out).toBe("null");
});

test("a round's candidates rank by the policy that what is in force has, so that the gate compares like with like", async () => {
  const server = await openServer(testConfig(temporaryDirectory()));
  await admin(server.app, "POST", "/catalogue", csv());
  await admin(server.app, "POST", "/policy", JSON.stringify(policy));
  const inForce = inForceOf(server);
  const learning = { learned: inForce.learned, round: 1, origin: "round" } as const;
  const candidates = candidatesOf(inForce, server.parts.editions, learning);
  expect(candidates.length).toBeGreaterThan(0);
  expect(inForce.model.policy).toBeDefined();
  for (const { model, draft } of candidates) {
    const published = await draft();
    expect(model.policy).toEqual(inForce.model.policy);
    expect(model.policy).toEqual(joined(published.parts, published.settings).policy);
  }
});
