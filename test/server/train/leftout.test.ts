/**
 * Whoever is on a list of people to be left out is learned from in no line, whatever the list and the log
 * look like.
 */
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inputOfBytes } from "../../../server/publishing/input/input.ts";
import { peopleIn } from "../../../server/publishing/train/acts.ts";
import { readLog } from "../../../server/publishing/train/log.ts";

const items = ["sku-1", "sku-2", "sku-3"];
const rowOf = new Map(items.map((item, row) => [item, row]));
const nowMs = Date.UTC(2026, 0, 1);

interface Line {
  readonly person: string;
  readonly item: string;
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

async function tastesOf(log: readonly Line[], list: Uint8Array) {
  const without = await peopleIn(inputOfBytes("x", list));
  const text = ["user,item", ...log.map(({ person, item }) => `"${person}",${item}`)].join("\n");
  return readLog(inputOfBytes("o.csv", bytesOf(text)), { rowOf, without, nowMs });
}

/** Nothing is left of them: what is learned is what the log says without their lines. */
async function expectLeftOut(log: readonly Line[], people: readonly string[], list: Uint8Array) {
  const nobody = bytesOf("user\n");
  const others = log.filter(({ person }) => !people.includes(person));
  const { tastes, leftOut } = await tastesOf(log, list);
  expect(tastes).toEqual((await tastesOf(others, nobody)).tastes);
  expect(leftOut.excluded).toBe(log.length - others.length);
}

/** A short history, a long one, one that is all returns elsewhere. */
const log: readonly Line[] = [
  { person: "00042", item: "sku-1" },
  { person: "ann", item: "sku-1" },
  { person: "bob", item: "sku-1" },
  { person: "ann", item: "sku-2" },
  { person: "00042", item: "sku-3" },
  { person: "eve@example.org", item: "sku-3" },
  { person: "José", item: "sku-2" },
  { person: "ann", item: "sku-3" },
  { person: "42", item: "sku-2" },
];

describe("a list of people to be left out", () => {
  test.each<[string, string | Uint8Array]>([
    ["one line of each with one item", "user,item\nann,sku-1\n00042,sku-1\n"],
    ["people alone", "person\nann\n00042\n"],
    ["under another name than in the log", "customer,item\nann,sku-2\n00042,sku-2\n"],
    ["items that no catalogue has", "user,item\nann,gone\n00042,gone\n"],
    ["no item at all, and blank lines", "user,item\r\nann,\r\n\r\n00042,\r\n\r\n"],
    ["returns alone", "user,item,quantity\nann,sku-1,-1\n00042,sku-9,-4\n"],
    ["what says nothing of tastes", "user,item,kind\nann,sku-1,impression\n00042,sku-1,impression\n"],
    ["semicolons and quotes", 'user;item\n"ann";"sku-1"\n"00042";"sku-1"\n'],
    ["tabs, and blanks around ids", "user\titem\n  ann \tsku-1\n\u00a000042\u00a0\tsku-1\n"],
    ["a byte order mark", "\ufeffuser\nann\n00042\n"],
    ["a mark within, where two files were put together", "user\n00042\n\ufeffann\n"],
    ["UTF-16", Buffer.from("\ufeffuser\nann\n00042\n", "utf16le")],
    ["gzip", gzipSync("user\nann\n00042\n")],
    ["a JSON list", '[{"user":"ann"},{"user":"00042"}]'],
    ["JSON lines", '{"customer":"ann","item":"sku-1"}\n{"customer":"00042"}\n'],
    ["capitals", "user\nANN\n00042\n"],
    ["a character that nobody sees", "user\nan\u200bn\n\u206000042\n"],
    ["everybody twice, in any order", "user\nann\n00042\nann\n00042\nann\n"],
  ])("of %s leaves them out with every line, and nobody else", async (_what, list) => {
    await expectLeftOut(log, ["ann", "00042"], typeof list === "string" ? bytesOf(list) : list);
  });

  test("has a person by one name in any case and normal form, and takes a number for one", async () => {
    await expectLeftOut(log, ["José"], bytesOf(`user\n${"José".normalize("NFD")}\n`));
    await expectLeftOut(log, ["eve@example.org"], bytesOf("user\nEve@Example.ORG\n"));
    await expectLeftOut(log, ["42"], bytesOf('[{"user":42}]'));
    const decomposed = log.map(({ person, item }) => ({ person: person.normalize("NFD"), item }));
    await expectLeftOut(decomposed, ["José".normalize("NFD")], bytesOf("user\nJOSÉ\n"));
  });

  test("has two people whose names differ by an accent, or by zeros, for two", async () => {
    const two = ["José", "Josè", "7", "07"].map((person) => ({ person, item: "sku-1" }));
    for (const { person } of two) await expectLeftOut(two, [person], bytesOf(`user\n${person}\n`));
  });

  test("of whoever it is leaves these out and no other, whatever the log", async () => {
    const person = fc.stringMatching(/^[a-z0-9@.+_-]{1,12}$/);
    const line = fc.record({ person, item: fc.constantFrom(...items) });
    const changes: readonly ((id: string) => string)[] = [
      (id) => id,
      (id) => id.toUpperCase(),
      (id) => `  ${id} `,
      (id) => `\ufeff${id}`,
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { minLength: 1, maxLength: 30 }),
        fc.func(fc.boolean()),
        fc.constantFrom(...changes),
        async (lines, isOut, change) => {
          const people = [...new Set(lines.map((one) => one.person))].filter((one) => isOut(one));
          const list = ["user", ...people.map((one) => `"${change(one)}"`)].join("\n");
          await expectLeftOut(lines, people, bytesOf(`${list}\n`));
        },
      ),
      { seed: 44, numRuns: 100 },
    );
  });
});

test("names are one where capitals, forms and spaces are all that differs, and how many were met is told by them", async () => {
  const same = [
    ["STRASSE", "straße"],
    ["İPEK", "ipek"],
    ["IŞIK", "ışık"],
    ["ΣΟΦΟΣ", "σοφος"],
    ["１２", "12"],
    ["ﬁona", "Fiona"],
    ["a b", "a\u00a0 b"],
    ["é", "e\u00ad\u0301"],
    ["J\u030c", "\u01f0"],
  ];
  for (const [listed, logged] of same) {
    const { leftOut, peopleLeftOut } = await tastesOf(
      [
        { person: logged, item: "sku-1" },
        { person: "somebody else", item: "sku-1" },
      ],
      bytesOf(`user\n"${listed}"\nnobody here\n`),
    );
    expect([leftOut.excluded, peopleLeftOut], logged).toEqual([1, { all: 2, unmet: 1 }]);
  }
});

test("who is listed thrice and met twice is one person who was met", async () => {
  const twice = ["Anna", "ANNA"].map((person) => ({ person, item: "sku-1" }));
  const { peopleLeftOut } = await tastesOf(
    [...twice, { person: "x", item: "sku-2" }],
    bytesOf('user\nanna\n" Anna "\nANNA\nbob\n'),
  );
  expect(peopleLeftOut).toEqual({ all: 2, unmet: 1 });
});
