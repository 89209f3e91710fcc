/** What the documents say of files, keys and fields is what there is. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { eventFields } from "../../core/events/event.ts";
import { builds } from "../../sdk/vite.config.ts";
import { guideText } from "./guide.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string): string => readFileSync(root + path, "utf8");

/** From a heading, or the first words of a paragraph, to the next of its kind. */
function partOf(text: string, begin: string, end: string): string {
  const from = text.indexOf(begin);
  if (from < 0) throw new Error(`partOf: expected ${JSON.stringify(begin)}, got none`);
  const to = text.indexOf(end, from + begin.length);
  return text.slice(from, to < 0 ? undefined : to);
}

const privacy = read("docs/PRIVACY.md");

test("whoever reads docs/PRIVACY.md learns of each file that is loaded because of what a person does", () => {
  const paragraph = partOf(privacy, "The files of the SDK and the site", "\n\n");
  // What a page loads for everybody, what a site puts there itself, and what its developer asks for.
  const forAll: readonly string[] = [
    ...["stub.js", "tacit.js", "index.js", "page.js", "worker.js", "ranking.js", "debug.js"],
    ...[
      "bridges.js",
      "react.js",
      "vue.js",
      "svelte.js",
      "firstlist.js",
      "shelf.js",
      "consent.js",
      "onboarding.js",
      "panel.js",
    ],
  ];
  const files = Object.values(builds).map(({ file }) => file);
  const asked = files.filter((file) => !forAll.includes(file) && !file.startsWith("widgets-"));
  expect(asked.filter((file) => !paragraph.includes(`\`${file}\``))).toEqual([]);
  expect(asked).toContain("shelf-options.js");
  expect(paragraph).toContain("widgets-de.js");
});

test("docs/PRIVACY.md names every key of localStorage", () => {
  const sources = readdirSync(`${root}sdk`, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => read(`sdk/${name}`));
  const keys = sources.flatMap((text) =>
    [...text.matchAll(/(?<!Symbol\.for\()["`](tacit\.[a-z]+)(?=[."`])/g)].map(([, key]) => key),
  );
  const isFile = (key: string) => key === "tacit.js";
  const said = new Set(keys.filter((key) => !isFile(key)));
  expect([...said]).toEqual(expect.arrayContaining(["tacit.consent", "tacit.tool", "tacit.event"]));
  expect([...said].filter((key) => !privacy.includes(`\`${key}`))).toEqual([]);
});

test("docs/UPGRADING.md names the files that a page needs beside tacit.js", () => {
  const section = partOf(read("docs/UPGRADING.md"), "### The SDK's files", "\n### ");
  const needed = ["worker.js", "page.js", "ranking.js", "contributing.js", "shown.js"];
  for (const file of needed) expect(section).toContain(`\`${file}\``);
  expect(section).toContain("`script-src`");
});

test("docs/guides/events.md has a place in its tables for every property of an event", () => {
  const section = partOf(guideText("events.md"), "## What to track", "\n## ");
  const rows = section.split("\n").filter((line) => line.startsWith("|"));
  for (const field of eventFields) expect(rows.some((row) => row.includes(field))).toBe(true);
});
