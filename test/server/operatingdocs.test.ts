import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { messageOf } from "../../core/errors.ts";
import { environmentNames, parseConfig } from "../../server/base/config.ts";

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
