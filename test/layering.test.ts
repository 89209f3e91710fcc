/** The arrow: core <- worker <- sdk (types and the worker URL only), core <- server. */
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
  demo: { values: ["core"], types: ["sdk"] },
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
    const target = relative(root, resolve(dirname(file), from)).split("/")[0];
    const { values, types } = allowed[folder];
    return target !== folder && !values.includes(target) && !(typeOnly && types.includes(target));
  });
  expect(refused.map(({ file, from }) => `${relative(root, file)} imports ${from}`)).toEqual([]);
  expect(imports.length).toBeGreaterThan(0);
});

test("core reaches for no clock, chance, storage, network or console", () => {
  const reaching =
    /\b(?:Date\.now|new Date|Math\.random|performance\.|fetch\(|indexedDB|localStorage|console\.|setTimeout|process\.)/;
  const files = readdirSync(join(root, "core"), { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  const found = files.filter((name) => reaching.test(readFileSync(join(root, "core", name), "utf8")));
  expect(found).toEqual([]);
});

test("the network is reached from three worker files, and from no other place on the device", () => {
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
    "worker/rank/bundles.ts",
    "worker/door/door.ts",
    "worker/contribute/wallet.ts",
  ]);
});
