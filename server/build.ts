/**
 * Builds server/dist, all that the package `tacit-server` runs: `npx tsx server/build.ts`, after
 * sdk/build.ts.
 *
 * A file of JavaScript for each file of the server, and of core where the server imports it, with source maps
 * that carry their sources; the tree stays as it is. Types are the business of `npm run types`. Beside it the
 * built SDK, which the server gives out at /tacit/: the one of this very version.
 */
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("..", import.meta.url));
const built = join(root, "server/dist");

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
  isolatedModules: true,
  rewriteRelativeImportExtensions: true,
  sourceMap: true,
  inlineSources: true,
};

/** The files given, and all that they import by a relative path. */
function withImports(files: readonly string[]): ReadonlySet<string> {
  const found = new Set(files);
  for (const file of found) {
    for (const { fileName } of ts.preProcessFile(readFileSync(file, "utf8")).importedFiles)
      if (fileName.startsWith(".")) found.add(resolve(dirname(file), fileName));
  }
  return found;
}

rmSync(built, { recursive: true, force: true });
const sources = readdirSync(join(root, "server"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.includes(sep) && name.endsWith(".ts") && !name.startsWith("node_modules"))
  .map((name) => join(root, "server", name));
const files = withImports(sources);
for (const file of files) {
  const target = join(built, relative(root, file)).replace(/\.ts$/, ".js");
  const { outputText, sourceMapText } = ts.transpileModule(readFileSync(file, "utf8"), {
    compilerOptions: options,
    fileName: basename(file),
  });
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, outputText);
  writeFileSync(`${target}.map`, sourceMapText ?? "");
}
chmodSync(join(built, "server/cli/tacit.js"), 0o755);
// Its types, a folder, are for who builds a site.
cpSync(join(root, "dist/sdk"), join(built, "sdk"), {
  recursive: true,
  filter: (source) => !source.endsWith("types"),
});
console.log(`server/dist  ${files.size} files`);
