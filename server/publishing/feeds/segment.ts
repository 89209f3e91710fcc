/**
 * Calls of Segment as its storage destinations keep them, in JSON lines: `track` with the events of the e-commerce
 * spec, of either version (https://segment.com/docs/connections/spec/ecommerce/v2/).
 */

import { type Act, isValues, linesOf } from "./acts.ts";
import { eachRow, type Feed, Named } from "./feed.ts";

const acts: ReadonlyMap<string, Act> = new Map(
  Object.entries({
    "order completed": { kind: "purchase" },
    "completed order": { kind: "purchase" },
    "order refunded": { kind: "purchase", isReturn: true },
    "product added": { kind: "cart_add" },
    "added product": { kind: "cart_add" },
    "product added to wishlist": { kind: "like" },
    "product viewed": { kind: "view" },
    "viewed product": { kind: "view" },
    "product clicked": { kind: "click" },
    "product shared": { kind: "share" },
  }),
);

export const segment: Feed = {
  name: "segment",
  people: ["userId", "anonymousId"],
  catalogue: null,
  log: (rows) =>
    eachRow(rows, (values) => {
      const named = new Named(values);
      const act = acts.get(named.text("event").toLowerCase());
      if (act === undefined) return "of other events";
      const properties = named.value("properties");
      if (!isValues(properties)) return "without products";
      const products = new Named(properties).value("products");
      const things = Array.isArray(products) ? products.filter(isValues) : [properties];
      if (things.length === 0) return "without products";
      const person = named.text("userId", "anonymousId");
      return linesOf({ person, at: named.text("timestamp", "originalTimestamp", "sentAt"), act }, things, [
        "product_id",
        "productId",
        "sku",
        "id",
      ]);
    }),
};
