/**
 * Google Analytics 4's e-commerce events
 * (https://developers.google.com/analytics/devguides/collection/ga4/reference/events), and those of the enhanced
 * e-commerce before it, which data layers still hold
 * (https://developers.google.com/analytics/devguides/collection/ua/gtm/enhanced-ecommerce).
 */
import { numberOf } from "../event.ts";
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
  search: { kind: "search", of: "none" },
  view_search_results: { kind: "search", of: "none" },
  view_item_list: { kind: "impression", of: "each" },
  select_item: { kind: "click", of: "first" },
  view_item: { kind: "view", of: "first" },
  add_to_cart: { kind: "cart_add", of: "each" },
  remove_from_cart: { kind: "cart_remove", of: "each" },
  begin_checkout: { kind: "checkout", of: "none" },
  purchase: { kind: "purchase", of: "each" },
  refund: { kind: "refund", of: "each" },
  share: { kind: "share", of: "first" },
  add_to_wishlist: { kind: "like", of: "first" },
};

/** Null for a name that is none of these. */
export function ga4Events(
  name: string,
  parameters: unknown,
  { id = ["item_id", "id"], firstIndex = 0 }: StandardOptions = {},
): readonly StandardEvent[] | null {
  if (!Object.hasOwn(meanings, name)) return null;
  const all = fieldsIn(parameters);
  const listed = productsIn(all.items);
  return eventsIn(meanings[name], {
    // `share` names its item in the event itself.
    products: listed.length > 0 ? listed : [all],
    idFields: id,
    query: textIn(all.search_term),
    order: textIn(all.transaction_id),
    piecesOf: ({ quantity }) => quantity,
    positionOf: ({ index }) => placeIn(index, firstIndex),
    listOf: (product) =>
      textIn(product.item_list_id, all.item_list_id, product.item_list_name, all.item_list_name),
  });
}

/** By the name that the part of a push has in which they stand. */
const enhanced: Readonly<Record<string, Meaning>> = {
  impressions: { kind: "impression", of: "each" },
  click: { kind: "click", of: "first" },
  detail: { kind: "view", of: "first" },
  add: { kind: "cart_add", of: "each" },
  remove: { kind: "cart_remove", of: "each" },
  checkout: { kind: "checkout", of: "none" },
  purchase: { kind: "purchase", of: "each" },
  refund: { kind: "refund", of: "each" },
};

/** All that one push says; several at once are usual, such as a product's page with a list beside it. */
export function enhancedEvents(
  ecommerce: unknown,
  { id = ["id"] }: StandardOptions = {},
): readonly StandardEvent[] {
  const all = fieldsIn(ecommerce);
  return Object.entries(enhanced).flatMap(([part, meaning]) => {
    const said = all[part];
    if (said === undefined || said === null) return [];
    const action = fieldsIn(fieldsIn(said).actionField);
    // A checkout goes over several steps and begins with the first.
    if (part === "checkout" && numberOf(action.step ?? 1) !== 1) return [];
    return eventsIn(meaning, {
      products: productsIn(part === "impressions" ? said : fieldsIn(said).products),
      idFields: id,
      order: textIn(action.id),
      piecesOf: ({ quantity }) => quantity,
      positionOf: ({ position }) => placeIn(position, 1),
      listOf: (product) => textIn(product.list, action.list),
    });
  });
}
