/**
 * A product feed of Google's Merchant Center, and of all who read the same: a table, or XML as RSS 2.0 or Atom with
 * the names of `http://base.google.com/ns/1.0` (https://support.google.com/merchants/answer/7052112).
 *
 * An item is an entry, named by its id; those of one `item_group_id` are variants of one product.
 */
import { eachRow, type Feed, Named, present, requireColumns } from "./feed.ts";

export const merchant: Feed = {
  name: "merchant",
  catalogue: (rows) => {
    requireColumns(rows, "a product feed of Merchant Center", [
      ["id"],
      ["title"],
      ["link", "image_link", "price"],
    ]);
    return eachRow(rows, (values) => {
      const named = new Named(values);
      const category = named.text("google_product_category");
      return [
        present({
          id: named.text("id"),
          title: named.text("title", "structured_title"),
          price: named.text("sale_price", "price"),
          url: named.text("link"),
          image: named.texts("image_link", "additional_image_link")[0],
          // A number of the taxonomy says nothing without it.
          categories: [...named.texts("product_type"), ...(/^\d*$/.test(category) ? [] : [category])],
          text: named.together("description", "brand", "color", "material"),
          available: named.text("availability"),
          group: named.text("item_group_id"),
          brand: named.attribute("brand"),
          attributes: present({
            color: named.attribute("color"),
            material: named.attribute("material"),
            size: named.attribute("size"),
            condition: named.attribute("condition"),
            gender: named.attribute("gender"),
            ageGroup: named.attribute("age_group"),
          }),
        }),
      ];
    });
  },
  log: null,
};
