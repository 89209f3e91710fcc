/** What the compiler says about programs that import the packages by their names, as documents show them. */
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
const bindings = ["react", "vue", "svelte"].map((name) => [
  `tacit-sdk/${name}`,
  [`${root}/sdk/${name}/${name}.ts`],
]);
const widgets = ["shelf", "consent", "onboarding", "panel"].map((name) => [
  `tacit-sdk/${name}`,
  [`${root}/sdk/widgets/${name}/${name}.ts`],
]);

const options: ts.CompilerOptions = {
  ...{ target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext },
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
  ...{ types: ["node"], typeRoots: [`${root}/node_modules/@types`], jsx: ts.JsxEmit.ReactJSX },
  ...{ strict: true, noEmit: true, skipLibCheck: true },
  ...{ exactOptionalPropertyTypes: true, allowImportingTsExtensions: true },
  paths: {
    "tacit-sdk": [`${root}/sdk/index.ts`],
    "tacit-sdk/reasons": [`${root}/sdk/reasons/reasons.ts`],
    "tacit-sdk/bridges": [`${root}/sdk/bridges/bridges.ts`],
    "tacit-sdk/firstlist": [`${root}/sdk/firstlist/firstlist.ts`],
    "tacit-server/firstparty": [`${root}/server/firstparty/firstparty.ts`],
    ...Object.fromEntries([...bindings, ...widgets]),
  },
};

export interface Complaint {
  /** Which source, from 0. */
  readonly nth: number;
  readonly text: string;
}

export function complaintsAbout(sources: readonly string[]): readonly Complaint[] {
  // Below server/, whose packages a server's example imports.
  const files = new Map(sources.map((source, nth) => [`${root}/server/example-${nth}.tsx`, source]));
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.readFile = (name) => files.get(name) ?? readFile(name);
  host.getSourceFile = (name, version) => {
    const source = files.get(name);
    return source === undefined ? getSourceFile(name, version) : ts.createSourceFile(name, source, version);
  };
  const names = [...files.keys()];
  return ts.getPreEmitDiagnostics(ts.createProgram(names, options, host)).flatMap(({ file, messageText }) => {
    const nth = file === undefined ? 0 : names.indexOf(file.fileName);
    return nth < 0 ? [] : [{ nth, text: ts.flattenDiagnosticMessageText(messageText, "\n") }];
  });
}
