import { expect, test } from "vitest";
import { prefetch } from "../../sdk/prefetch.ts";
import { FakePage } from "./fakes.ts";

/** A page that answers every question with its address. */
class AskedPage extends FakePage {
  readonly asked: string[] = [];
  answer: (url: string) => Response | null = (url) => new Response(url);

  constructor() {
    super({
      makeWorker: () => {
        throw new Error("makeWorker: expected no worker to be wanted, got a start");
      },
    });
    this.has = false;
  }
  override ask(url: string): Promise<Response> | null {
    const answer = this.answer(url);
    if (answer === null) return null;
    this.asked.push(url);
    return Promise.resolve(answer);
  }
}

const from = "https://relay.example/carry";
const textOf = async (answer: Response | null) => answer && new Response(answer.body).text();

test("a first visit asks for edition and head at once, and gives each away once", async () => {
  const page = new AskedPage();
  const prefetched = prefetch(page, { from, hasDatabase: page.hasDatabase("tacit") });
  expect(page.asked).toEqual(["https://relay.example/carry/v1/edition"]);
  expect(await textOf(await prefetched("/v1/head"))).toBe("https://relay.example/carry/v1/head");
  expect(await textOf(await prefetched("/v1/edition"))).toBe("https://relay.example/carry/v1/edition");
  expect(await prefetched("/v1/edition")).toBeNull();
  expect(await prefetched("/v1/head")).toBeNull();
  expect(page.asked).toHaveLength(2);
});

test.each([[true], [null]])(
  "with a database, or where the browser does not say (%s), no head is asked for",
  async (has) => {
    const page = new AskedPage();
    page.has = has;
    const prefetched = prefetch(page, { from, hasDatabase: page.hasDatabase("tacit") });
    expect(await prefetched("/v1/head")).toBeNull();
    expect(await prefetched("/v1/edition")).not.toBeNull();
    expect(page.asked).toEqual(["https://relay.example/carry/v1/edition"]);
  },
);

test("a refusal is handed on with its status, so that the worker need not ask for it again", async () => {
  const page = new AskedPage();
  page.answer = () => new Response("busy", { status: 503 });
  const answer = await prefetch(page, { from, hasDatabase: page.hasDatabase("tacit") })("/v1/edition");
  expect(answer?.status).toBe(503);
  expect(await textOf(answer)).toBe("busy");
});

test("two who ask at once get one answer between them, also while it is under way", async () => {
  const page = new AskedPage();
  let deliver: (response: Response) => void = () => undefined;
  page.ask = () =>
    new Promise((resolve) => {
      deliver = resolve;
    });
  page.has = true;
  const prefetched = prefetch(page, { from, hasDatabase: page.hasDatabase("tacit") });
  const both = [prefetched("/v1/edition"), prefetched("/v1/edition")];
  expect(await both[1]).toBeNull();
  deliver(new Response("edition"));
  expect(await textOf(await both[0])).toBe("edition");
});

test("the edition waits for no database; a list of them that never comes, or fails, keeps the head alone back", async () => {
  for (const has of [new Promise<boolean>(() => undefined), Promise.reject<boolean>(new Error("denied"))]) {
    const page = new AskedPage();
    page.hasDatabase = () => has;
    const prefetched = prefetch(page, { from, hasDatabase: page.hasDatabase("tacit") });
    expect(await textOf(await prefetched("/v1/edition"))).toBe("https://relay.example/carry/v1/edition");
  }
});

test("a failure, an empty answer, a fetch that throws and a browser that transfers no streams leave all to the worker", async () => {
  const page = new AskedPage();
  const asks: AskedPage["ask"][] = [
    () => Promise.resolve(new Response(null, { status: 204 })),
    () => null,
    () => {
      throw new TypeError("a wrapper of the site's");
    },
  ];
  for (const ask of asks) {
    page.ask = ask;
    expect(await prefetch(page, { from, hasDatabase: page.hasDatabase("tacit") })("/v1/edition")).toBeNull();
  }
  page.ask = () => Promise.reject(new TypeError("Failed to fetch"));
  const prefetched = prefetch(page, { from, hasDatabase: page.hasDatabase("tacit") });
  expect(await prefetched("/v1/edition")).toBeNull();
  expect(await prefetched("/v1/head")).toBeNull();
});
