/**
 * What the site takes in beside its pages, made before it is built and kept in no commit: the SDK's files and an edition for
 * the live widgets (public/), and the reference of the package's types (api/). Needs the built SDK: `npm run build:sdk`.
 *
 *     npx tsx docs/.vitepress/make.ts
 */
import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Application } from "typedoc";
import { writeLive } from "./live.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const built = here("../../dist/sdk/");

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string | { readonly types?: string }>>;
}
const manifest: Manifest = JSON.parse(readFileSync(here("../../package.json"), "utf8"));

/** What may be imported from the package and has types of its own, by the file that defines it: `sdk/react/react.ts`. */
const entries: ReadonlyMap<string, string> = new Map(
  Object.entries(manifest.exports).flatMap(([path, target]) => {
    const types = typeof target === "string" ? "" : (target.types ?? "");
    const [, file] = /\/types\/(sdk\/.+)\.d\.ts$/.exec(types) ?? [];
    return file === undefined ? [] : [[`${file}.ts`, join(manifest.name, path)] as const];
  }),
);

async function writeReference(target: string): Promise<void> {
  const app = await Application.bootstrapWithPlugins({
    out: target,
    entryPoints: [...entries.keys()].map((file) => here(`../../${file}`)),
    tsconfig: here("../../sdk/tsconfig.json"),
    plugin: ["typedoc-plugin-markdown"],
    skipErrorChecking: true,
    readme: "none",
    name: "API",
    disableSources: true,
    excludeExternals: true,
    excludeInternal: true,
    excludePrivate: true,
    excludeProtected: true,
    logLevel: "Error",
    // Options of the plugin, which the types of TypeDoc itself do not know.
    ...{
      entryFileName: "index.md",
      router: "module",
      hideBreadcrumbs: true,
      hidePageHeader: true,
      useCodeBlocks: true,
    },
  });
  const project = await app.convert();
  if (project === undefined) throw new Error("writeReference: expected types that can be read, got none");
  // Named by their files below sdk/.
  for (const module of project.children ?? [])
    module.name = entries.get(`sdk/${module.name}.ts`) ?? module.name;
  await app.generateOutputs(project);
  if (app.logger.hasErrors()) throw new Error(`writeReference: expected no errors in ${target}`);
}

if (!existsSync(`${built}tacit.js`))
  throw new Error("docs: expected dist/sdk to be built, got none: npm run build:sdk");
rmSync(here("../public/tacit"), { recursive: true, force: true });
for (const name of readdirSync(built).filter((file) => /\.(?:js|wasm)$/.test(file)))
  cpSync(built + name, here(`../public/tacit/${name}`));
rmSync(here("../public/live"), { recursive: true, force: true });
await writeLive(here("../live/catalogue.csv"), here("../public/live"));
rmSync(here("../api"), { recursive: true, force: true });
await writeReference(here("../api"));
