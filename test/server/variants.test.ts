/** Which items count once on a list where the catalogue does not say it. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { wordsIn } from "../../core/events/words.ts";
import { JournalProfile } from "../../core/ranking/journalprofile.ts";
import { runCli } from "../../server/cli/main.ts";
import { type Titled, variantGroups } from "../../server/publishing/import/variants/variants.ts";
import { draftImport } from "../../server/publishing/importing.ts";
import { openParts } from "../../server/roles/leader.ts";
import { Model } from "../../worker/rank/model.ts";
import { forYou, similar } from "../../worker/rank/recommend.ts";
import { inForceOf, temporaryDirectory, testConfig } from "./harness.ts";

const nowMs = Date.UTC(2026, 5, 1);

/** Groups as lists of titles, for titles alone. */
function groupsOf(titles: readonly string[], categoriesOf = (_at: number): string[] => []): string[][] {
  const items = titles.map((title, at): Titled => ({ item: `i${at}`, title, categories: categoriesOf(at) }));
  const groups = variantGroups(items);
  return [...grouped(items, groups)].flatMap(([group, members]) =>
    group === undefined ? [] : [members.map(({ title }) => title)],
  );
}

function grouped(
  items: readonly Titled[],
  groups: ReadonlyMap<string, string>,
): Map<string | undefined, Titled[]> {
  const found = new Map<string | undefined, Titled[]>();
  for (const item of items) {
    const group = groups.get(item.item);
    found.set(group, [...(found.get(group) ?? []), item]);
  }
  return found;
}

describe("titles that differ by a colour, a size or a measure alone are of one product", () => {
  test.each([
    [
      "English",
      ["Classic Cotton T-Shirt S red", "Classic Cotton T-Shirt XL dark blue", "Classic Cotton T-Shirt M"],
    ],
    ["German", ["Leinenhemd weiß Größe 40", "Leinenhemd dunkelblau Größe 42", "Leinenhemd rotes"]],
    ["French", ["Écharpe en laine bleue", "Écharpe en laine noire", "Écharpe en laine gris clair"]],
    ["Spanish", ["Camiseta de algodón roja talla M", "Camiseta de algodón amarilla talla L"]],
    ["Italian", ["Borsa in pelle nera", "Borsa in pelle marrone chiaro"]],
    ["Dutch", ["Katoenen sok zwart 2 stuks", "Katoenen sok wit 2 stuks"]],
    ["Polish", ["Kubek ceramiczny czerwony 300 ml", "Kubek ceramiczny niebieski 500 ml"]],
    ["Russian", ["Рубашка льняная белая размер 44", "Рубашка льняная тёмно-синяя размер 46"]],
    ["Greek", ["Βαμβακερό μπλουζάκι μαύρο", "Βαμβακερό μπλουζάκι λευκό"]],
    ["Turkish", ["Pamuklu Tişört kırmızı", "Pamuklu Tişört açık mavi"]],
    ["Chinese", ["纯棉T恤 红色 L", "纯棉T恤 深蓝色 XL"]],
    ["Japanese", ["コットンシャツ 赤 M", "コットンシャツ ネイビー L"]],
    ["Korean", ["면 티셔츠 빨간색 M", "면 티셔츠 네이비 L"]],
    ["Thai", ["เสื้อยืดผ้าฝ้าย สีแดง", "เสื้อยืดผ้าฝ้าย สีเขียว"]],
    ["Arabic", ["قميص قطن أحمر", "قميص قطن أزرق"]],
    ["Hindi", ["सूती कमीज लाल", "सूती कमीज नीला"]],
    ["measures", ["Olive Oil 500ml", "Olive Oil 1.5 l", "Olive Oil 250 ml"]],
    ["lengths and breadths", ["Linen Rug 120 x 180 cm", "Linen Rug 60x90 cm", "Linen Rug, beige"]],
    ["memory", ["Phone 12 Pro 64GB black", "Phone 12 Pro 128 GB white", "Phone 12 Pro 64GB gold"]],
  ])("%s", (_language, titles) => {
    expect(groupsOf(titles)).toEqual([titles]);
  });
});

describe("titles that differ by anything else are of different products", () => {
  test.each([
    ["another thing in the same colour", ["Tall mug red", "Tall lamp red", "Tall bowl red"]],
    ["the same name, told apart by nothing", ["Hamlet, Prince of Denmark", "Hamlet, Prince of Denmark"]],
    ["the same name and colour twice", ["Black Beauty", "Black Beauty", "Linen mug red", "Linen mug red"]],
    ["nothing but a colour", ["Red", "Blue", "White"]],
    [
      "a material that may be a colour, where no colour stands",
      ["Bath salt rose", "Bath salt mint", "Bath salt peach"],
    ],
    ["the order of words", ["Shirt with red collar", "Collar with red shirt"]],
    [
      "a colour that is the thing",
      ["Green Tea", "Black Tea", "White Rice", "Brown Rice", "Cream Cheese", "Blue Cheese"],
    ],
    ["wines of a region", ["Rioja red", "Rioja white", "Vin rouge", "Vin blanc"]],
    [
      "fruits and metals",
      ["Orange Juice", "Lime Juice", "Fresh juice orange", "Fresh juice lime", "Ring gold", "Ring ruby"],
    ],
    ["a model before a measure", ["iPhone 12 64GB", "iPhone 13 64GB", "iPhone 14 128 GB black"]],
    ["a network", ["Galaxy Phone A52", "Galaxy Phone A52 5G"]],
    [
      "a number before a size of bottle",
      [
        "Ink cartridge 545 15 ml",
        "Ink cartridge 546 15 ml",
        "Sun lotion SPF 30 200 ml",
        "Sun lotion SPF 50 200 ml",
      ],
    ],
    ["grades of oil", ["Motor Oil 5W-30 1L", "Motor Oil 10W-40 4L", "Motor Oil 0W-20 5 l"]],
    ["a number without a unit", ["Ink cartridge 545 black", "Ink cartridge 546 black"]],
    [
      "a word of size that is the model",
      ["Apple iPhone 13", "Apple iPhone 13 mini", "Apple iPhone 13 Plus", "Mini Skirt", "Long Skirt"],
    ],
    [
      "what only begins like a colour",
      [
        "Car seat belt",
        "Car seat red",
        "Варенье домашнее черника",
        "Варенье домашнее голубика",
        "GoldenEye (1995)",
        "Jade (1995)",
      ],
    ],
  ])("%s", (_what, titles) => {
    expect(groupsOf(titles)).toEqual([]);
  });

  test("so are those of different categories", () => {
    const titles = ["The Long Book black", "The Long Book green"];
    expect(groupsOf(titles, (at) => [["Novels", "Thrillers"][at]])).toEqual([]);
    expect(groupsOf(titles, () => ["Novels"])).toEqual([titles]);
  });

  test("and where hardly any pair up, as of films, none do", () => {
    const others = Array.from({ length: 200 }, (_, at) => `Film number ${at}`);
    expect(groupsOf([...others, "The Room Green", "The Room Red"])).toEqual([]);
    expect(groupsOf([...others.slice(0, 50), "The Room Green", "The Room Red"])).toHaveLength(1);
  });

  test("a title as long as may be, of words that may be anything, is read as fast as another", () => {
    const long = ["1 ", "rose ", "x ", "30 x ", "cm ", "red "].map((word) => word.repeat(1000 / word.length));
    const startMs = performance.now();
    for (let at = 0; at < 50; at++) groupsOf(long);
    // 300 titles, which took 20 ms each where words were gone through again and again.
    expect(performance.now() - startMs).toBeLessThan(3000);
  });
});

test("a word that may be a colour is one beside colours, and the order of items does not matter but for who is first", () => {
  const titles = ["Wool scarf rose", "Wool scarf red", "Wool scarf charcoal", "Rose soap", "Charcoal soap"];
  expect(groupsOf(titles)).toEqual([titles.slice(0, 3)]);
  fc.assert(
    fc.property(fc.shuffledSubarray(titles, { minLength: titles.length }), (shuffled) => {
      const groups = groupsOf(shuffled);
      expect(groups.map((group) => group.toSorted())).toEqual([titles.slice(0, 3).toSorted()]);
    }),
  );
});

test("whatever the titles: a group has two items or more, is named by its first, and they share a word", () => {
  const word = fc.constantFrom(
    "red",
    "blue",
    "XL",
    "mug",
    "30",
    "cm",
    "x",
    "rose",
    "dark",
    "赤",
    "",
    "—",
    "シャツ",
    "size",
  );
  const title = fc.array(word, { maxLength: 6 }).map((words) => words.join(" "));
  fc.assert(
    fc.property(fc.array(title, { maxLength: 30 }), (titles) => {
      const items = titles.map((text, at): Titled => ({ item: `i${at}`, title: text, categories: [] }));
      const groups = variantGroups(items);
      for (const [group, members] of grouped(items, groups)) {
        if (group === undefined) continue;
        expect(members.length).toBeGreaterThan(1);
        expect(members[0].item).toBe(group);
        const words = members.map(({ title: text }) => new Set(wordsIn(text)));
        expect([...words[0]].some((each) => words.every((its) => its.has(each)))).toBe(true);
      }
    }),
  );
});

/** So many of each: titles from lists that are gone through at different paces. */
const titlesOf = (count: number, ...lists: readonly (readonly string[])[]): readonly string[] =>
  Array.from({ length: count }, (_, at) => lists.map((list) => list[at % list.length]).join(" "));

describe("a shelf for who bought one of twelve variants has at most one of the others", () => {
  const asExported = [
    [
      "shirts of a spreadsheet",
      "id,title",
      titlesOf(12, ["Classic Cotton T-Shirt"], ["S", "M", "L", "XL"], ["red", "blue", "green"]),
      titlesOf(
        48,
        ["Linen Shirt", "Wool Scarf", "Denim Jeans", "Rain Jacket", "Cotton Socks", "Leather Belt"],
        ["red", "blue", "green", "grey"],
      ),
    ],
    [
      "phone cases with semicolons, in German",
      "id;title",
      titlesOf(
        12,
        ["Handyhülle Leder"],
        ["schwarz", "dunkelblau", "rote", "grüne"],
        ["Größe S", "Größe M", "Größe L"],
      ),
      titlesOf(
        40,
        ["Ladekabel", "Panzerglas", "Kopfhörer", "Powerbank", "Halterung"],
        ["weiß", "schwarz", "silber"],
      ),
    ],
    [
      "bottles with tabs",
      "id\ttitle",
      titlesOf(12, ["Steel Bottle"], ["250ml", "0.5 l", "750 ml"], ["navy", "cream", "black", "rose"]),
      titlesOf(
        40,
        ["Lunch Box", "Tea Strainer", "Coffee Press", "Bread Knife", "Apron"],
        ["black", "red", "navy"],
      ),
    ],
    [
      "shirts in Chinese",
      "id,title",
      titlesOf(12, ["纯棉T恤"], ["红色", "黑色", "白色"], ["S", "M", "L", "XL"]),
      titlesOf(40, ["羊毛围巾", "牛仔裤", "雨衣", "皮带", "袜子", "帽子"], ["红色", "黑色", "白色"]),
    ],
  ] as const;

  test.each(asExported)("%s", async (_what, header, variants, others) => {
    const directory = temporaryDirectory();
    const file = join(directory, "items.csv");
    const mark = header.slice(2, 3);
    const lines = [...variants, ...others].map((title, at) => `i${at}${mark}${title}`);
    writeFileSync(file, [header, ...lines].join("\n"));
    const said: string[] = [];
    const say = (line: string): void => void said.push(line);
    const data = join(directory, "data");
    expect(await runCli(["import", file, "--data", data], { env: {}, out: say, err: say })).toBe(0);
    expect(said.at(-2)).toMatch(
      /^\d+ items look like sizes or colours of another; a list shows one of each /,
    );
    const parts = await openParts(testConfig(data));
    onTestFinished(() => parts.close());
    const { id, sequence, model: joined } = inForceOf({ parts });
    const model = new Model({ edition: { id, sequence }, joined, factors: null, isWhole: true });
    const events = [{ id: "e", kind: "purchase", item: "i0", atMs: nowMs - 1000 }] as const;
    const shelf = forYou(model, new JournalProfile(model.ranking, { events, nowMs }), { count: 6, nowMs });
    expect(shelf.length).toBe(6);
    expect(shelf.filter(({ item }) => Number(item.slice(1)) < variants.length).length).toBeLessThanOrEqual(1);
    const beside = similar(model, "i0", { count: 4 });
    expect(beside.filter(({ item }) => Number(item.slice(1)) < variants.length)).toEqual([]);
    expect(beside.length).toBe(4);
  });
});

describe("an import", () => {
  const csv = (lines: readonly string[]): Uint8Array => new TextEncoder().encode(lines.join("\n"));
  const imported = async (lines: readonly string[], variants?: string) => {
    const source = { from: "bytes", name: "c.csv", bytes: csv(lines), charset: undefined } as const;
    const drafted = await draftImport({
      source: { ...source, asked: { what: "catalogue", variants } },
      settings: { contentDim: 8, dim: 4 },
      inForce: null,
      space: null,
    });
    if (!drafted.ok) throw new Error(drafted.faults[0]);
    return {
      variants: drafted.variants,
      groups: drafted.draft.parts.catalogue.part.cards.map(({ group }) => group),
    };
  };
  const titles = ["id,title", "a,Tall mug red", "b,Tall mug blue", "c,Lamp"];

  test("publishes the groups that titles tell, and how many items are in them", async () => {
    expect(await imported(titles)).toEqual({ variants: 2, groups: ["a", "a", undefined] });
  });

  test("takes what rows say alone where a row says it, or where that is asked for", async () => {
    const said = ["id,title,group", "a,Tall mug red,", "b,Tall mug blue,", "c,Lamp,x"];
    expect(await imported(said)).toEqual({ variants: 0, groups: [undefined, undefined, "x"] });
    expect(await imported(titles, "said")).toEqual({
      variants: 0,
      groups: [undefined, undefined, undefined],
    });
  });

  test("refuses another way in a line", async () => {
    await expect(imported(titles, "colour")).rejects.toThrow(
      'variants: expected titles or said, got "colour"',
    );
  });
});
