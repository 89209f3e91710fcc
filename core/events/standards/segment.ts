/**
 * Segment's e-commerce events, version 2 and the four of version 1 that shops still send
 * (https://segment.com/docs/connections/spec/ecommerce/v2/).
 */
import {
  eventsIn,
  fieldsIn,
  type Meaning,
  placeIn,
  productsIn,
  type StandardEvent,
  type StandardOptions,
  textIn,
} from "./product.ts";

const meanings: Readonly<Record<string, Meaning>> = {
  "products searched": { kind: "search", of: "none" },
  "product list viewed": { kind: "impression", of: "each" },
  "product clicked": { kind: "click", of: "first" },
  "product viewed": { kind: "view", of: "first" },
  "product added": { kind: "cart_add", of: "each" },
  "product removed": { kind: "cart_remove", of: "each" },
  "checkout started": { kind: "checkout", of: "none" },
  "order completed": { kind: "purchase", of: "each" },
  "order refunded": { kind: "refund", of: "each" },
  // Nothing of it was kept.
  "order cancelled": { kind: "refund", of: "each" },
  "product shared": { kind: "share", of: "first" },
  "product added to wishlist": { kind: "like", of: "first" },
  "viewed product": { kind: "view", of: "first" },
  "added product": { kind: "cart_add", of: "each" },
  "removed product": { kind: "cart_remove", of: "each" },
  "completed order": { kind: "purchase", of: "each" },
};

const idFields = ["product_id", "productId", "id", "sku"];

/** Null for a name that is none of these; however it is written, "Product Viewed" and "product viewed" alike. */
export function segmentEvents(
  name: string,
  properties: unknown,
  { id = idFields }: StandardOptions = {},
): readonly StandardEvent[] | null {
  const key = name.trim().toLowerCase();
  if (!Object.hasOwn(meanings, key)) return null;
  const all = fieldsIn(properties);
  const listed = productsIn(all.products);
  return eventsIn(meanings[key], {
    // One product stands in the event itself.
    products: listed.length > 0 ? listed : [all],
    idFields: id,
    query: textIn(all.query),
    order: textIn(all.order_id, all.orderId, all.checkout_id),
    piecesOf: ({ quantity }) => quantity,
    positionOf: ({ position }) => placeIn(position, 1),
    listOf: (product) => textIn(product.list_id, all.list_id, product.list, all.list, all.category),
  });
}
