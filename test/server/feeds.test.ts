/** Exports of other systems, read by their own names. */
import { describe, expect, test } from "vitest";
import { readingAsked } from "../../server/publishing/asked.ts";
import { readCatalogue } from "../../server/publishing/import/readcatalogue.ts";
import { inputOfBytes } from "../../server/publishing/input/input.ts";
import { peopleIn } from "../../server/publishing/train/acts.ts";
import { readLog } from "../../server/publishing/train/log.ts";

interface Asked {
  readonly format?: string;
  readonly map?: string;
  readonly decimal?: string;
  readonly skipFaults?: string;
}

const bytesOf = (text: string) => new TextEncoder().encode(text);
const catalogue = (text: string, asked: Asked) =>
  readCatalogue(inputOfBytes("c", bytesOf(text)), readingAsked({ what: "catalogue", ...asked }));

/** What was learned of: person by person, the items with what they count. */
async function tastesIn(text: string, asked: Asked, items = ["a", "b", "c"]) {
  const { mostFaulty, ...reading } = readingAsked({ what: "log", ...asked });
  const log = await readLog(inputOfBytes("o", bytesOf(text)), {
    rowOf: new Map(items.map((item, row) => [item, row])),
    without: new Set(),
    nowMs: Date.UTC(2026, 0),
    reading,
    mostFaulty,
  });
  const { starts, columns, weights } = log.tastes.interactions;
  const people = Array.from({ length: starts.length - 1 }, (_, person) =>
    Object.fromEntries(
      Array.from({ length: starts[person + 1] - starts[person] }, (_, k) => starts[person] + k).map((at) => [
        items[columns[at]],
        Math.round(weights[at] * 1000) / 1000,
      ]),
    ),
  );
  return { people, log };
}

const lines = (...all: string[]) => `${all.join("\n")}\n`;

describe("a product export of Shopify", () => {
  const legacy = lines(
    "Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,Option1 Value,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,Image Src,Image Position,Status",
    'tee,Cotton Tee,<p>Soft <b>cotton</b></p>,Acme,Apparel > Shirts,Tees,"summer, basic",true,Size,S,shopify,0,deny,19.90,https://cdn.example/a.jpg,1,active',
    "tee,,,,,,,,,M,shopify,3,deny,17.90,https://cdn.example/b.jpg,2,",
    "tee,,,,,,,,,,,,,,https://cdn.example/c.jpg,3,",
    "gone,Old Mug,,Acme,,Mugs,,true,Title,Default Title,shopify,0,deny,5.00,,,active",
    "later,Mug Later,,Acme,,Mugs,,true,Title,Default Title,shopify,0,continue,5.00,,,active",
    "draft,Mug Draft,,Acme,,Mugs,,true,Title,Default Title,,,,5.00,,,draft",
  );

  test("gives an item for each handle, with the least price of its variants", async () => {
    const read = await catalogue(legacy, { format: "shopify" });
    expect(read.ok && read.items[0]).toEqual({
      ...{ item: "tee", title: "Cotton Tee", price: 17.9, url: "/products/tee" },
      image: "https://cdn.example/a.jpg",
      categories: ["Apparel", "Shirts", "Tees"],
      text: "Soft cotton summer, basic Acme",
      attributes: { brand: "Acme", tags: ["summer", "basic"] },
    });
  });

  test("says what cannot be had: no variant can be ordered, or it is no active product", async () => {
    const read = await catalogue(legacy, { format: "shopify" });
    expect(read.ok && read.items.map(({ item, available }) => [item, available])).toEqual([
      ["tee", undefined],
      ["gone", false],
      ["later", undefined],
      ["draft", false],
    ]);
  });

  test("is read in the newer template, too", async () => {
    const text = lines(
      "Title,URL handle,Description,Vendor,Product category,Type,Tags,Published on online store,Status,SKU,Option1 name,Option1 value,Price,Inventory tracker,Inventory quantity,Continue selling when out of stock,Product image URL,Image position",
      "Bag,bag,A bag,Acme,Bags > Totes,Tote,,TRUE,Active,B-1,Colour,Red,12.00,shopify,0,FALSE,https://cdn.example/r.jpg,1",
      ",bag,,,,,,,,B-2,,Blue,11.00,shopify,0,TRUE,,",
    );
    const read = await catalogue(text, { format: "shopify" });
    expect(read.ok && read.items).toEqual([
      {
        ...{ item: "bag", title: "Bag", price: 11, url: "/products/bag", image: "https://cdn.example/r.jpg" },
        ...{ categories: ["Bags", "Totes", "Tote"], text: "A bag Acme", attributes: { brand: "Acme" } },
      },
    ]);
  });

  test("is told from other files by its columns", async () => {
    expect(await catalogue(lines("id,title", "a,Mug"), { format: "shopify" })).toEqual({
      ok: false,
      faults: [
        'c:1: expected a product export of Shopify with a column "Handle" or "URL handle", got id,title',
      ],
    });
  });

  test("has ids of another column where the operator says so", async () => {
    const text = lines("Handle,Title,Variant SKU,Variant Price", "mug,Mug,M-1,3.00");
    const read = await catalogue(text, { format: "shopify", map: 'id="Variant SKU"' });
    expect(read.ok && read.items.map(({ item, title }) => [item, title])).toEqual([["M-1", "Mug"]]);
  });
});

describe("a product export of WooCommerce", () => {
  const text = lines(
    'ID,Type,SKU,Name,Published,"Visibility in catalog","Short description",Description,"In stock?","Sale price","Regular price",Categories,Tags,Images,Parent',
    '10,variable,TEE,Cotton Tee,1,visible,Soft,<p>Long</p>,1,,,"Clothing > Shirts, Sale",basic,"https://x.example/a.jpg, https://x.example/b.jpg",',
    "11,variation,TEE-S,Cotton Tee - S,1,visible,,,0,,20,,,,id:10",
    "12,variation,TEE-M,Cotton Tee - M,1,visible,,,1,15,20,,,,TEE",
    "20,simple,MUG,Mug,0,visible,,,1,,4,,,,",
    '21,"simple, virtual",CARD,Gift Card,1,visible,,,0,,25,"Gifts\\, cards",,,',
  );

  test("gives an item for each product, variations within their parent", async () => {
    const read = await catalogue(text, { format: "woocommerce" });
    expect(read.ok && read.items).toEqual([
      {
        ...{ item: "10", title: "Cotton Tee", price: 15, image: "https://x.example/a.jpg" },
        ...{
          categories: ["Clothing", "Shirts", "Sale"],
          text: "Soft Long basic",
          attributes: { tags: ["basic"] },
        },
      },
      { item: "20", title: "Mug", price: 4, categories: [], available: false },
      { item: "21", title: "Gift Card", price: 25, categories: ["Gifts, cards"], available: false },
    ]);
  });
});

describe("a product feed", () => {
  const mug = {
    ...{ item: "m1", title: "Mug & Saucer", price: 10.5, url: "https://shop.example/m1" },
    ...{ image: "https://shop.example/m1.jpg", categories: ["Kitchen", "Mugs"], group: "mug" },
    ...{ available: false, text: "A mug Acme", attributes: { brand: "Acme" } },
  };

  test("is read as a table with tabs", async () => {
    const text = lines(
      "id\ttitle\tdescription\tlink\timage link\tavailability\tprice\tsale_price\tproduct_type\tgoogle_product_category\tbrand\titem_group_id",
      'm1\tMug &amp; Saucer\tA "mug"\thttps://shop.example/m1\thttps://shop.example/m1.jpg\tout of stock\t12.99 USD\t10.50 USD\tKitchen > Mugs\t2169\tAcme\tmug',
    );
    const read = await catalogue(text, { format: "merchant" });
    expect(read.ok && read.items).toEqual([{ ...mug, text: 'A "mug" Acme' }]);
  });

  test.each([
    [
      "RSS",
      `<?xml version="1.0"?><rss xmlns:g="http://base.google.com/ns/1.0" version="2.0"><channel><title>Shop</title>
      <item><g:id>m1</g:id><title>Mug &amp; Saucer</title><description><![CDATA[<p>A <b>mug</b></p>]]></description>
      <link>https://shop.example/m1</link><g:image_link>https://shop.example/m1.jpg</g:image_link>
      <g:availability>out_of_stock</g:availability><g:price>12.99 USD</g:price><g:sale_price>10.50 USD</g:sale_price>
      <g:product_type>Kitchen &gt; Mugs</g:product_type><g:brand>Acme</g:brand><g:item_group_id>mug</g:item_group_id>
      <g:shipping><g:country>US</g:country><g:price>6.49 USD</g:price></g:shipping></item></channel></rss>`,
    ],
    [
      "Atom",
      `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0"><title>Shop</title>
      <entry><g:id>m1</g:id><title>Mug &amp; Saucer</title><g:description>A mug</g:description>
      <link href="https://shop.example/m1"/><g:image_link>https://shop.example/m1.jpg</g:image_link>
      <g:availability>out of stock</g:availability><g:price>12.99 USD</g:price><g:sale_price>10.50 USD</g:sale_price>
      <g:product_type>Kitchen &gt; Mugs</g:product_type><g:brand>Acme</g:brand><g:item_group_id>mug</g:item_group_id>
      </entry></feed>`,
    ],
  ])("is read as %s", async (_form, text) => {
    const read = await catalogue(text, { format: "merchant" });
    expect(read.ok && read.items).toEqual([mug]);
  });

  test("in XML names the line of a faulty entry, is read in the encoding it says, and must be whole", async () => {
    const entry = (id: string, price: string) =>
      `<item>\n<id>${id}</id>\n<title>M\u00fcsli</title>\n<price>${price}</price>\n</item>\n`;
    const open = '<?xml version="1.0" encoding="ISO-8859-1"?>\n<rss><channel>\n';
    const text = `${open}${entry("a", "1.00 EUR")}${entry("b", "1 much")}</channel></rss>`;
    const latin = Buffer.from(text, "latin1");
    const reading = readingAsked({ what: "catalogue", format: "merchant", skipFaults: "50%" });
    const read = await readCatalogue(inputOfBytes("c", latin), reading);
    expect(read).toMatchObject({
      ok: true,
      items: [{ item: "a", title: "M\u00fcsli" }],
      faults: ['c:8: price must be an amount of at least 0, got "1 much"'],
    });
    const cut = await readCatalogue(inputOfBytes("c", latin.subarray(0, latin.length - 40)), reading);
    expect(cut).toMatchObject({
      ok: false,
      faults: [expect.stringContaining("c:8: expected the entry to end")],
    });
  });
});

describe("events of Google Analytics 4", () => {
  const event = (name: string, items: readonly object[], person: object = { user_pseudo_id: "p" }) =>
    JSON.stringify({ event_name: name, event_timestamp: "1767225600000000", ...person, items });

  test("count as the same events on a device, and a refund takes a purchase back", async () => {
    const text = lines(
      event("purchase", [{ item_id: "a", quantity: "2" }, { item_id: "b" }]),
      event("view_item", [{ item_id: "c" }]),
      event("refund", [{ item_id: "b", quantity: 1 }]),
      event("page_view", []),
      event("constructor", [{ item_id: "b" }]),
      event("add_to_cart", [{ item_id: "a" }], { user_id: "q", user_pseudo_id: "p" }),
    );
    const { people, log } = await tastesIn(text, { format: "ga4" });
    expect(people).toEqual([{ a: 1, c: 0.3 }, { a: 0.6 }]);
    expect([...log.leftOut.others]).toEqual([["of other events", 2]]);
  });

  test("are read from a table of items, too", async () => {
    const text = lines(
      "event_name,event_timestamp,user_pseudo_id,item_id,quantity",
      "purchase,1767225600000000,p,a,1",
      "view_item,1767225600000000,p,b,",
    );
    expect((await tastesIn(text, { format: "ga4" })).people).toEqual([{ a: 1, b: 0.3 }]);
  });
});

test("calls of Segment count as the same events on a device", async () => {
  const call = (event: string, properties: object, who: object = { anonymousId: "p" }) =>
    JSON.stringify({ type: "track", event, timestamp: "2025-12-30T10:00:00.000Z", ...who, properties });
  const text = lines(
    call("Order Completed", { products: [{ product_id: "a", quantity: 1 }, { sku: "b" }] }),
    call("Product Viewed", { product_id: "c" }),
    call("Product Added", { product_id: "c" }, { userId: "q", anonymousId: "p" }),
    call("Order Refunded", { products: [{ product_id: "a", quantity: 1 }] }),
    JSON.stringify({ type: "page", anonymousId: "p" }),
  );
  const { people } = await tastesIn(text, { format: "segment" });
  expect(people).toEqual([{ b: 1, c: 0.3 }, { c: 0.6 }]);
});

describe("MovieLens", () => {
  test.each([
    [
      "ratings.csv",
      lines(
        "userId,movieId,rating,timestamp",
        "1,10,4.5,964982703",
        "1,20,3.0,964982703",
        "2,20,4.0,964982703",
      ),
    ],
    ["ratings.dat", lines("1::10::5::964982703", "1::20::3::964982703", "2::20::4::964982703")],
    ["u.data", lines("1\t10\t5\t964982703", "1\t20\t3\t964982703", "2\t20\t4\t964982703")],
  ])("of %s learns what was rated 4 or more", async (_name, text) => {
    const { people, log } = await tastesIn(text, { format: "movielens" }, ["10", "20"]);
    expect(people).toEqual([{ 10: 1 }, { 20: 1 }]);
    expect([...log.leftOut.others]).toEqual([["rated below 4", 1]]);
  });

  const flags = (...on: number[]) =>
    Array.from({ length: 19 }, (_, k) => (on.includes(k) ? "1" : "0")).join("|");
  test.each([
    [
      "movies.csv",
      lines(
        "movieId,title,genres",
        '10,"Toy Story (1995)",Animation|Comedy',
        "20,Heat (1995),(no genres listed)",
      ),
    ],
    ["movies.dat", lines("10::Toy Story (1995)::Animation|Comedy", "20::Heat (1995)::(no genres listed)")],
    [
      "u.item",
      lines(
        `10|Toy Story (1995)|01-Jan-1995||http://us.imdb.com/M|${flags(3, 5)}`,
        `20|Heat (1995)|01-Jan-1995||http://us.imdb.com/M|${flags(0)}`,
      ),
    ],
  ])("of %s has films with their genres", async (_name, text) => {
    const read = await catalogue(text, { format: "movielens" });
    expect(read.ok && read.items).toEqual([
      { item: "10", title: "Toy Story (1995)", categories: ["Animation", "Comedy"] },
      { item: "20", title: "Heat (1995)", categories: [] },
    ]);
  });
});

describe("columns by other names", () => {
  test("are read as an operator says them, the others are told unread, two become one", async () => {
    const text = lines('SKU,Name,"Price, net",Body,Tags,Colour', "a,Mug,3.50,warm,tea,red");
    const read = await catalogue(text, { map: 'id=SKU,title=Name,price="Price, net",text=Body,text=Tags' });
    expect(read.ok && read.items).toEqual([
      { item: "a", title: "Mug", price: 3.5, categories: [], text: "warm tea" },
    ]);
    expect(read.ok && read.unread).toEqual(["Colour"]);
    const rows = JSON.stringify([
      { id: "a", Name: "Mug", b: 1 },
      { id: "b", Name: "Cup", a: 2 },
    ]);
    expect(await catalogue(rows, { map: "title=Name" })).toMatchObject({ unread: ["b", "a"] });
  });

  test("of a log, too, where what has its own name keeps it", async () => {
    const text = lines("Customer ID,item,when", "p,a,2025-12-30", "q,b,2025-12-30");
    const { people } = await tastesIn(text, { map: "person=Customer ID,at=when" });
    expect(people).toEqual([{ a: 1 }, { b: 1 }]);
  });

  test.each([
    [{ map: "titel=Name" }, 'map: "titel" is not a known column, did you mean "title"?'],
    [{ map: "title" }, 'map: expected COLUMN=NAME, got "title"'],
    [{ map: "" }, "map: expected COLUMN=NAME,…, got nothing"],
    [{ format: "shopfy" }, "did you mean shopify?"],
    [{ format: "ga4" }, "ga4, which has no catalogue"],
    [{ decimal: ";" }, 'decimal: expected "." or ",", got ";"'],
    [{ skipFaults: "half" }, 'skip-faults: expected a part such as 2%, got "half"'],
  ])("or formats that mean nothing are refused: %j", (asked, said) => {
    expect(() => readingAsked({ what: "catalogue", ...asked })).toThrow(said);
  });

  test("that are not there are refused with the nearest that is", async () => {
    expect(await catalogue(lines("id,Titel", "a,Mug"), { map: "title=Title" })).toEqual({
      ok: false,
      faults: ['c:1: map: expected a column "Title", got id,Titel; did you mean "Titel"?'],
    });
  });
});

describe("rows with a fault", () => {
  const text = lines("id,title,price", "a,Mug,1", "b,Cup,1 much", "c,Jug,2", "d,Pot,3");

  test("are left out up to the part that was said, and told", async () => {
    const fault = 'c:3: price must be an amount of at least 0, got "1 much"';
    const read = await catalogue(text, { skipFaults: "25%" });
    expect(read.ok && read.items.map(({ item }) => item)).toEqual(["a", "c", "d"]);
    expect(read.faults).toEqual([fault]);
    // What is left out counts for nothing else.
    const unpriced = await catalogue(`${text}\n,Pan,dear`, { skipFaults: "40%" });
    expect(unpriced).toMatchObject({ ok: true, unpriced: 0 });
    expect(await catalogue(text, { skipFaults: "24%" })).toEqual({ ok: false, faults: [fault] });
    expect(await catalogue(text, {})).toEqual({ ok: false, faults: [fault] });
  });

  test("of a log, too", async () => {
    const log = lines("user,item,quantity", "p,a,1", "p,b,lots", "q,b,1", "q,c,1");
    const { people, log: read } = await tastesIn(log, { skipFaults: "25%" });
    expect(people).toEqual([{ a: 1 }, { b: 1, c: 1 }]);
    expect(read.faults).toEqual(['o:3: quantity must be a number up to a billion, got "lots"']);
    await expect(tastesIn(log, { skipFaults: "10%" })).rejects.toThrow(
      "at most 10.0 % of 4 lines with a fault, got 1",
    );
  });
});

test("prices that do not say their decimal mark are refused until it is said", async () => {
  const text = lines("id;title;price", "a;Lamp;1.299 €");
  const read = await catalogue(text, {});
  expect(!read.ok && read.faults[0]).toContain("say which (--decimal)");
  const said = await catalogue(text, { decimal: "," });
  expect(said.ok && said.items[0].price).toBe(1299);
});

test("whoever is on a list of people is left out, whatever columns it has", async () => {
  const named = async (text: string) => [...(await peopleIn(inputOfBytes("x", bytesOf(text))))];
  expect(await named(lines("user", "ann", "bob"))).toEqual(["ann", "bob"]);
  expect(await named(lines("user,item", "ann,", "bob,a"))).toEqual(["ann", "bob"]);
  const read = async (text: string, format: string) => {
    const reading = readingAsked({ what: "log", format });
    return [...(await peopleIn(inputOfBytes("x", bytesOf(text)), reading))];
  };
  // Lines that teach nothing name somebody all the same.
  expect(await read(lines("1\t10\t2\t964982703", "2\t10\t5\t964982703"), "movielens")).toEqual(["1", "2"]);
  expect(await read(lines('{"event_name":"page_view","user_pseudo_id":"p"}'), "ga4")).toEqual(["p"]);
  expect(await read(lines("user", "ann"), "segment")).toEqual(["ann"]);
  await expect(named(lines("item", "a"))).rejects.toThrow("expected columns one of person, user, customer");
});

describe("files without end", () => {
  /** A file of what comes again and again, of which no more is made than is asked for. */
  async function read(piece: string, most: number, before = "") {
    let made = 0;
    const bytes = async function* (): AsyncGenerator<Uint8Array> {
      yield bytesOf(before);
      for (; made < most; made++) yield bytesOf(piece);
    };
    const result = await readCatalogue({ name: "c", bytes: bytes() });
    return { made, result };
  }

  test.each([
    [" ".repeat(1 << 16), "", "c: expected text within 1048576 characters, got spaces alone"],
    ["x".repeat(1 << 16), 'id,title\na,"', "c:2: expected CSV, got Max Record Size"],
    ["<a>".repeat(1 << 10), "<rss>", "c:1: expected at most 1000 elements within each other, got more"],
    [
      "x".repeat(1 << 16),
      "<rss><item><title>",
      "c:1: expected an entry of at most 16777216 characters, got more",
    ],
  ])("of %.3j, again and again, are refused before they are held", async (piece, before, fault) => {
    const { made, result } = await read(piece, 10_000, before);
    expect(result).toEqual({ ok: false, faults: [expect.stringContaining(fault)] });
    expect(made).toBeLessThan(400);
  });
});

test("a catalogue says brand and attributes: in a table as text, in JSON by name; what is too much for a card is told", async () => {
  const read = async (text: string) =>
    readCatalogue(inputOfBytes("catalogue", new TextEncoder().encode(text), undefined));
  const table = await read(
    [
      "id,title,brand,attributes",
      'a,A,Acme,"size=42.5|colour = red|code=007|vegan=true|for=him|for=her"',
      "b,B,,",
    ].join("\n"),
  );
  expect(table.ok && table.items.map(({ attributes }) => attributes)).toEqual([
    { brand: "Acme", size: 42.5, colour: "red", code: "007", vegan: true, for: ["him", "her"] },
    undefined,
  ]);
  const list = await read(
    JSON.stringify([{ id: "a", title: "A", attributes: { organic: true, tags: ["x", "y"], brand: "Own" } }]),
  );
  expect(list.ok && list.items[0].attributes).toEqual({ brand: "Own", organic: true, tags: ["x", "y"] });
  for (const [attributes, fault] of [
    ["red", "attributes must be as in colour=red|size=42"],
    [{ brand: "x".repeat(200) }, "attributes: brand must be"],
    [{ deep: { a: 1 } }, "attributes: deep must be"],
    [7, "attributes must be values by name"],
  ] as const) {
    const { faults } = await read(JSON.stringify([{ id: "a", title: "A", attributes }]));
    expect(faults).toEqual([expect.stringContaining(fault)]);
  }
});

test("an attribute of spaces alone costs no more time than its length", async () => {
  const text = `id,title,attributes\na,A,"${" ".repeat(200_000)}x"`;
  const beginMs = performance.now();
  const read = await readCatalogue(inputOfBytes("catalogue", new TextEncoder().encode(text), undefined));
  expect(read.faults).toEqual([expect.stringContaining("attributes must be as in colour=red|size=42")]);
  expect(performance.now() - beginMs).toBeLessThan(5_000);
});
