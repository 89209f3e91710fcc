/** What values of feeds mean: amounts, availability, paths of categories, markup. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { amountOf } from "../../server/publishing/values/amounts.ts";
import { availabilityOf } from "../../server/publishing/values/availability.ts";
import { plainText } from "../../server/publishing/values/markup.ts";
import { categoriesIn } from "../../server/publishing/values/paths.ts";

describe("an amount", () => {
  test.each([
    ["12.99", 12.99],
    ["12,99 €", 12.99],
    ["USD 12.99", 12.99],
    ["12.99 USD", 12.99],
    ["$1,299.00", 1299],
    ["1.299,00 €", 1299],
    ["1 299,00 kr", 1299],
    ["1 299,00 zł", 1299],
    ["CHF 1'299.50", 1299.5],
    ["CHF 20.–", 20],
    ["1,00,000.00 ₹", 100_000],
    ["12,345,678", 12_345_678],
    ["R$ 3,5", 3.5],
    ["£0.125", 0.125],
    ["0", 0],
    ["-3.00 EUR", -3],
    ["1.299", 1.299],
  ])("%s is %d", (text, amount) => expect(amountOf(text)).toEqual({ ok: true, amount }));

  test.each([
    "",
    "free",
    "12.99 - 15.99",
    "1,2,3",
    "€",
    "12 USD or 11 EUR",
    "EUR 3 USD",
    "1.2.3,4",
    "--5",
    "12.99.1",
  ])("%j is none", (text) => expect(amountOf(text)).toEqual({ ok: false, because: "no amount" }));

  test("that is right with either mark is one only when somebody says which", () => {
    expect(amountOf("1,299 €")).toEqual({ ok: false, because: "ambiguous" });
    expect(amountOf("1.299 €")).toEqual({ ok: false, because: "ambiguous" });
    expect(amountOf("1,299", ",")).toEqual({ ok: true, amount: 1.299 });
    expect(amountOf("1,299", ".")).toEqual({ ok: true, amount: 1299 });
    expect(amountOf("1.299", ",")).toEqual({ ok: true, amount: 1299 });
  });

  const regions = ["en-US", "de-DE", "fr-FR", "de-CH", "en-IN", "sv-SE", "pl-PL"];
  test.each(regions)("as %s writes it, with two decimals, is read back", (region) => {
    const money = new Intl.NumberFormat(region, { style: "currency", currency: "EUR" });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e10 }), (cents) => {
        expect(amountOf(money.format(cents / 100))).toEqual({ ok: true, amount: cents / 100 });
      }),
    );
  });
});

test("what can be ordered can be had, in the words of feeds", () => {
  const can = [
    "in stock",
    "in_stock",
    "In Stock",
    "https://schema.org/InStock",
    "preorder",
    "backorder",
    "1",
    "yes",
  ];
  const cannot = [
    "out of stock",
    "out_of_stock",
    "http://schema.org/OutOfStock",
    "sold out",
    "discontinued",
    "0",
    "no",
  ];
  expect(can.map(availabilityOf)).toEqual(can.map(() => true));
  expect(cannot.map(availabilityOf)).toEqual(cannot.map(() => false));
  expect(availabilityOf("perhaps")).toBeNull();
});

test("a path of categories is each of them once, what is general first", () => {
  expect(categoriesIn(["Home > Kitchen > Mugs", "Home > Gifts", " Sale "])).toEqual([
    "Home",
    "Kitchen",
    "Mugs",
    "Gifts",
    "Sale",
  ]);
});

describe("text", () => {
  test.each([
    ["<p>Warm <b>wool</b></p><ul><li>soft</li><li>red</li></ul>", "Warm wool soft red"],
    ["Tea &amp; Coffee &#8211; caf&eacute;", "Tea & Coffee – café"],
    ["a<br/>b", "a b"],
    ["<style>.x{color:red}</style><script>alert('x')</script>kept<!-- not kept -->", "kept"],
    ["half<sup>2</sup> <em>bold", "half2 bold"],
  ])("of markup %j is its words", (markup, words) => expect(plainText(markup)).toBe(words));

  test.each(["3 < 5 and 5 > 3", "R&B records", "<3 mug", "Black & White", "a <- b", "AT&T;"])(
    "without markup, such as %j, stays as it is",
    (text) => expect(plainText(text)).toBe(text),
  );
});
