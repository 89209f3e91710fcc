import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { afterEach, describe, expect, test, vi } from "vitest";
import { eventKinds } from "../../core/events/event.ts";
import { Client } from "../../sdk/client.ts";
import { surfaceOf } from "../../sdk/surface.ts";
import { complaintsAbout } from "../docs/compiled.ts";
import { dataAttributes } from "./attributes.ts";
import { FakeApi, FakePage, FakeWorker, files } from "./fakes.ts";
import { sdkGuide } from "./guide.ts";

const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
const read = (path: string): string => readFileSync(`${root}/${path}`, "utf8");
const guide = sdkGuide();

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

afterEach(() => vi.restoreAllMocks());

describe("the examples", () => {
  test("compile on every method of the SDK", () => {
    const onMethods = [...examples.values()].map(
      (code) => `import { tacit } from "tacit-sdk";\n${code}\nexport {};`,
    );
    const mistaken = `import { tacit } from "tacit-sdk"; tacit.track("veiw", { item: "a" });`;
    expect(complaintsAbout([...onMethods, mistaken]).map(({ nth }) => nth)).toEqual([onMethods.length]);
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
    const inCode = dataAttributes();
    const inGuide = [...guide.matchAll(/data-(tacit-[a-z]+(?:-[a-z]+)?)/g)].map(([, name]) => name);
    expect(new Set(inGuide)).toEqual(new Set(inCode));
  });

  test("names every kind of event", () => {
    for (const kind of eventKinds) expect(guide).toContain(`\`${kind}\``);
  });
});
