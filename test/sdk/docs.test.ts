import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { afterEach, describe, expect, test, vi } from "vitest";
import { eventKinds } from "../../core/events/event.ts";
import { Client } from "../../sdk/client.ts";
import { configKeys } from "../../sdk/glance.ts";
import { surfaceOf } from "../../sdk/surface.ts";
import { FakeApi, FakePage, FakeWorker, files } from "./fakes.ts";
import { sdkGuide } from "./guide.ts";

const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
const read = (path: string): string => readFileSync(`${root}/${path}`, "utf8");
const guide = sdkGuide();

const blocks = (language: string): readonly string[] =>
  [...guide.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "gs"))].map(([, code]) => code);

/** Examples by method: `@example` in the comment before each member of `Tacit`. */
const examples: ReadonlyMap<string, string> = (() => {
  const source = ts.createSourceFile("types.ts", read("sdk/types.ts"), ts.ScriptTarget.ESNext, true);
  const found = new Map<string, string>();
  for (const statement of source.statements) {
    if (!ts.isInterfaceDeclaration(statement) || statement.name.text !== "Tacit") continue;
    for (const member of statement.members.filter(ts.isMethodSignature)) {
      const tag = ts.getJSDocTags(member).find(({ tagName }) => tagName.text === "example");
      found.set(member.name.getText(source), ts.getTextOfJSDocComment(tag?.comment) ?? "");
    }
  }
  return found;
})();

/** What the compiler says about sources that import the SDK by its package. */
function complaintsAbout(sources: readonly string[]): readonly string[] {
  const files = new Map(sources.map((source, nth) => [`${root}/example-${nth}.tsx`, source]));
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
    types: [],
    jsx: ts.JsxEmit.ReactJSX,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    exactOptionalPropertyTypes: true,
    allowImportingTsExtensions: true,
    paths: {
      "tacit-sdk": [`${root}/sdk/index.ts`],
      "tacit-sdk/reasons": [`${root}/sdk/reasons/reasons.ts`],
      "tacit-sdk/bridges": [`${root}/sdk/bridges/bridges.ts`],
      ...Object.fromEntries(
        ["react", "vue", "svelte"].map((name) => [`tacit-sdk/${name}`, [`${root}/sdk/${name}/${name}.ts`]]),
      ),
      "tacit-sdk/shelf": [`${root}/sdk/widgets/shelf/shelf.ts`],
    },
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.readFile = (name) => files.get(name) ?? readFile(name);
  host.getSourceFile = (name, version) => {
    const source = files.get(name);
    return source === undefined ? getSourceFile(name, version) : ts.createSourceFile(name, source, version);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .filter(({ file }) => file === undefined || files.has(file.fileName))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

afterEach(() => vi.restoreAllMocks());

describe("the examples", () => {
  test("compile: in the guide, and on every method of the SDK", () => {
    expect(blocks("tsx?").length).toBeGreaterThan(4);
    const onMethods = [...examples.values()].map(
      (code) => `import { tacit } from "tacit-sdk";\n${code}\nexport {};`,
    );
    expect(complaintsAbout([...blocks("tsx?"), ...onMethods])).toEqual([]);
  }, 30_000);

  test("would not compile with a mistake in them", () => {
    const mistaken = `import { tacit } from "tacit-sdk"; tacit.track("veiw", { item: "a" });`;
    expect(complaintsAbout([mistaken])).toHaveLength(1);
  }, 30_000);

  test.each([...examples])("%s: runs and nothing goes wrong", async (method, code) => {
    vi.spyOn(console, "log").mockImplementation(() => undefined);
    const warn = vi.spyOn(console, "warn");
    const page = new FakePage({ makeWorker: () => new FakeWorker(new FakeApi()) });
    const tacit = surfaceOf(new Client({ page, files }));
    if (method !== "init") tacit.init();
    const called = vi.fn();
    const watched = new Proxy(tacit, {
      get(target, name, receiver) {
        called(name);
        return Reflect.get(target, name, receiver);
      },
    });
    const run = new Function("tacit", `return (async () => { ${code}\n })()`);
    await run(watched);
    expect(called).toHaveBeenCalledWith(method);
    expect(warn).not.toHaveBeenCalled();
  });
});

describe("the guide", () => {
  test("names every data attribute that the SDK reads, and no other", () => {
    const dashed = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const parts = readdirSync(new URL("../../sdk/capture", import.meta.url)).map((file) => `capture/${file}`);
    const code = ["capture.ts", "install.ts", ...parts].map((file) => read(`sdk/${file}`)).join();
    const inCode = [
      ...[...configKeys, "siteKey", "helper", "helperKey"]
        .filter((key) => !["pins", "onError"].includes(key))
        .map((key) => `tacit-${dashed(key)}`),
      ...[...code.matchAll(/\btacit(?:Item|Event|List|Position)\b/g)].map(([name]) => dashed(name)),
      ...[...code.matchAll(/"\[?data-(tacit-[a-z]+)\]?"/g)].map(([, name]) => name),
      // Any property of `track` may stand behind it: the guide has one.
      ...[...code.matchAll(/"data-(tacit-[a-z]+-)"/g)].map(([, prefix]) => `${prefix}amount`),
      ...[...code.matchAll(/said\(\w+, "([a-z]+)"\)/g)].map(([, name]) => `tacit-${name}`),
    ];
    const inGuide = [...guide.matchAll(/data-(tacit-[a-z]+(?:-[a-z]+)?)/g)].map(([, name]) => name);
    expect(new Set(inGuide)).toEqual(new Set(inCode));
  });

  test("names every kind of event", () => {
    for (const kind of eventKinds) expect(guide).toContain(`\`${kind}\``);
  });
});
