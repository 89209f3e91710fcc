import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseEventInput } from "../../../../core/events/event.ts";
import { enhancedEvents, ga4Events } from "../../../../core/events/standards/ga4.ts";
import { segmentEvents } from "../../../../core/events/standards/segment.ts";

describe("what Segment's events mean", () => {
  test.each([
    ["Products Searched", { query: "red mug" }, ["search", { query: "red mug" }]],
    ["Product Clicked", { product_id: "a", position: 3 }, ["click", { item: "a", position: 3 }]],
    ["Product Viewed", { product_id: "a", quantity: 1 }, ["view", { item: "a" }]],
    ["product viewed", { product_id: 7 }, ["view", { item: "7" }]],
    ["Viewed Product", { id: "a" }, ["view", { item: "a" }]],
    ["Product Added", { product_id: "a", quantity: "2" }, ["cart_add", { item: "a", amount: 2 }]],
    ["Product Removed", { sku: "s-1", quantity: 1 }, ["cart_remove", { item: "s-1", amount: 1 }]],
    ["Checkout Started", { order_id: "1", products: [{ product_id: "a" }] }, ["checkout", {}]],
    ["Product Shared", { product_id: "a", share_via: "email" }, ["share", { item: "a" }]],
    ["Product Added to Wishlist", { product_id: "a" }, ["like", { item: "a" }]],
  ])("%s %j", (name, properties, [kind, said]) => {
    expect(segmentEvents(name, properties)).toEqual([{ kind, properties: said }]);
  });

  test("a list is an impression of each, in its place", () => {
    const products = [
      { product_id: "a", position: 1 },
      { product_id: "b", position: 2 },
    ];
    expect(segmentEvents("Product List Viewed", { list_id: "hot", category: "Deals", products })).toEqual([
      { kind: "impression", properties: { item: "a", position: 1, list: "hot" } },
      { kind: "impression", properties: { item: "b", position: 2, list: "hot" } },
    ]);
  });

  test("an order is a purchase of each, told once by its number; what is returned is told as often as it is said", () => {
    const products = [{ product_id: "a", quantity: 2 }, { product_id: "b" }, { name: "without an id" }];
    expect(segmentEvents("Order Completed", { order_id: 50314, products })).toEqual([
      { kind: "purchase", properties: { item: "a", amount: 2, once: "50314" } },
      { kind: "purchase", properties: { item: "b", once: "50314" } },
    ]);
    expect(segmentEvents("Order Refunded", { order_id: "50314", products: products.slice(0, 1) })).toEqual([
      { kind: "refund", properties: { item: "a", amount: 2 } },
    ]);
    // All of it was, and nobody says what that is.
    expect(segmentEvents("Order Refunded", { order_id: "50314" })).toEqual([]);
  });

  test("the catalogue's id may stand in a field of the site's own", () => {
    const event = { product_id: "507f1f77", sku: "G-32", variant: "red" };
    expect(segmentEvents("Product Viewed", event, { id: ["sku"] })).toEqual([
      { kind: "view", properties: { item: "G-32" } },
    ]);
  });

  test("what is none of them is nobody's", () => {
    for (const name of ["Signed Up", "", "constructor", "__proto__", "view_item"]) {
      expect(segmentEvents(name, { product_id: "a" })).toBeNull();
    }
  });
});

describe("what GA4's events mean", () => {
  const items = [
    { item_id: "a", item_name: "A", index: 0, quantity: 3 },
    { item_id: "b", index: 1, item_list_name: "own" },
  ];

  test.each([
    ["search", { search_term: "mug" }, [["search", { query: "mug" }]]],
    ["view_search_results", { search_term: "mug" }, [["search", { query: "mug" }]]],
    ["select_item", { item_list_id: "hot", items }, [["click", { item: "a", position: 1, list: "hot" }]]],
    ["view_item", { items }, [["view", { item: "a" }]]],
    ["begin_checkout", { items }, [["checkout", {}]]],
    ["share", { method: "x", content_type: "product", item_id: "a" }, [["share", { item: "a" }]]],
    ["add_to_wishlist", { items }, [["like", { item: "a" }]]],
    [
      "add_to_cart",
      { items },
      [
        ["cart_add", { item: "a", amount: 3 }],
        ["cart_add", { item: "b" }],
      ],
    ],
    [
      "purchase",
      { transaction_id: "T1", items },
      [
        ["purchase", { item: "a", amount: 3, once: "T1" }],
        ["purchase", { item: "b", once: "T1" }],
      ],
    ],
    [
      "view_item_list",
      { item_list_name: "Hot", items },
      [
        ["impression", { item: "a", position: 1, list: "Hot" }],
        ["impression", { item: "b", position: 2, list: "own" }],
      ],
    ],
  ])("%s", (name, parameters, meant) => {
    expect(ga4Events(name, parameters)).toEqual(meant.map(([kind, properties]) => ({ kind, properties })));
  });

  test("a site that counts places from 1 says so", () => {
    const [first, second] = ga4Events("view_item_list", { items }, { firstIndex: 1 }) ?? [];
    expect([first.properties.position, second.properties.position]).toEqual([undefined, 1]);
  });

  test("the events before them are those of each part of a push", () => {
    expect(
      enhancedEvents({
        detail: { products: [{ id: "a" }] },
        impressions: [{ id: "b", list: "alike", position: 1 }],
      }),
    ).toEqual([
      { kind: "impression", properties: { item: "b", position: 1, list: "alike" } },
      { kind: "view", properties: { item: "a" } },
    ]);
    expect(
      enhancedEvents({ purchase: { actionField: { id: "T1" }, products: [{ id: "a", quantity: 2 }] } }),
    ).toEqual([{ kind: "purchase", properties: { item: "a", amount: 2, once: "T1" } }]);
    expect(enhancedEvents({ checkout: { actionField: { step: 1 } } })).toEqual([
      { kind: "checkout", properties: {} },
    ]);
    expect(enhancedEvents({ checkout: { actionField: { step: 2 } } })).toEqual([]);
  });
});

test("whatever is said, every event that comes of it is one that can be tracked", () => {
  const segmentNames = [
    "Product Viewed",
    "Product List Viewed",
    "Order Completed",
    "Product Added",
    "Products Searched",
  ];
  const ga4Names = ["view_item", "view_item_list", "purchase", "add_to_cart", "search", "share"];
  const odd = fc.oneof(
    fc.anything(),
    fc.record(
      {
        ...{ product_id: fc.anything(), item_id: fc.anything(), id: fc.anything(), sku: fc.anything() },
        ...{ quantity: fc.anything(), position: fc.anything(), index: fc.anything(), list: fc.anything() },
        ...{ query: fc.anything(), search_term: fc.anything(), order_id: fc.anything() },
      },
      { requiredKeys: [] },
    ),
  );
  const properties = fc.oneof(
    odd,
    fc.record({ products: fc.array(odd), items: fc.array(odd), query: fc.anything() }),
  );
  fc.assert(
    fc.property(properties, (said) => {
      const all = [
        ...segmentNames.flatMap((name) => segmentEvents(name, said) ?? []),
        ...ga4Names.flatMap((name) => ga4Events(name, said) ?? []),
        ...enhancedEvents({ impressions: said, purchase: said, detail: { products: said } }),
      ];
      for (const event of all) parseEventInput(event.kind, event.properties);
    }),
    { numRuns: 500 },
  );
});

test("of a list of a million there are as many as GA4 takes", () => {
  const items = Array.from({ length: 1_000_000 }, (_, k) => ({ item_id: k }));
  expect(ga4Events("view_item_list", { items })).toHaveLength(200);
});
