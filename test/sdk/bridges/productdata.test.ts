import fc from "fast-check";
import { expect, test } from "vitest";
import { productIn } from "../../../sdk/bridges/productdata.ts";

const here = "https://shop.example/item/mug?colour=red#top";
const only = (...nodes: readonly unknown[]): string | null =>
  productIn(
    nodes.map((node) => JSON.stringify(node)),
    here,
  );
const product = { "@context": "https://schema.org", "@type": "Product", name: "Mug", sku: "M-1" };

test.each([
  ["a product", [product], "M-1"],
  ["one of several types", [{ ...product, "@type": ["Thing", "https://schema.org/Product"] }], "M-1"],
  ["one in a graph", [{ "@graph": [{ "@type": "WebPage" }, product] }], "M-1"],
  ["a page's main entity", [{ "@type": "WebPage", mainEntity: product }], "M-1"],
  ["the same one twice", [product, [product]], "M-1"],
  ["by its productID, which may be a number", [{ "@type": "Product", productID: 17 }], "17"],
  ["two", [product, { ...product, sku: "M-2" }], null],
  ["those of a list", [{ "@type": "ItemList", itemListElement: [{ item: product }] }], null],
  ["none", [{ "@type": "Organization" }], null],
  ["one without an id", [{ "@type": "Product", name: "Mug" }], null],
])("structured data with %s", (_, nodes, item) => {
  expect(only(...nodes)).toBe(item);
});

test("a group is the variant at the page's address, whatever its hash, else itself", () => {
  const variant = (sku: string, url: string) => ({
    "@type": "Product",
    sku,
    offers: { "@type": "Offer", url },
  });
  const group = (...hasVariant: readonly unknown[]) => ({
    "@type": "ProductGroup",
    productGroupID: "M",
    hasVariant,
  });
  const blue = variant("M-blue", "/item/mug?colour=blue");
  expect(only(group(blue, variant("M-red", "/item/mug?colour=red")))).toBe("M-red");
  expect(only(group(blue, variant("M-red", `${new URL(here).origin}/item/mug?colour=red#x`)))).toBe("M-red");
  expect(only(group(blue))).toBe("M");
});

test("what is no JSON, too long or too deep is nothing, and nothing of it throws", () => {
  expect(productIn(["{", JSON.stringify(product)], here)).toBe("M-1");
  expect(productIn([JSON.stringify({ ...product, name: "x".repeat(1_000_000) })], here)).toBeNull();
  expect(productIn([`${"[".repeat(5_000)}${"]".repeat(5_000)}`], here)).toBeNull();
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), fc.anything(), (text, variant) => {
      productIn([text], here);
      only({ "@type": "ProductGroup", hasVariant: variant, url: variant });
    }),
  );
});
