import { afterEach, expect, test, vi } from "vitest";
import { fromSegment } from "../../../sdk/bridges/analytics.ts";
import { fromDataLayer, pushedEvents } from "../../../sdk/bridges/datalayer.ts";

const host = globalThis as { shopLayer?: unknown };

afterEach(() => {
  delete host.shopLayer;
});

/** What a page's snippet defines: it pushes its arguments, which are no array. */
function gtag(..._: unknown[]): void {
  // biome-ignore lint/complexity/noArguments: that is what gtag's snippet pushes.
  (host.shopLayer as unknown[]).push(arguments);
}

function listening() {
  const track = vi.fn();
  const stop = fromDataLayer({ track }, { name: "shopLayer" });
  return { track, stop };
}

test("what was pushed before and what is pushed after are told in their order, each once", () => {
  host.shopLayer = [{ event: "view_item", ecommerce: { items: [{ item_id: "a" }] } }];
  const { track } = listening();
  gtag("event", "add_to_cart", { items: [{ item_id: "a", quantity: 2 }] });
  (host.shopLayer as unknown[]).push(
    { event: "Product Viewed", product_id: "b" },
    { event: "select_item", items: [{ item_id: "c" }] },
  );
  expect(track.mock.calls).toEqual([
    ["view", { item: "a" }],
    ["cart_add", { item: "a", amount: 2 }],
    ["view", { item: "b" }],
    ["click", { item: "c" }],
  ]);
});

test("a layer that is not there yet is made, as tag managers' snippets do", () => {
  const { track } = listening();
  (host.shopLayer as unknown[]).push({ event: "view_item", ecommerce: { items: [{ item_id: "a" }] } });
  expect(track).toHaveBeenCalledTimes(1);
});

test("a tag manager that exchanges push before or after hears everything, and so does this, once", () => {
  const managers: unknown[] = [];
  const wrap = (): void => {
    const layer = host.shopLayer as unknown[];
    const push = layer.push;
    layer.push = (...entries) => {
      managers.push(...entries);
      return Reflect.apply(push, layer, entries);
    };
  };
  host.shopLayer = [];
  wrap();
  const { track } = listening();
  wrap();
  const layer = host.shopLayer as unknown[];
  expect(layer.push({ event: "view_item", ecommerce: { items: [{ item_id: "a" }] } })).toBe(1);
  expect(managers).toHaveLength(2);
  expect(track).toHaveBeenCalledTimes(1);
});

test("a push does not fail because of us, and after stop nothing is told", () => {
  const warn = vi.spyOn(console, "warn").mockReturnValue();
  host.shopLayer = [];
  const track = vi.fn(() => {
    throw new Error("broken");
  });
  const stop = fromDataLayer({ track }, { name: "shopLayer" });
  const layer = host.shopLayer as unknown[];
  const push = () => layer.push({ event: "view_item", ecommerce: { items: [{ item_id: "a" }] } });
  expect(push()).toBe(1);
  expect(warn).toHaveBeenCalledTimes(1);
  stop();
  expect(push()).toBe(2);
  expect(track).toHaveBeenCalledTimes(1);
  warn.mockRestore();
});

test("a stop gives push back where nobody put another in its place, and what is no array stays what it is", () => {
  host.shopLayer = [];
  const layer = host.shopLayer as unknown[];
  for (let nth = 0; nth < 3; nth++) listening().stop();
  expect(Object.hasOwn(layer, "push")).toBe(false);
  const element = { id: "shopLayer" };
  host.shopLayer = element;
  expect(() => listening()).toThrow("shopLayer: expected an array, got object");
  expect(host.shopLayer).toBe(element);
});

test.each([
  [null],
  [7],
  ["view_item"],
  [() => undefined],
  [["event", "view_item", { items: [{ item_id: "a" }] }]],
  [{ event: "gtm.js", "gtm.start": 1 }],
  [{ event: 5, ecommerce: null }],
  [{ ecommerce: { detail: "none" } }],
])("%j says nothing", (entry) => {
  expect(pushedEvents(entry)).toEqual([]);
});

test("of a push in both forms the newer one counts", () => {
  const ecommerce = { items: [{ item_id: "a" }], detail: { products: [{ id: "a" }] } };
  expect(pushedEvents({ event: "view_item", ecommerce })).toEqual([
    { kind: "view", properties: { item: "a" } },
  ]);
});

test("what Segment's analytics.js tells is told on, its own events alone, until it is stopped", () => {
  const listeners: ((event: unknown, properties: unknown) => void)[] = [];
  const track = vi.fn();
  const stop = fromSegment({ track }, { on: (_, heard) => listeners.push(heard) });
  const [said] = listeners;
  said("Product Viewed", { product_id: "a" });
  said("Signed Up", { plan: "free" });
  said(undefined, undefined);
  stop();
  said("Product Viewed", { product_id: "b" });
  expect(track.mock.calls).toEqual([["view", { item: "a" }]]);
});
