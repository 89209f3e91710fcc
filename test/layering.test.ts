/**
 * The arrow: core <- worker <- sdk (types and the worker URL only), core <- server, and the demo has the
 * SDK's words. Inside the server the floors have an order too, and no file reaches itself through its
 * imports.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Folder -> folders it may import from. Where only types may cross, the import must be `import type`. */
const allowed: Readonly<
  Record<string, { readonly values: readonly string[]; readonly types: readonly string[] }>
> = {
  core: { values: [], types: [] },
  worker: { values: ["core"], types: [] },
  sdk: { values: ["core"], types: ["worker"] },
  server: { values: ["core"], types: [] },
  // What a page without a bundler has beside the script tag: words alone, which start nothing.
  demo: { values: ["core", "sdk/reasons"], types: ["sdk"] },
};
/** Packages that carry neither clock, chance, storage nor network. */
const pureCorePackages = ["valibot"];

interface Import {
  readonly file: string;
  readonly typeOnly: boolean;
  readonly from: string;
}

function importsOf(folder: string): readonly Import[] {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  return files
    .filter((name) => /\.tsx?$/.test(name) && !name.includes("node_modules"))
    .flatMap((name) => {
      const file = join(root, folder, name);
      const text = readFileSync(file, "utf8");
      const statements = text.matchAll(
        /^\s*(?:import|export)\s+(type\s+)?(?:[^"';]*?\sfrom\s+)?"([^"]+)"|import\(\s*"([^"]+)"\s*\)/gm,
      );
      return [...statements].map((match) => ({
        file,
        typeOnly: match[1] !== undefined,
        from: match[2] ?? match[3],
      }));
    });
}

test.each(Object.keys(allowed))("%s imports only what stands below it", (folder) => {
  const imports = importsOf(folder);
  const refused = imports.filter(({ file, typeOnly, from }) => {
    if (!from.startsWith(".")) return folder === "core" && !pureCorePackages.includes(from);
    const target = relative(root, resolve(dirname(file), from));
    const isIn = (folders: readonly string[]) => folders.some((one) => target.startsWith(`${one}/`));
    const { values, types } = allowed[folder];
    return !isIn([folder, ...values]) && !(typeOnly && isIn(types));
  });
  expect(refused.map(({ file, from }) => `${relative(root, file)} imports ${from}`)).toEqual([]);
  expect(imports.length).toBeGreaterThan(0);
});

/** The server's floors, lowest first: each imports from itself and from those before it. */
const serverFloors = [
  "firstparty",
  "base",
  "encoders",
  "store",
  "tokens",
  "tasks",
  "experiments",
  "kinds",
  "publishing",
  "http",
  "relay",
  "roles",
  "doctor",
  "cli",
];

/**
 * The worker's likewise, with the files beside its folders: what all of them use, and what puts them
 * together.
 */
const workerFloors = [
  [
    "api.ts",
    "moves.ts",
    "shown.ts",
    "edges.ts",
    "digest.ts",
    "plainsha256.ts",
    "idle.ts",
    "lazy.ts",
    "lock.ts",
  ],
  "trust",
  "store",
  "door",
  "events",
  "rank",
  "experiments",
  "texts",
  "contribute",
  "moving",
  "export",
  "panel",
  "answers",
  "tacit.ts",
  ["main.ts", "fromsource.ts"],
];

test.each([
  ["server", serverFloors],
  ["worker", workerFloors],
])("inside %s arrows run downhill", (folder, floors) => {
  const floorOf = (path: string) => {
    const [first] = relative(join(root, folder), path).split("/");
    return floors.findIndex((floor) => [floor].flat().includes(first));
  };
  const imports = importsOf(folder).filter(({ from }) => from.startsWith("."));
  const uphill = imports.filter(({ file, from }) => {
    const target = resolve(dirname(file), from);
    return target.startsWith(join(root, folder, "/")) && floorOf(target) > floorOf(file);
  });
  expect(uphill.map(({ file, from }) => `${relative(root, file)} imports ${from}`)).toEqual([]);
  expect(new Set(imports.map(({ file }) => floorOf(file)))).toEqual(new Set(floors.keys()));
});

test("what runs encoders, and what decodes pictures, is loaded by one file of the server each, and in browsers in one of its own, when asked to", () => {
  const packages = /^(onnxruntime-web|@huggingface\/|sharp$)/;
  const loading = Object.keys(allowed)
    .flatMap(importsOf)
    .filter(({ from }) => packages.test(from));
  expect(loading.map(({ file, from }) => `${relative(root, file)} ${from}`)).toEqual([
    "worker/texts/encoder.ts @huggingface/tokenizers",
    "worker/texts/encoder.ts onnxruntime-web/wasm",
    "server/encoders/load.ts @huggingface/tokenizers",
    "server/encoders/load.ts onnxruntime-web/wasm",
    "server/encoders/pictures/decode.ts sharp",
  ]);
  for (const { file, from } of loading.filter((one) => one.file.includes("/server/"))) {
    expect(readFileSync(file, "utf8")).toContain(`import("${from}")`);
  }
  const entries = Object.keys(allowed)
    .flatMap(importsOf)
    .filter(({ from }) => /\/encoder\.ts$/.test(from))
    .map(({ file, from }) => resolve(dirname(file), from));
  expect(entries).not.toContain(join(root, "worker/texts/encoder.ts"));
});

test("no file imports itself, by whatever way round", () => {
  const imports = [...Object.keys(allowed), "bench"]
    .flatMap(importsOf)
    .filter(({ from }) => from.startsWith("."));
  const targets = new Map<string, string[]>();
  for (const { file, from } of imports) {
    targets.set(file, [...(targets.get(file) ?? []), resolve(dirname(file), from)]);
  }
  expect(circlesIn(targets).map((circle) => circle.map((file) => relative(root, file)).join(" -> "))).toEqual(
    [],
  );
  expect(targets.size).toBeGreaterThan(200);
});

test("a circle is found, and what only meets twice is none", () => {
  const graph = (edges: Record<string, string[]>) => new Map(Object.entries(edges));
  expect(circlesIn(graph({ a: ["b", "c"], b: ["d"], c: ["d"], d: [] }))).toEqual([]);
  expect(circlesIn(graph({ a: ["b"], b: ["c"], c: ["b"] }))).toEqual([["b", "c", "b"]]);
  expect(circlesIn(graph({ a: ["a"] }))).toEqual([["a", "a"]]);
});

/**
 * Ways that come back to where they began: depth first, one for each edge back to a file that is still open.
 */
function circlesIn(targets: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const circles: string[][] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) circles.push([...path.slice(start), file]);
    if (start >= 0 || done.has(file)) return;
    for (const target of targets.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of targets.keys()) visit(file, []);
  return circles;
}

test("core reaches for no clock, chance, storage, network or console", () => {
  const reaching =
    /\b(?:Date\.now|new Date|Math\.random|performance\.|fetch\(|indexedDB|localStorage|console\.|setTimeout|process\.)/;
  const files = readdirSync(join(root, "core"), { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  const found = files.filter((name) => reaching.test(readFileSync(join(root, "core", name), "utf8")));
  expect(found).toEqual([]);
});

test("the network is reached from four worker files and, before the worker runs, from one of the page", () => {
  const device = ["core", "worker", "sdk"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
  );
  const reaching = /\bfetch\(|XMLHttpRequest|sendBeacon|WebSocket|EventSource|new Image\(/;
  const found = device
    .filter((name) => name.endsWith(".ts"))
    .filter((name) =>
      reaching.test(readFileSync(join(root, name), "utf8").replace(/^\s*(?:\*|\/\/|\/\*).*$/gm, "")),
    );
  expect(found.sort()).toEqual([
    "sdk/browser.ts",
    // For a site's own server, of which no person is known.
    "sdk/firstlist/firstlist.ts",
    "worker/contribute/wallet.ts",
    "worker/door/door.ts",
    "worker/door/early.ts",
    "worker/rank/download.ts",
  ]);
  // The page's file asks for what it is told to; nobody but this one tells it, and nothing of a person
  // reaches it.
  const askers = device.filter(
    (name) => name.endsWith(".ts") && /\bpage\.ask\(/.test(readFileSync(join(root, name), "utf8")),
  );
  expect(askers).toEqual(["sdk/prefetch.ts"]);
});
