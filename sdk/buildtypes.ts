/**
 * Builds dist/sdk/types, the types that the package carries: `npx tsx sdk/buildtypes.ts`.
 *
 * They are the declarations of the entries and of what they name, and of no other file of the
 * project's. They name no package but the
 * framework that a binding is for, so that a site needs none to read them.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("..", import.meta.url));
const built = join(root, "dist/sdk/types");

/** What the entries without exports declare. */
const entries: Readonly<Record<string, string>> = {
  tag: `/** \`tacit.js\`: puts the SDK at \`window.tacit\` and starts it. */
import type { Tacit, TacitConfig } from "./sdk/index.js";
declare global {
  interface Window {
    /** There once the script has run. */
    tacit?: Tacit;
    /** Set before the script runs, it goes before the script's attributes. */
    tacitConfig?: TacitConfig;
  }
}
export {};
`,
  stub: `/** \`stub.js\`: stands in for \`window.tacit\` until the script tag's has come. */
export {};
`,
  worker: `/** \`worker.js\`, for its address: the SDK starts it, and no page imports it. */
export {};
`,
};

/** @throws {TypeError} for a declaration that the compiler would have to guess. */
function declarationsOf(file: string): string {
  const name = relative(root, file);
  const { outputText, diagnostics } = ts.transpileDeclaration(readFileSync(file, "utf8"), {
    compilerOptions: { isolatedDeclarations: true, declaration: true },
    fileName: name,
    reportDiagnostics: true,
  });
  const fault = diagnostics?.[0];
  if (fault === undefined) return outputText;
  throw new TypeError(`${name}: ${ts.flattenDiagnosticMessageText(fault.messageText, "\n")}`);
}

function write(name: string, text: string): void {
  const file = join(built, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const files = new Set([
  join(root, "sdk/index.ts"),
  join(root, "sdk/reasons/reasons.ts"),
  join(root, "sdk/bridges/bridges.ts"),
  join(root, "sdk/firstlist/firstlist.ts"),
  ...["shelf", "consent", "onboarding", "panel"].map((name) => join(root, `sdk/widgets/${name}/${name}.ts`)),
  ...["react", "vue", "svelte"].map((name) => join(root, `sdk/${name}/${name}.ts`)),
]);
/** Of a framework its binding may speak, which nobody has without it. */
const frameworks: Readonly<Record<string, string>> = {
  "sdk/react/react.d.ts": "react",
  "sdk/vue/vue.d.ts": "vue",
};
for (const file of files) {
  const text = declarationsOf(file);
  const name = relative(root, file).replace(/\.ts$/, ".d.ts");
  for (const { fileName } of ts.preProcessFile(text).importedFiles) {
    if (fileName === frameworks[name]) continue;
    if (!fileName.startsWith(".")) throw new TypeError(`${name}: expected no package, got ${fileName}`);
    files.add(resolve(dirname(file), fileName));
  }
  write(name, text.replaceAll(/(from "\.[^"]*)\.ts"/g, '$1.js"'));
}
for (const [name, text] of Object.entries(entries)) write(`${name}.d.ts`, text);
