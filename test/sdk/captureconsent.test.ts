import { expect, test } from "vitest";
import { Loader } from "../../sdk/loader/loader.ts";
import { memoryStore } from "../../sdk/page.ts";
import { surfaceOf } from "../../sdk/surface.ts";
import { FakeApi, FakePage, FakeWorker, files } from "./fakes.ts";

function running(personalise: boolean) {
  const page = new FakePage({ makeWorker: () => new FakeWorker(new FakeApi()), store: memoryStore() });
  const client = surfaceOf(new Loader({ page, files }));
  client.init({ database: "shop", consent: { personalise } });
  return { page, client };
}

test("capture is told whose journal it captures for", () => {
  expect(running(true).page.journal).toBe("shop");
});

test("a yes to personalising looks again at the page, and nothing else does", () => {
  const { page, client } = running(false);
  const after = (change: () => void) => {
    const before = page.looksAgain;
    change();
    return page.looksAgain - before;
  };
  expect(page.looksAgain).toBe(0);
  expect(after(() => client.consent({ contribute: true }))).toBe(0);
  expect(after(() => client.consent({ personalise: true }))).toBe(1);
  expect(after(() => client.consent({ personalise: true, contribute: false }))).toBe(0);
  expect(after(() => client.consent({ personalise: false }))).toBe(0);
  expect(after(() => client.optIn())).toBe(1);
});
