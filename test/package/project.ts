/** Empty projects into which packages are installed, and the programs that are run in them. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { npm, plainEnvironment } from "./commands.ts";

/**
 * A folder with the files named and a package.json, and the packages installed; gone when the test is over.
 */
export async function project(
  files: Readonly<Record<string, string>>,
  packages: readonly string[],
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "tacit-project-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries({ "package.json": `{"private": true}`, ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  await npm(folder, ["install", "--no-audit", "--no-fund", "--prefer-offline", ...packages]);
  return folder;
}

export interface Started {
  /** All that it wrote until now. */
  readonly told: () => string;
}

/** Starts a program that runs until the test is over; resolves once `url` answers. */
export async function start(
  folder: string,
  [program, ...args]: readonly [string, ...string[]],
  url: string,
  mostMs = 60_000,
): Promise<Started> {
  // A group of its own, because npx runs what it is told as a child.
  const child = spawn(program, args, { cwd: folder, env: plainEnvironment(), detached: true });
  let told = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (bytes) => {
      told += bytes;
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  onTestFinished(async () => {
    if (!isOver && child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
    await ended;
  });
  const answers = (): Promise<boolean> =>
    fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
  const endMs = Date.now() + mostMs;
  while (!(await answers())) {
    if (isOver || Date.now() > endMs)
      throw new Error(`${program} ${args.join(" ")}: expected an answer at ${url}, got\n${told}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { told: () => told };
}

/** A shop of a dozen items, of two kinds. */
export const catalogue = [
  "id,title,price,categories,url",
  ...["robin", "wren", "owl", "swan", "lark", "tern"].flatMap((bird, nth) => [
    `mug-${nth},Mug with a ${bird},${4 + nth},Kitchen,/item/mug-${nth}`,
    `bag-${nth},Lunch bag with spots and a ${bird},${7 + nth},Bags,/item/bag-${nth}`,
  ]),
].join("\n");
