import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, resolve } from "node:path";
import ts from "typescript";
import { describe, expect, inject, test } from "vitest";
import { builds } from "../../sdk/vite.config.ts";
import { root, run } from "./commands.ts";

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional: boolean }>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
}

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
const { sdk, server } = inject("unpacked");
const packages = [
  ["tacit-sdk", sdk],
  ["tacit-server", server],
] as const;

/** Names of packages, Node's own and others, that a file imports, and its relative imports as paths. */
function importsOf(file: string): {
  readonly packages: readonly string[];
  readonly files: readonly string[];
} {
  const names = ts.preProcessFile(readFileSync(file, "utf8")).importedFiles.map(({ fileName }) => fileName);
  return {
    packages: names.filter((name) => !name.startsWith(".")),
    files: names.filter((name) => name.startsWith(".")).map((name) => resolve(dirname(file), name)),
  };
}

describe.each(packages)("%s", (name, folder) => {
  test("is what its manifest says, for the versions of Node that the tree is for", () => {
    const [manifest, tree] = [manifestOf(folder), manifestOf(root)];
    expect(manifest.name).toBe(name);
    expect([manifest.version, manifest.engines]).toEqual([tree.version, tree.engines]);
    expect(readFileSync(join(folder, "LICENSE"), "utf8")).toBe(readFileSync(join(root, "LICENSE"), "utf8"));
    expect(readFileSync(join(folder, "README.md"), "utf8")).toContain(`npm i ${name}`);
  });

  test("publint has nothing to say, and neither has attw", async () => {
    const tarball = inject(name === "tacit-sdk" ? "sdk" : "server");
    const { stdout } = await run(root, "npx", ["publint", "run", tarball, "--strict"]);
    expect(stdout).toContain("All good!");
    await run(root, "npx", ["attw", tarball, "--profile", "esm-only", "--no-emoji"]);
  });

  test("runs nothing when it is installed", () => {
    const scripts = Object.keys(manifestOf(folder).scripts ?? {});
    expect(scripts.filter((script) => /install$|^prepare$/.test(script))).toEqual([]);
  });

  test("carries JavaScript with its sources' maps, and no TypeScript but declarations", () => {
    const files = filesIn(folder);
    expect(files.filter((file) => /(?<!\.d)\.tsx?$/.test(file))).toEqual([]);
    const scripts = files.filter((file) => file.endsWith(".js") && !file.endsWith("stub.js"));
    expect(scripts.length).toBeGreaterThan(4);
    for (const script of scripts) {
      const map: unknown = JSON.parse(readFileSync(join(folder, `${script}.map`), "utf8"));
      expect(map, script).toMatchObject({ sourcesContent: expect.any(Array) });
    }
  });

  test("names no folder of the machine that built it", () => {
    const naming = filesIn(folder).filter((file) =>
      readFileSync(join(folder, file), "latin1").includes(root),
    );
    expect(naming).toEqual([]);
  });
});

describe("tacit-sdk", () => {
  test("needs no other package, and above all no database; frameworks are for who has them", () => {
    const {
      dependencies,
      optionalDependencies,
      peerDependencies = {},
      peerDependenciesMeta,
    } = manifestOf(sdk);
    expect([dependencies, optionalDependencies]).toEqual([undefined, undefined]);
    expect(Object.keys(peerDependencies)).toEqual(["react", "vue"]);
    for (const name of Object.keys(peerDependencies))
      expect(peerDependenciesMeta?.[name]).toEqual({ optional: true });
    expect(readdirSync(dirname(sdk)).filter((file) => !file.startsWith("."))).toEqual(["tacit-sdk"]);
  });

  test("has every file that its entries name, with types that name no package but a binding's framework", () => {
    const { exports } = manifestOf(sdk);
    expect(Object.keys(exports)).toEqual(
      expect.arrayContaining([
        ...[".", "./tag", "./stub", "./worker", "./reasons", "./bridges"],
        ...["./react", "./vue", "./svelte", "./firstlist", "./shelf", "./consent", "./onboarding", "./panel"],
      ]),
    );
    for (const entry of Object.values(exports)) {
      for (const file of typeof entry === "string" ? [entry] : [entry.types, entry.default])
        expect(existsSync(join(sdk, file)), file).toBe(true);
    }
    const types = filesIn(sdk).filter((file) => file.endsWith(".d.ts"));
    expect(types.length).toBeGreaterThan(5);
    for (const file of types) {
      const imports = importsOf(join(sdk, file));
      const framework = /\/(react|vue)\.d\.ts$/.exec(file)?.[1];
      expect(
        imports.packages.filter((name) => name !== framework),
        file,
      ).toEqual([]);
      for (const path of imports.files) expect(existsSync(path.replace(/\.js$/, ".d.ts")), path).toBe(true);
    }
  });

  test("has every file that is built, and the integrity of each", () => {
    const files = ["encoder.wasm", ...Object.values(builds).map(({ file }) => file)].sort();
    const integrity: object = JSON.parse(readFileSync(join(sdk, "dist/sdk/integrity.json"), "utf8"));
    expect(Object.keys(integrity).sort()).toEqual(files);
    for (const file of files) expect(existsSync(join(sdk, "dist/sdk", file)), file).toBe(true);
  });
});

test("what the SDK's files carry of others brings the licences along", () => {
  const maps = filesIn(join(sdk, "dist/sdk")).filter((file) => file.endsWith(".js.map"));
  const carried = new Set(
    maps.flatMap((file) => {
      const { sources }: { readonly sources: readonly string[] } = JSON.parse(
        readFileSync(join(sdk, "dist/sdk", file), "utf8"),
      );
      return sources.flatMap((source) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? []);
    }),
  );
  expect(carried.size).toBeGreaterThan(5);
  const text = readFileSync(join(sdk, "dist/sdk/LICENSES.txt"), "utf8");
  for (const name of carried) expect(text).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+$`, "m"));
  for (const licence of ["Apache License", "ISC License", "MIT"]) expect(text).toContain(licence);
});

describe("tacit-server", () => {
  test("every import is of Node, of a package that it depends on, or of a file that it carries", () => {
    const { dependencies, peerDependencies } = manifestOf(server);
    const depends = Object.keys({ ...dependencies, ...peerDependencies });
    const scripts = filesIn(server).filter((file) => file.endsWith(".js") && !file.startsWith("dist/sdk"));
    expect(scripts).toEqual(expect.arrayContaining(["dist/tacit.js", "dist/thread.js"]));
    const used = new Set<string>();
    for (const script of scripts) {
      const { packages, files } = importsOf(join(server, script));
      for (const file of files) expect(existsSync(file), `${script} imports ${file}`).toBe(true);
      for (const name of packages) used.add(name);
    }
    const names = [...used].filter((name) => !name.startsWith("node:")).map(packageOf);
    expect(new Set(names)).toEqual(new Set(depends));
    expect(names.filter((name) => builtinModules.includes(name))).toEqual([]);
  });

  test("what a site mounts is a file by itself, with types that name no other", () => {
    const entry = manifestOf(server).exports["./firstparty"];
    const files = typeof entry === "string" ? [] : [entry.types, entry.default];
    expect(files).toEqual(["./dist/firstparty.d.ts", "./dist/firstparty.js"]);
    for (const file of files) expect(importsOf(join(server, file))).toEqual({ packages: [], files: [] });
  });

  test("what it has taken in of another's brings the licence along", () => {
    const scripts = filesIn(server).filter(
      (file) => file.endsWith(".js.map") && !file.startsWith("dist/sdk"),
    );
    const sources = scripts.flatMap((file): readonly string[] => {
      const { sources: names } = JSON.parse(readFileSync(join(server, file), "utf8"));
      return names;
    });
    const taken = new Set(
      sources.flatMap((source) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? []),
    );
    expect([...taken]).toEqual(["kysely"]);
    for (const name of taken) {
      const licence = readFileSync(join(root, "node_modules", name, "LICENSE"), "utf8");
      expect(readFileSync(join(server, `dist/${name}.LICENSE`), "utf8")).toBe(licence);
    }
  });

  test("what the tree has of the same packages is the same version", () => {
    const { dependencies, peerDependencies } = manifestOf(server);
    const inTree = manifestOf(root).devDependencies ?? {};
    for (const [name, versions] of Object.entries(peerDependencies ?? {})) {
      expect([name, versions]).toEqual([name, `^${inTree[name]}`]);
    }
    const [depends, tree] = [dependencies ?? {}, inTree];
    const both = Object.keys(depends).filter((name) => tree[name] !== undefined);
    expect(both.length).toBeGreaterThan(1);
    for (const name of both) expect([name, tree[name]]).toEqual([name, depends[name]]);
  });

  test("brings what makes an encoder, as it is in the tree", () => {
    const made = [
      "export.sh",
      "export.py",
      "bertgraph.py",
      "reference.py",
      "requirements.txt",
      "weights.txt",
      "exportimages.py",
      "litegraph.py",
      "litelayers.py",
      "litereference.py",
      "torchfile.py",
      "drawn.py",
      "weights-images.txt",
    ];
    for (const name of [...made, "README.md"]) {
      const text = readFileSync(join(server, "dist/encoders/export", name), "utf8");
      expect(text).toBe(readFileSync(join(root, "server/encoders/export", name), "utf8"));
    }
  });

  test("brings the SDK of the same build, to give it out", () => {
    const files = filesIn(join(sdk, "dist/sdk")).filter((file) => !file.startsWith("types"));
    expect(filesIn(join(server, "dist/sdk"))).toEqual(files);
    const differing = files.filter(
      (file) =>
        !readFileSync(join(server, "dist/sdk", file)).equals(readFileSync(join(sdk, "dist/sdk", file))),
    );
    expect(differing).toEqual([]);
  });
});

function packageOf(path: string): string {
  return path
    .split("/")
    .slice(0, path.startsWith("@") ? 2 : 1)
    .join("/");
}
