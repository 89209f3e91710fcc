/** The guide says what can be set about a widget, all of it and nothing else. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { guideText } from "../guide.ts";

const folder = new URL("../../../sdk/widgets/", import.meta.url);
const sources = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.(css|ts)$/.test(name))
  .map((name) => readFileSync(new URL(name, folder), "utf8"))
  .join("\n");
const section = guideText("widgets.md");

test("the guide names every custom property that styles read, and no other", () => {
  const read = [...sources.matchAll(/var\((--tacit-[a-z-]+)/g)].map(([, name]) => name);
  const named = [...section.matchAll(/`(--tacit-[a-z-]+)`/g)].map(([, name]) => name);
  expect([...new Set(named)].sort()).toEqual([...new Set(read)].sort());
  expect(named.length).toBeGreaterThan(20);
});

test("the guide names every part, and no other", () => {
  const made = [...sources.matchAll(/\bpart(?:: |\.add\()"([^"]+)"/g)].flatMap(([, names]) =>
    names.split(" "),
  );
  const [, listed = ""] = /Parts, for (.*?)\n\n/s.exec(section) ?? [];
  const named = [...listed.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name);
  expect([...new Set(named)].sort()).toEqual([...new Set(made)].sort());
  expect(named.length).toBe(new Set(named).size);
});

test("the guide names every attribute that a widget observes", () => {
  for (const name of ["shelf", "consent", "onboarding"]) {
    const code = readFileSync(new URL(`${name}/${name}.ts`, folder), "utf8");
    const [, observed = ""] = /observedAttributes[^"]*"([^"]+)"/.exec(code) ?? [];
    const [, about = ""] = section.split(`## \`<tacit-${name}>\``);
    const [table = ""] = about.split("\n## ");
    expect(observed.split(" ").length).toBeGreaterThan(3);
    for (const attribute of observed.split(" "))
      expect(table, `${name} ${attribute}`).toContain(`\`${attribute}\``);
  }
});
