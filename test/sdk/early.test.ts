import { expect, test } from "vitest";
import { earlyAnswers } from "../../sdk/early.ts";
import { FakePage } from "./fakes.ts";

/** A page that answers every question with its address. */
class AskedPage extends FakePage {
  readonly asked: string[] = [];
  has: boolean | null = false;
  answer: (url: string) => Response | null = (url) => new Response(url);

  constructor() {
    super({
      makeWorker: () => {
        throw new Error("makeWorker: expected no worker to be wanted, got a start");
      },
    });
  }
  override ask(url: string): Promise<Response> | null {
    const answer = this.answer(url);
    if (answer === null) return null;
    this.asked.push(url);
    return Promise.resolve(answer);
  }
  override async hasDatabase(): Promise<boolean | null> {
    return this.has;
  }
}

const from = "https://relay.example/carry/";
const database = "tacit";
const textOf = async (body: ReadableStream<Uint8Array> | null) => body && new Response(body).text();

test("a first visit asks for edition and head at once, and gives each away once", async () => {
  const page = new AskedPage();
  const early = earlyAnswers(page, { from, database });
  expect(page.asked).toEqual(["https://relay.example/carry/v1/edition"]);
  expect(await textOf(await early("/v1/head"))).toBe("https://relay.example/carry/v1/head");
  expect(await textOf(await early("/v1/edition"))).toBe("https://relay.example/carry/v1/edition");
  expect(await early("/v1/edition")).toBeNull();
  expect(await early("/v1/head")).toBeNull();
  expect(page.asked).toHaveLength(2);
});

test.each([[true], [null]])(
  "with a database, or where the browser does not say (%s), no head is asked for",
  async (has) => {
    const page = new AskedPage();
    page.has = has;
    const early = earlyAnswers(page, { from, database });
    expect(await early("/v1/head")).toBeNull();
    expect(await early("/v1/edition")).not.toBeNull();
    expect(page.asked).toEqual(["https://relay.example/carry/v1/edition"]);
  },
);

test("a refusal, a failure and a browser that transfers no streams leave everything to the worker", async () => {
  const page = new AskedPage();
  for (const answer of [
    () => new Response("no edition", { status: 404 }),
    () => new Response(null, { status: 204 }),
    () => null,
  ]) {
    page.answer = answer;
    expect(await earlyAnswers(page, { from, database })("/v1/edition")).toBeNull();
  }
  page.ask = () => Promise.reject(new TypeError("Failed to fetch"));
  const early = earlyAnswers(page, { from, database });
  expect(await early("/v1/edition")).toBeNull();
  expect(await early("/v1/head")).toBeNull();
});
