/**
 * The first list of a site's own server: what a browser would show somebody unknown, the same for all, never
 * waited for.
 */
import fc from "fast-check";
import { parseDocument } from "htmlparser2";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { JoinedModel } from "../../../core/model/join.ts";
import type { SitePolicy } from "../../../core/model/policy.ts";
import { JournalProfile } from "../../../core/ranking/journalprofile.ts";
import { firstList, shelfHtml } from "../../../sdk/firstlist/firstlist.ts";
import { freshMs, pauseMs } from "../../../sdk/firstlist/headsource.ts";
import { Model } from "../../../worker/rank/model.ts";
import { forYou, trending } from "../../../worker/rank/recommend.ts";
import { askedOf, type FakeServer, fakeServer } from "../../worker/fakeserver.ts";
import { shopModel } from "../../worker/shop.ts";

const server = "https://shop.example/base";
const shop = shopModel();
const first = shop.catalogue[0].item;
const ids = (items: readonly { readonly item: string }[]): readonly string[] => items.map(({ item }) => item);
const asked = (own: FakeServer, options: object = {}) => firstList({ server, fetch: own.fetch, ...options });

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 28) });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the list", () => {
  const category = shop.catalogue.flatMap(({ categories }) => categories)[0];
  const policies: readonly SitePolicy[] = [
    {},
    { all: { filter: { not: { item: ids(shop.catalogue).slice(0, 5) } } } },
    {
      recommend: { pin: [{ item: ids(shop.catalogue)[20], place: 2 }] },
      trending: { quota: [{ of: "category", most: 4 }] },
    },
    { recommend: { bury: [{ where: { category }, by: 2 }] } },
  ];

  test.each(policies)(
    "is what a browser shows somebody of whom nothing is known, by the policy %j",
    async (policy) => {
      const joined: JoinedModel = { ...shop, policy };
      const own = fakeServer(joined);
      const model = new Model({ edition: { id: "", sequence: 1 }, joined, factors: null, isWhole: false });
      const nowMs = Date.now();
      const nobody = new JournalProfile(model.ranking, { events: [], nowMs });
      const options = { count: 8, exclude: [first] };
      const plain = (items: readonly object[]) => JSON.parse(JSON.stringify(items)) as unknown;
      expect(plain(await asked(own, options))).toEqual(plain(forYou(model, nobody, { ...options, nowMs })));
      const wanted = await asked(own, { ...options, list: "trending" });
      expect(plain(wanted)).toEqual(plain(trending(model, { ...options, nowMs })));
      expect(wanted).toHaveLength(8);
    },
  );

  test("keeps to the rules of the call", async () => {
    const whole = ids(await asked(fakeServer(shop), { count: 4 }));
    const rules = { filter: { not: { item: whole[0] } } };
    expect(ids(await asked(fakeServer(shop), { count: 3, rules }))).toEqual(whole.slice(1));
  });
});

describe("the server", () => {
  test("is asked for its edition once a minute, and for a part only while its name is new", async () => {
    const own = fakeServer(shop);
    await Promise.all([asked(own), asked(own), asked(own, { list: "trending" })]);
    const once = askedOf(own);
    expect(once).toEqual(["GET /v1/edition", expect.stringMatching(/^GET \/v1\/parts\//)]);
    vi.advanceTimersByTime(freshMs - 1);
    await asked(own);
    expect(askedOf(own)).toEqual(once);
    vi.advanceTimersByTime(1);
    await asked(own);
    expect(askedOf(own)).toEqual([...once, "GET /v1/edition"]);
    own.publish(shopModel({ seed: 8 }));
    vi.advanceTimersByTime(freshMs);
    await asked(own);
    expect(askedOf(own)).toHaveLength(5);
  });

  test("is told nothing but what is asked for", async () => {
    const own = fakeServer(shop);
    await asked(own);
    for (const { init } of own.requests) expect(Object.keys(init)).toEqual(["signal"]);
  });

  test("that is silent costs a page its timeout and no more, and its late answer is there for the next", async () => {
    const own = fakeServer(shop);
    let answer = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const late: FakeServer["fetch"] = async (url, init) => {
      await gate;
      return own.fetch(url, init);
    };
    const began = performance.now();
    expect(await firstList({ server, fetch: late, timeoutMs: 40 })).toEqual([]);
    const tookMs = performance.now() - began;
    expect([tookMs > 35, tookMs < 4_000]).toEqual([true, true]);
    answer();
    expect(await firstList({ server, fetch: late, timeoutMs: 5_000 })).toHaveLength(6);
    expect(own.requests).toHaveLength(2);
  });

  test("that is away is left alone for a while, and what is known stays", async () => {
    const own = fakeServer(shop);
    const known = ids(await asked(own));
    own.online = false;
    vi.advanceTimersByTime(freshMs);
    expect(ids(await asked(own))).toEqual(known);
    const before = own.requests.length;
    vi.advanceTimersByTime(pauseMs - 1);
    expect(ids(await asked(own))).toEqual(known);
    expect(own.requests).toHaveLength(before);
    vi.advanceTimersByTime(1);
    await asked(own);
    expect(own.requests).toHaveLength(before + 1);
  });

  test("that gives other bytes than its edition names is not believed", async () => {
    const own = fakeServer(shop);
    const honest = await asked(own);
    const other = fakeServer(shop);
    const head = other.requests;
    other.onPart = () => new Response(new Uint8Array(64));
    expect(await asked(other)).toEqual([]);
    expect(head.length).toBeGreaterThan(1);
    expect(honest).toHaveLength(6);
  });
});

test("an option that cannot do is refused in one grammar", async () => {
  await expect(firstList({ server: "shop.example" })).rejects.toThrow(
    /^firstList: server must be an http\(s\) address, got "shop/,
  );
  await expect(firstList({ server, count: 0 })).rejects.toThrow(
    /^firstList: count must be a positive integer, got 0/,
  );
  await expect(firstList({ server, timeoutMs: Number.NaN })).rejects.toThrow(/^firstList: timeoutMs must be/);
});

describe("as HTML", () => {
  test("nothing that a catalogue says becomes markup, and no address but one of the web is linked or shown", () => {
    const nasty = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        "</style><script>",
        `"><img onerror=a()>`,
        "javascript:a()",
        "data:text/html,a",
        "&lt;b&gt;",
        " jAvAscript:a",
        "//a/b",
        "'",
      ),
    );
    const cards = fc.array(
      fc.record({ item: nasty, title: nasty, url: nasty, image: nasty, categories: fc.constant([]) }),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(cards, nasty, nasty, (items, heading, name) => {
        const { elements, text } = readHtml(shelfHtml(items, { heading, name, count: 4 }));
        const tags = new Set(elements.map(({ name }) => name));
        const known = ["tacit-shelf", "style", "div", "ul", "li", "a", "span", "img", "bdi"];
        expect([...tags].filter((tag) => !known.includes(tag))).toEqual([]);
        const items_ = elements
          .filter(({ name }) => name === "li")
          .map(({ attribs }) => attribs["data-tacit-item"]);
        expect(items_).toEqual(items.map(({ item }) => item));
        for (const { attribs } of elements) {
          expect(Object.keys(attribs).filter((key) => key.startsWith("on"))).toEqual([]);
          for (const key of ["href", "src"]) {
            if (attribs[key] !== undefined)
              expect(new URL(attribs[key], "https://a.example").protocol).toMatch(/^https?:$/);
          }
        }
        for (const { title } of items) if (title.trim() !== "") expect(text).toContain(title.trim());
      }),
      { numRuns: 30 },
    );
  });

  test("without a list it is the shelf alone, with the same attributes", () => {
    const look = { list: "trending", count: 4, currency: "GBP", lang: "de" } as const;
    const empty = shelfHtml([], look);
    expect(empty).toBe(`<tacit-shelf list="trending" count="4" currency="GBP" lang="de"></tacit-shelf>`);
    expect(shelfHtml([{ item: "a", title: "A", categories: [] }], look)).toContain(
      empty.replace("</tacit-shelf>", ""),
    );
  });

  test("heading, prices and direction are those of the language, and a nonce is on the style", () => {
    const item = { item: "a", title: "A", categories: [], price: 1234.5 };
    expect(shelfHtml([item], { lang: "de-AT", currency: "EUR" })).toMatch(
      />Für Sie<.*lang="de-AT"|lang="de-AT".*>Für Sie</,
    );
    expect(shelfHtml([item], { lang: "de", currency: "EUR" })).toContain("1.234,50\u00a0€");
    expect(shelfHtml([item], { lang: "ar" })).toContain(`dir="rtl"`);
    expect(shelfHtml([item], { nonce: "abc" })).toContain(`<style nonce="abc">`);
  });
});

interface Parsed {
  readonly elements: readonly { readonly name: string; readonly attribs: Readonly<Record<string, string>> }[];
  readonly text: string;
}

/** As a browser reads it. */
function readHtml(html: string): Parsed {
  const elements: { name: string; attribs: Record<string, string> }[] = [];
  let text = "";
  type Node = ReturnType<typeof parseDocument>["children"][number];
  const walk = (nodes: readonly Node[]): void => {
    for (const node of nodes) {
      if (node.type === "text" && "data" in node) text += node.data;
      if ("name" in node && "attribs" in node) elements.push(node);
      if ("children" in node) walk(node.children);
    }
  };
  walk(parseDocument(html).children);
  return { elements, text };
}
