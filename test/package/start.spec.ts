/**
 * docs/start.md by the letter, in an empty folder, on a catalogue of 500 rows: its files, its commands in
 * their order, and what it says is seen then. Only the packages are tarballs and the port is a free one.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, inject, test } from "vitest";
import { freePort } from "../field/engines/port.ts";
import { openBrowser } from "./browser.ts";
import { root, run } from "./commands.ts";
import { project, start } from "./project.ts";

const page = readFileSync(join(root, "docs/start.md"), "utf8");
const blocks = [...page.matchAll(/^(?:`([^`\n]+)`\n\n)?```(\S*)\n(.*?)^```$/gms)].map(
  ([, file, language, text]) => ({
    ...{ file, language, text },
  }),
);
const commands = blocks.filter(({ language }) => language === "sh").map(({ text }) => text.trimEnd());

const kinds = ["Mug", "Lamp", "Bag", "Clock", "Cushion"];
const colours = [
  "Red",
  "Blue",
  "Sage",
  "Ivory",
  "Terracotta",
  "Copper",
  "Walnut",
  "Indigo",
  "Amber",
  "Slate",
];
const makes = [
  "Speckled",
  "Striped",
  "Hand-Thrown",
  "Nordic",
  "Vintage",
  "Folded",
  "Painted",
  "Carved",
  "Woven",
  "Plain",
];
/** 500 products of five kinds, with the columns that the page shows. */
const own = [
  "id,title,price,categories,url,image",
  ...Array.from({ length: 500 }, (_, nth) => {
    const [kind, colour, make] = [
      kinds[nth % 5],
      colours[Math.floor(nth / 5) % 10],
      makes[Math.floor(nth / 50)],
    ];
    return `p${nth},${make} ${colour} ${kind},${5 + (nth % 40)}.50,${kind}s,/p/p${nth},`;
  }),
].join("\n");

test("the first page leads to a shelf that follows, on a catalogue of 500 rows", async () => {
  expect(commands).toHaveLength(3);
  const [install, importing, serving] = commands;
  expect(install).toBe("npm i tacit-server");
  const folder = await project({}, [inject("server")]);
  for (const { file, text } of blocks) {
    if (file === undefined) continue;
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  expect((await run(folder, "sh", ["-c", importing])).stdout).toContain("10 items");
  writeFileSync(join(folder, "catalogue.csv"), own);
  expect((await run(folder, "sh", ["-c", importing])).stdout).toContain("500 items");

  const port = await freePort();
  const address = `http://localhost:${port}`;
  await start(
    folder,
    ["sh", "-c", `exec ${serving.split("#")[0]} --port ${port}`],
    `${address}/health/ready`,
  );
  const browser = await openBrowser();
  try {
    const shop = await browser.newPage();
    const wrong: string[] = [];
    shop.on("console", (message) => {
      if (["error", "warning"].includes(message.type()))
        wrong.push(`${message.text()} ${message.location().url}`);
    });
    await shop.goto(address);
    const titles = shop.locator("tacit-shelf[list=for-you] [part~=title]");
    await expect.poll(() => titles.count(), { timeout: 30_000 }).toBe(6);
    const others = shop.locator("tacit-shelf[list=trending] [part~=title]");
    await expect.poll(() => others.count(), { timeout: 30_000 }).toBe(6);
    // Of the second shelf, since the first stays as it is while the pointer is on it.
    const clicked = (await others.first().textContent()) ?? "";
    const wordsOf = (title: string): readonly string[] => title.trim().split(" ");
    const alike = async (): Promise<number> =>
      (await titles.allTextContents()).filter((title) =>
        wordsOf(title).some((word) => wordsOf(clicked).includes(word)),
      ).length;
    await shop.locator("tacit-shelf[list=trending] a").first().click();
    await shop.waitForURL(/\/p\//);
    await expect.poll(alike, { timeout: 30_000 }).toBeGreaterThanOrEqual(5);
    // Nor the icon that browsers ask for, and that the page does not name.
    expect(wrong).toEqual([]);
  } finally {
    await browser.close();
  }
});
