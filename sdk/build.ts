/**
 * Builds dist/sdk: `npx tsx sdk/build.ts`, or with the names of the builds wanted: those of vite.config.ts, and
 * wasm.
 *
 * Writes integrity.json, the subresource integrity (https://www.w3.org/TR/SRI/) of each file for the
 * `integrity` attribute, version.json, which a server names the files by, and LICENSES.txt, the licences of
 * what the files carry of others, where all are built; prints what each weighs compressed.
 */
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { licencesOf, packagesIn } from "./licences.ts";
import { builds, version } from "./vite.config.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const files: Readonly<Record<string, string>> = {
  wasm: "encoder.wasm",
  ...Object.fromEntries(Object.entries(builds).map(([mode, { file }]) => [mode, file])),
};

/** What is shipped as it is. */
const copied: Readonly<Record<string, string | undefined>> = {
  wasm: "../node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm",
};

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(files);
for (const mode of wanted) {
  if (!Object.hasOwn(files, mode)) {
    throw new TypeError(`sdk/build: names must be among ${Object.keys(files).join(", ")}, got ${mode}`);
  }
}

mkdirSync(here("../dist/sdk"), { recursive: true });
const integrity: Record<string, string> = {};
/** Of others, which the files carry. */
const packages = new Set<string>();
for (const mode of wanted) {
  const asIs = copied[mode];
  if (asIs !== undefined) copyFileSync(here(asIs), here(`../dist/sdk/${files[mode]}`));
  else {
    const built = await build({ configFile: here("vite.config.ts"), mode, logLevel: "warn" });
    for (const name of packagesIn(built)) packages.add(name);
  }
  const bytes = readFileSync(here(`../dist/sdk/${files[mode]}`));
  integrity[files[mode]] = `sha384-${createHash("sha384").update(bytes).digest("base64")}`;
  console.log(
    `${files[mode].padEnd(13)} ${bytes.length} bytes, ${gzipSync(bytes, { level: 9 }).length} gzipped`,
  );
}
writeFileSync(here("../dist/sdk/integrity.json"), `${JSON.stringify(integrity, null, 2)}\n`);
writeFileSync(here("../dist/sdk/version.json"), `${JSON.stringify({ version })}\n`);
if (wanted.length === Object.keys(files).length) {
  writeFileSync(here("../dist/sdk/LICENSES.txt"), licencesOf(packages, here("../node_modules")));
}
