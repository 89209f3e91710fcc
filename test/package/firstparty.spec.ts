/** The programs of docs/OPERATING.md, "First-party", as a shop has them: the package from npm, and its types. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";
import { expect, inject, test } from "vitest";
import { freePort } from "../field/engines/port.ts";
import { root, run } from "./commands.ts";
import { catalogue, project, start } from "./project.ts";

const guide = readFileSync(join(root, "docs/OPERATING.md"), "utf8");
const [withHono, onWorkers] = [...guide.matchAll(/^ *```ts\n(.*?)```/gms)].map(([, code]) => code);
const { dependencies }: { readonly dependencies: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync(join(root, "server/package.json"), "utf8"),
);
const versioned = (name: string) => `${name}@${dependencies[name]}`;

const settings = (lib: readonly string[]) =>
  JSON.stringify({
    compilerOptions: {
      ...{ target: "es2023", module: "nodenext", strict: true, noEmit: true, skipLibCheck: false },
      ...{ lib, types: [] },
    },
    files: ["worker.ts"],
  });

test("compile with the package's types, and give a shop's pages what the server gives", async () => {
  const [serverPort, shopPort] = [await freePort(), await freePort()];
  const server = `http://localhost:${serverPort}`;
  const here = (code: string) =>
    code.replace("https://tacit.internal", server).replace("port: 3000", `port: ${shopPort}`);
  const runnable = (code: string) =>
    ts.transpile(here(code), { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext });
  const files = {
    "catalogue.csv": catalogue,
    "shop.mjs": runnable(withHono),
    "worker.mjs": runnable(onWorkers),
    "worker.ts": onWorkers,
    "tsconfig.json": settings(["es2023", "dom", "dom.iterable"]),
    "package.json": `{"private": true, "type": "module"}`,
  };
  const packages = [inject("server"), versioned("hono"), versioned("@hono/node-server")];
  const folder = await project(files, packages);
  await run(folder, process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", folder]);

  const program = "node_modules/tacit-server/dist/tacit.js";
  await run(folder, process.execPath, [program, "import", "catalogue.csv"]);
  const serve = [process.execPath, program, "serve", "--port", `${serverPort}`] as const;
  const { told } = await start(folder, serve, `${server}/health/ready`);
  const shop = `http://localhost:${shopPort}`;
  await start(folder, [process.execPath, "shop.mjs"], shop);
  const onWorker: { readonly default: { readonly fetch: (request: Request) => Promise<Response> } } =
    await import(pathToFileURL(join(folder, "worker.mjs")).href);
  const { build }: { readonly build: string } = await (await fetch(`${server}/tacit/integrity.json`)).json();
  expect(told()).toContain(`async src="${server}/tacit/${build}/tacit.js"`);
  for (const [path, direct] of [
    ["/s/main.js", "/tacit/tacit.js"],
    [`/s/${build}/worker.js`, `/tacit/${build}/worker.js`],
    ["/s/v1/edition", "/v1/edition"],
    ["/s/v1/head", "/v1/head"],
    ["/s/v1/tasks", "/v1/tasks"],
  ]) {
    const wanted = Buffer.from(await (await fetch(server + direct)).arrayBuffer());
    for (const answer of [
      await fetch(shop + path),
      await onWorker.default.fetch(new Request(`https://shop.example${path}`)),
    ]) {
      expect([path, answer.status]).toEqual([path, 200]);
      expect(Buffer.from(await answer.arrayBuffer()).equals(wanted), path).toBe(true);
    }
  }
  for (const answer of [
    await fetch(shop),
    await onWorker.default.fetch(new Request("https://shop.example/")),
  ])
    expect(await answer.text()).toBe("the shop's own");
});
