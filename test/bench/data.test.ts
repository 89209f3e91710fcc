import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { knownBy, readContentItems, readDataSet, validationSet } from "../../bench/data.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "tacit-data-"));
  mkdirSync(join(directory, "split"));
  write("split/item_index.csv", "idx,item\n0,mug\n1,clock\n2,apron\n");
  write("split/train.csv", "user,item,weight\n0,2,3\n0,0,1\n1,1,2\n");
  write("split/foldin.csv", "user,item,weight\n7,0,1\n8,1,1\n");
  write("split/target.csv", "user,item,weight\n7,2,1\n");
});
afterEach(() => rmSync(directory, { recursive: true }));

function write(name: string, text: string): void {
  writeFileSync(join(directory, name), text);
}

describe("readDataSet", () => {
  test("people keep their items in catalogue order; only people with targets are judged", () => {
    const { items, train, heldOut } = readDataSet(directory);
    expect(items).toEqual(["mug", "clock", "apron"]);
    expect(train.map((person) => [Array.from(person.items), Array.from(person.weights)])).toEqual([
      [
        [0, 2],
        [1, 3],
      ],
      [[1], [2]],
    ]);
    expect(heldOut).toHaveLength(1);
    expect([...heldOut[0].targets]).toEqual([2]);
  });

  test.each([
    ["split/train.csv", "user,item,weight\n0,3,1\n", "item must be an index below 3, got 3"],
    ["split/train.csv", "user,item,weight\n0,1,-1\n", "weight must be a finite number above 0, got -1"],
    ["split/train.csv", "user,item,weight\n0,1,1\n0,1,2\n", "expected user 0 and item 1 once, got twice"],
    [
      "split/train.csv",
      "person,item,weight\n0,1,1\n",
      "expected the columns user, item, weight, got person, item, weight",
    ],
    ["split/item_index.csv", "idx,item\n1,mug\n", "expected idx 0, got 1"],
  ])("a wrong %s is refused", (name, text, message) => {
    write(name, text);
    expect(() => readDataSet(directory)).toThrow(message);
  });
});

test("who is known by fewer items keeps that many of their own, and what they went on to", () => {
  write("split/foldin.csv", "user,item,weight\n7,0,4\n7,1,5\n8,1,1\n");
  write("split/target.csv", "user,item,weight\n7,2,1\n8,2,1\n");
  const whole = readDataSet(directory);
  const drawn = new Set<number>();
  for (let seed = 1; seed <= 20; seed++) {
    const { heldOut, train } = knownBy(whole, { events: 1, seed });
    expect(train).toBe(whole.train);
    expect(heldOut.map(({ foldIn }) => foldIn.items.length)).toEqual([1, 1]);
    expect(heldOut.map(({ targets }) => [...targets])).toEqual([[2], [2]]);
    const [{ foldIn }] = heldOut;
    expect(foldIn.weights[0]).toBe(foldIn.items[0] === 0 ? 4 : 5);
    drawn.add(foldIn.items[0]);
  }
  expect(drawn).toEqual(new Set([0, 1]));
  expect(knownBy(whole, { events: 5, seed: 1 }).heldOut).toEqual(whole.heldOut);
});

test("a missing file is named", () => {
  rmSync(join(directory, "split/target.csv"));
  expect(() => readDataSet(directory)).toThrow(/expected the file .*target\.csv, got no such file/);
});

describe("readContentItems", () => {
  test("every other column is metadata: bars part categories, long values are texts, numbers and times are none", () => {
    const plot = "A groundskeeper meets a clockmaker who has lost more than an hour of her life.";
    write(
      "items.csv",
      `film,title,genres,year,released,director,plot\nmug,Mug,Comedy|Film-Noir,1999,1999-03-01,Ann Lee,${plot}\n`,
    );
    expect(readContentItems(directory, ["mug"])).toEqual([
      {
        item: "mug",
        title: "Mug",
        categories: ["genres Comedy", "genres Film-Noir", "director Ann Lee"],
        text: plot,
      },
    ]);
  });

  test("texts follow the order of the catalogue, an unnamed item has an empty title", () => {
    write("items.csv", "sku,title,categories\napron,Blue apron,kitchen|blue\nmug,Red mug,\n");
    expect(readContentItems(directory, ["mug", "clock", "apron"])).toEqual([
      { item: "mug", title: "Red mug", categories: [] },
      { item: "clock", title: "", categories: [] },
      { item: "apron", title: "Blue apron", categories: ["kitchen", "blue"] },
    ]);
  });

  test("a directory without texts is refused by name", () => {
    expect(() => readContentItems(directory, ["mug"])).toThrow(
      /expected .*items\.csv with a title column, got no such file/,
    );
  });
});

describe("validationSet", () => {
  test("sets aside training people only, their targets apart from what is known of them", () => {
    const people = Array.from({ length: 40 }, (_, u) => ({
      items: Uint32Array.from({ length: 4 + (u % 7) }, (_, k) => k + u),
      weights: new Float64Array(4 + (u % 7)).fill(u + 1),
    }));
    const data = { items: Array.from({ length: 60 }, String), train: people, heldOut: [] };
    const split = validationSet(data, { share: 0.5, seed: 3 });
    expect(split.train.length + split.heldOut.length).toBe(40);
    expect(split.heldOut.length).toBeGreaterThan(8);
    for (const { foldIn, targets } of split.heldOut) {
      const owner = people[foldIn.weights[0] - 1];
      expect(split.train).not.toContain(owner);
      expect([...foldIn.items, ...targets].sort((a, b) => a - b)).toEqual(Array.from(owner.items));
      expect(targets.size).toBe(Math.max(1, Math.round(owner.items.length / 5)));
    }
  });
});
