/**
 * `npm run release -- VERSION`: version, changelog, commit and tag of a release, on this machine alone.
 * Pushing the tag has .github/workflows/release.yml test and publish it.
 *
 * Both packages get the version, and the address of the repository that they are released from: that of the
 * remote `origin`, because the statement of provenance holds for it alone.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { release } from "./changelog.ts";
import { repositoryAt } from "./repository.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const run = (program: string, ...args: readonly string[]): string =>
  execFileSync(program, args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }).trim();

const [version = ""] = process.argv.slice(2);
if (!/^\d+\.\d+\.\d+(?:-[a-z]+\.\d+)?$/.test(version))
  throw new TypeError(`release: expected a version such as 1.2.3 or 1.2.3-next.0, got "${version}"`);
if (run("git", "status", "--porcelain") !== "")
  throw new Error("release: expected a tree without changes, got some: commit them first");
const repository = repositoryAt(run("git", "remote", "get-url", "origin"));

const changelogFile = join(root, "CHANGELOG.md");
const day = new Date().toISOString().slice(0, 10);
const { changelog, notes } = release(readFileSync(changelogFile, "utf8"), { version, day });

for (const folder of [".", "server"]) {
  const file = join(root, folder, "package.json");
  const manifest: unknown = JSON.parse(readFileSync(file, "utf8"));
  const directory = folder === "." ? {} : { directory: folder };
  const released = {
    ...Object(manifest),
    version,
    repository: { type: "git", url: repository.url, ...directory },
    bugs: repository.bugs,
  };
  writeFileSync(file, `${JSON.stringify(released, null, 2)}\n`);
}
writeFileSync(changelogFile, changelog);
run("npm", "install", "--package-lock-only", "--no-audit", "--no-fund");
run("git", "commit", "--all", "--message", `release: ${version}`);
run("git", "tag", "--annotate", `v${version}`, "--cleanup=verbatim", "--message", `${version}\n\n${notes}`);
console.log(`v${version} is tagged here. To publish it: git push --follow-tags`);
