/**
 * Builds server/dist, all that the package `tacit-server` runs: `npx tsx server/build.ts`, after
 * sdk/build.ts.
 *
 * Two programs, the command and the thread that does its work, with what they share in files beside them and
 * source maps that carry their sources. Reading a file for each file of the server took longer at a start
 * than anything the server does then. What it depends on is not taken in, but for kysely, of whose 350 files
 * a few are used: its licence goes along. Types are checked by `npm run types`. Beside it the built SDK, which the
 * server gives out at /tacit/: the one of this very version; and `tacit-server/firstparty`, a file by itself that
 * runs without Node, with its types.
 */
import { chmodSync, copyFileSync, cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { build } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));
const built = join(root, "server/dist");
const takenIn = "kysely";

type Packages = Readonly<Record<string, string>>;
const { dependencies, peerDependencies } = JSON.parse(
  readFileSync(join(root, "server/package.json"), "utf8"),
) as { readonly dependencies: Packages; readonly peerDependencies: Packages };

// A text of ASCII is held in half of the memory.
const output = {
  entryFileNames: "[name].js",
  chunkFileNames: "[name].js",
  charset: "ascii",
  comments: { legal: true, annotation: false, jsdoc: false },
} as const;

await build({
  configFile: false,
  root,
  logLevel: "warn",
  publicDir: false,
  ssr: {
    target: "node",
    noExternal: [takenIn],
    external: Object.keys({ ...dependencies, ...peerDependencies }),
  },
  build: {
    ssr: true,
    outDir: built,
    emptyOutDir: true,
    target: "node20",
    sourcemap: true,
    minify: false,
    rolldownOptions: {
      input: {
        tacit: join(root, "server/cli/tacit.ts"),
        thread: join(root, "server/publishing/work/thread.ts"),
      },
      // One folder: a file finds the thread's entry beside itself, whichever of them it became a part of.
      output,
    },
  },
});
await build({
  configFile: false,
  root,
  logLevel: "warn",
  publicDir: false,
  build: {
    ssr: true,
    outDir: built,
    emptyOutDir: false,
    target: "es2022",
    sourcemap: true,
    minify: false,
    rolldownOptions: { input: { firstparty: join(root, "server/firstparty/firstparty.ts") }, output },
  },
});
writeFileSync(join(built, "firstparty.d.ts"), declarationsOf("server/firstparty/firstparty.ts"));
copyFileSync(join(root, "node_modules", takenIn, "LICENSE"), join(built, `${takenIn}.LICENSE`));
chmodSync(join(built, "tacit.js"), 0o755);
// Its types, a folder, are for who builds a site.
cpSync(join(root, "dist/sdk"), join(built, "sdk"), {
  recursive: true,
  filter: (source) => !source.endsWith("types"),
});
// What makes an encoder: Python, for who wants one.
cpSync(join(root, "server/encoders/export"), join(built, "encoders/export"), {
  recursive: true,
  filter: (source) => !source.endsWith("__pycache__"),
});
console.log(
  `server/dist  ${readdirSync(built)
    .filter((name) => name.endsWith(".js"))
    .join(", ")}`,
);

/** @throws {TypeError} for a declaration that the compiler would have to guess, or that names another file. */
function declarationsOf(file: string): string {
  const { outputText, diagnostics } = ts.transpileDeclaration(readFileSync(join(root, file), "utf8"), {
    compilerOptions: { isolatedDeclarations: true, declaration: true },
    fileName: file,
    reportDiagnostics: true,
  });
  const fault = diagnostics?.[0];
  if (fault !== undefined)
    throw new TypeError(`${file}: ${ts.flattenDiagnosticMessageText(fault.messageText, "\n")}`);
  const [other] = ts.preProcessFile(outputText).importedFiles;
  if (other !== undefined)
    throw new TypeError(`${file}: expected types of its own alone, got ${other.fileName}`);
  return outputText;
}
