import { afterEach, describe, expect, test, vi } from "vitest";
import { eventKinds } from "../../core/events/event.ts";
import { Loader } from "../../sdk/loader/loader.ts";
import { surfaceOf } from "../../sdk/surface.ts";
import { dataAttributes } from "./attributes.ts";
import { examples } from "./examples.ts";
import { FakeApi, FakePage, FakeWorker, files } from "./fakes.ts";
import { sdkGuide } from "./guide.ts";

const guide = sdkGuide();

afterEach(() => vi.restoreAllMocks());

describe("the examples", () => {
  test.each([...examples])("%s: runs and nothing goes wrong", async (method, code) => {
    vi.spyOn(console, "log").mockImplementation(() => undefined);
    const warn = vi.spyOn(console, "warn");
    const page = new FakePage({ makeWorker: () => new FakeWorker(new FakeApi()) });
    const tacit = surfaceOf(new Loader({ page, files }));
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
