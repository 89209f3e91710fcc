/**
 * Which unit tests may notice that a file changed: those that import it, nearest first.
 *
 * The first group imports the file itself; the second reaches it through other files, in the folder of test/ that
 * mirrors the file's. Imports of types alone are no way to a file. Tests that build or compile are not asked: they
 * take seconds for each branch.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const slow = ["test/sdk/docs.test.ts", "test/sdk/build.test.ts"];

export function testsOf(root: string, file: string): readonly (readonly string[])[] {
  const area = join("test", file.split("/")[0]);
  const near: string[] = [];
  const far: string[] = [];
  for (const name of readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })) {
    const path = join("test", name);
    if (!name.endsWith(".test.ts") || slow.includes(path)) continue;
    const distance = distanceTo(root, path, file);
    if (distance === 1) near.push(path);
    else if (distance > 1 && path.startsWith(`${area}/`)) far.push(path);
  }
  return [near, far].filter((group) => group.length > 0);
}

/** Imports to follow from one file to another; -1 where there is no way. */
function distanceTo(root: string, from: string, to: string): number {
  const known = new Set([from]);
  let files = [from];
  for (let distance = 0; files.length > 0; distance++) {
    if (files.includes(to)) return distance;
    files = files.flatMap((file) => importsOf(root, file)).filter((file) => !known.has(file));
    for (const file of files) known.add(file);
  }
  return -1;
}

const imports = new Map<string, readonly string[]>();

function importsOf(root: string, file: string): readonly string[] {
  const known = imports.get(file);
  if (known !== undefined) return known;
  const text = readFileSync(join(root, file), "utf8");
  const found = [
    ...text.matchAll(/^\s*(?:import|export)\s+(?!type\s)(?:[^"';]*?\sfrom\s+)?"(\.[^"]+\.ts)"/gm),
  ].map(([, from]) => relative(root, resolve(root, dirname(file), from)));
  imports.set(file, found);
  return found;
}
