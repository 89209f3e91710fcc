/**
 * Events of Google Analytics 4 as its export to BigQuery has them, in JSON lines; or a table with a line for
 * each item of an event (https://support.google.com/analytics/answer/7029846).
 */

import { type Act, isValues, linesOf } from "./acts.ts";
import { eachRow, type Feed, Named, requireColumns } from "./feed.ts";

const acts: ReadonlyMap<string, Act> = new Map(
  Object.entries({
    purchase: { kind: "purchase" },
    refund: { kind: "purchase", isReturn: true },
    add_to_cart: { kind: "cart_add" },
    add_to_wishlist: { kind: "like" },
    view_item: { kind: "view" },
    select_item: { kind: "click" },
  }),
);

export const ga4: Feed = {
  name: "ga4",
  people: ["user_id", "user_pseudo_id"],
  catalogue: null,
  log: (rows) => {
    requireColumns(rows, "events of Google Analytics 4", [
      ["event_name"],
      ["user_id", "user_pseudo_id"],
      ["item_id"],
    ]);
    return eachRow(rows, (values) => {
      const named = new Named(values);
      const act = acts.get(named.text("event_name"));
      if (act === undefined) return "of other events";
      const items = named.value("items");
      const things = Array.isArray(items) ? items.filter(isValues) : [values];
      if (things.length === 0) return "without items";
      const person = named.text("user_id", "user_pseudo_id");
      return linesOf({ person, at: named.text("event_timestamp"), act }, things, ["item_id"]);
    });
  },
};
