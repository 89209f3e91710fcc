/**
 * README's first lines, followed by a newcomer: a clone of what is committed, the commands as they are printed, and
 * a browser at the address that they tell. A port of its own is all that differs.
 */
import { readFileSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "@playwright/test";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { freePort } from "../field/engines/port.ts";
import { openBrowser } from "./browser.ts";
import { root, run } from "./commands.ts";
import { start } from "./project.ts";

const [firstLine] =
  /## Try it\s+```sh\n(.*?)```/s.exec(readFileSync(join(root, "README.md"), "utf8"))?.[1].split("\n") ?? [];

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

test("a clone, the two commands of README's first line, and the shop has a shelf that was learned from its orders", async () => {
  expect(firstLine).toMatch(/^npm ci && npm start +# .*http:\/\/localhost:8787/);
  const folder = await clone();
  const installed = await run(folder, "npm", ["ci", "--no-audit", "--no-fund", "--prefer-offline"]);
  expect(installed.stderr).not.toMatch(/warn/i);

  const port = await freePort();
  const url = `http://localhost:${port}`;
  const asked = ["npm", "start", "--", "--port", `${port}`] as const;
  const { told } = await start(folder, asked, `${url}/health/ready`, 240_000);
  expect(told()).toMatch(/catalogue +content vectors of 3659/);
  expect(told()).toMatch(/orders +sweep \d+\/\d+/);
  expect(told()).toMatch(/orders +learned from \d+ people/);
  expect(told()).toMatch(/ready +after \d+ s/);
  expect(told()).not.toMatch(/warn/i);

  const page = await (await browser.newContext()).newPage();
  const wrong: string[] = [];
  page.on("pageerror", (error) => wrong.push(error.message));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) wrong.push(message.text());
  });
  await page.goto(url);
  const shelf = page.locator("[data-tacit-list='for-you'] [data-tacit-item]");
  await expect.poll(() => shelf.count(), { timeout: 60_000 }).toBeGreaterThan(5);
  expect(wrong).toEqual([]);

  // Once more, in the same clone: nothing is built into what another program listens on.
  const again = run(folder, "npm", ["start", "--", "--port", `${port}`]);
  await expect(again).rejects.toMatchObject({
    stderr: expect.stringContaining(`port ${port} must be free, got one on which a program answers`),
  });
});

test("npm start says at once that its port is taken, before it builds anything", async () => {
  const other = createServer((socket) => socket.end());
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void other.close());
  const address = other.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const refused = run(root, process.execPath, ["--import", "tsx", "demo/start.ts", "--port", `${port}`]);
  await expect(refused).rejects.toMatchObject({
    stdout: "",
    stderr: expect.stringContaining(`npm start -- --port ${port + 1} takes another`),
  });
});

async function clone(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "tacit-clone-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  await run(root, "git", ["clone", "--quiet", "--no-hardlinks", root, folder]);
  return folder;
}
