/** What the styles of all widgets keep to. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const folder = new URL("../../../sdk/widgets/", import.meta.url);
const sheets = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".css"),
);

/** Without what holds only where something can hover. */
const elsewhere = (css: string): string => css.replaceAll(/^@media \(hover\) \{\n(?: .*\n|\n)*\}$/gm, "");

test("nothing keeps the look of a hover after a finger has gone", () => {
  const texts = sheets.map((name) => ({ name, css: readFileSync(new URL(name, folder), "utf8") }));
  expect(texts.filter(({ css }) => css.includes(":hover")).length).toBeGreaterThanOrEqual(5);
  expect(texts.filter(({ css }) => elsewhere(css).includes(":hover")).map(({ name }) => name)).toEqual([]);
  expect(elsewhere("a:hover {\n  color: red;\n}\n")).toContain(":hover");
});
