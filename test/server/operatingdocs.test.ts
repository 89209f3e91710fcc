/** docs/OPERATING.md says what the server is: settings, columns, formats, flags, requests, events. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { messageOf } from "../../core/errors.ts";
import { environmentNames, parseConfig } from "../../server/base/config.ts";
import { budget } from "../../server/cli/budget.ts";
import type { Command } from "../../server/cli/command.ts";
import { doctor } from "../../server/cli/doctor.ts";
import { importCatalogue } from "../../server/cli/import.ts";
import { keys } from "../../server/cli/keys.ts";
import { moved } from "../../server/cli/moved.ts";
import { policy } from "../../server/cli/policy.ts";
import { profile } from "../../server/cli/profile.ts";
import { segments } from "../../server/cli/segments.ts";
import { serve } from "../../server/cli/serve.ts";
import { status } from "../../server/cli/status.ts";
import { train } from "../../server/cli/train.ts";
import { feedNames } from "../../server/publishing/feeds/known.ts";
import { catalogueColumns } from "../../server/publishing/import/itemvalues.ts";
import { logColumns } from "../../server/publishing/train/acts.ts";
import { adminToken, openServer, temporaryDirectory, testConfig } from "./harness.ts";

const whole = readFileSync(new URL("../../docs/OPERATING.md", import.meta.url), "utf8");
const text = whole.slice(whole.indexOf("\n## Settings"));
const rows = [...text.matchAll(/^\| `([a-zA-Z0-9.]+)` \| (.+?) \| (.+) \|$/gm)].map(
  ([, key, value, meaning]) => ({ key, value, meaning }),
);

test("docs/OPERATING.md lists every setting, and no other", () => {
  const settings = [...environmentNames().values()].map((path) => path.join("."));
  expect(rows.map(({ key }) => key).sort()).toEqual([...settings].sort());
});

test("the numbers in docs/OPERATING.md are the defaults in force", () => {
  const defaults: unknown = parseConfig({});
  const at = (value: unknown, key: string) =>
    typeof value === "object" && value !== null
      ? Object.entries(value).find(([name]) => name === key)?.[1]
      : undefined;
  const numbers = rows.filter(({ value }) => /^`\d+(?:\.\d+)?`$/.test(value));
  expect(numbers.length).toBeGreaterThan(15);
  for (const { key, value } of numbers) {
    expect(key.split(".").reduce(at, defaults), key).toBe(Number(value.replaceAll("`", "")));
  }
});

test("docs/OPERATING.md states the most that a setting may be, where there is a most", () => {
  const mostOf = (key: string): string | null => {
    const value = key.split(".").reduceRight<unknown>((inner, name) => ({ [name]: inner }), 1e15);
    try {
      parseConfig(value);
      return null;
    } catch (error) {
      return /must be <=(\d+)/.exec(messageOf(error))?.[1] ?? null;
    }
  };
  const stated = rows.map(({ key, meaning }) => [key, /at most (\d+)(?=[;,]|$)/.exec(meaning)?.[1] ?? null]);
  expect(stated).toEqual(rows.map(({ key }) => [key, mostOf(key)]));
  expect(stated.filter(([, most]) => most !== null).length).toBeGreaterThan(10);
});

/** Names in backticks of the first cell of each row of the table under such a head. */
function namesUnder(head: string, at = 0): readonly string[] {
  const tables = whole.split(`\n| ${head} |`).slice(1);
  const rowsOf = tables[at].split("\n\n")[0].split("\n").slice(2);
  return rowsOf.flatMap((row) => [...row.split("|")[1].matchAll(/`([^`]+)`/g)].map(([, name]) => name));
}

test("docs/OPERATING.md names every column of a catalogue and of a log, every format, and no other", () => {
  expect([...namesUnder("column | meaning")].sort()).toEqual([...catalogueColumns].sort());
  expect([...namesUnder("column | meaning", 1)].sort()).toEqual([...logColumns].sort());
  expect([...namesUnder("`--format` | what is read | an item is")].sort()).toEqual(
    [...feedNames("catalogue")].sort(),
  );
  for (const name of feedNames("log")) expect(whole).toContain(`--format ${name}`);
});

test("docs/OPERATING.md has no flag that no command knows", () => {
  const commands: readonly Command[] = [
    ...[budget, doctor, importCatalogue, keys, moved, policy, profile, segments, serve, status, train],
  ];
  const known = new Set(["config", "data", "help", ...commands.flatMap(({ flags }) => Object.keys(flags))]);
  const named = [...whole.matchAll(/(?<![\w-])--([a-z][a-z-]*)/g)].map(([, name]) => name);
  expect(new Set(named).size).toBeGreaterThan(10);
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});

test("every request that docs/OPERATING.md lists is one that a server knows", async () => {
  const { app } = await openServer(testConfig(temporaryDirectory()));
  const listed = namesUnder("request | answer");
  expect(listed.length).toBeGreaterThan(10);
  for (const request of listed) {
    const [method, path] = request.split(" ");
    const asked = path.replace("ID", "0".repeat(64)).replace("KIND", "item-factors");
    const headers = { authorization: `Bearer ${adminToken}` };
    const response = await app.request(asked, { method, headers });
    const told: unknown = await response.json();
    expect([request, told]).not.toMatchObject([request, { type: "urn:tacit:problem:not-found" }]);
    expect([request, response.status]).not.toEqual([request, 401]);
  }
});

test("every event that docs/OPERATING.md lists is one that is logged", () => {
  const folder = fileURLToPath(new URL("../../server", import.meta.url));
  const code = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !/^(?:dist|node_modules)\b/.test(name))
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("\n");
  const listed = namesUnder("event | says").filter((name) => name !== "json");
  expect(listed.length).toBeGreaterThan(20);
  expect(listed.filter((name) => !code.includes(`"${name}"`))).toEqual([]);
});
