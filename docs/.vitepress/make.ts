/**
 * What the site takes in beside its pages, made before it is built and kept in no commit: the SDK's files and an edition for
 * the live widgets (public/), and the reference of the package's types (api/). Needs the built SDK: `npm run build:sdk`.
 *
 *     npx tsx docs/.vitepress/make.ts
 */
import { cpSync, existsSync, readdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Application } from "typedoc";
import { writeLive } from "./live.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const built = here("../../dist/sdk/");

/** What may be imported from the package, by the file that defines it. */
const entries = {
  "tacit-sdk": "index.ts",
  "tacit-sdk/reasons": "reasons/reasons.ts",
  "tacit-sdk/bridges": "bridges/bridges.ts",
  "tacit-sdk/react": "react/react.ts",
  "tacit-sdk/vue": "vue/vue.ts",
  "tacit-sdk/svelte": "svelte/svelte.ts",
  "tacit-sdk/shelf": "widgets/shelf/shelf.ts",
  "tacit-sdk/consent": "widgets/consent/consent.ts",
  "tacit-sdk/onboarding": "widgets/onboarding/onboarding.ts",
};

async function writeReference(target: string): Promise<void> {
  const app = await Application.bootstrapWithPlugins({
    out: target,
    entryPoints: Object.values(entries).map((file) => here(`../../sdk/${file}`)),
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
  for (const module of project.children ?? []) {
    const [name = module.name] =
      Object.entries(entries).find(([, file]) => `sdk/${file}`.includes(`${module.name}.ts`)) ?? [];
    module.name = name;
  }
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
