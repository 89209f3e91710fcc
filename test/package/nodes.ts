/** Other versions of Node, from the packages of npm that carry their binaries. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { npm, root } from "./commands.ts";

/**
 * The newest of each line that `engines` takes beside the one that runs this, and the newest that it does
 * not.
 */
export const otherNodes = ["22.23.3", "24.21.0"] as const;
export const oldNode = "18.20.8";

/** The binary of a version: this process's own, or one that is kept until the next clean install. */
export async function nodeAt(version: string): Promise<string> {
  if (version === process.versions.node) return process.execPath;
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const folder = join(root, "node_modules/.cache/tacit", version);
  const binary = join(folder, "node_modules", name, "bin/node");
  if (!existsSync(binary)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), `{"private": true}`);
    await npm(folder, ["install", "--no-audit", "--no-fund", "--prefer-offline", `${name}@${version}`]);
  }
  return binary;
}
