import { afterEach, describe, expect, test } from "vitest";
import { closeDevices, eventOf, troublesOf, until, wholeDevice } from "./device.ts";
import { fakeServer } from "./fakeserver.ts";
import { itemId, shopModel } from "./shop.ts";

afterEach(closeDevices);

describe("an item that the catalogue does not have", () => {
  test("is told once, with the nearest that there is, whether it was tracked, left out or asked about", async () => {
    const own = await wholeDevice(fakeServer(shopModel()));
    for (let nth = 0; nth < 2; nth++) {
      await own.worker.append([eventOf("view", "itm-3"), eventOf("view", 3)]);
      await own.worker.forYou({ exclude: ["item-x", itemId(4)] });
      await own.worker.trending({ exclude: ["nothing like it"] });
    }
    expect(troublesOf(own)).toEqual([
      'track: item must be in the catalogue, got "itm-3": "item-3" is meant?',
      expect.stringMatching(
        /^recommend: exclude: item must be in the catalogue, got "item-x": "item-\d" is meant\?$/,
      ),
      'trending: exclude: item must be in the catalogue, got "nothing like it"',
    ]);
    await expect(own.worker.explain("item-1x", {})).rejects.toThrow(
      'explain: item must be in the catalogue, got "item-1x": "item-1" is meant?',
    );
  });

  test("is told of each that goes into a list with others; where there are no others the list fails, which is told once", async () => {
    const own = await wholeDevice(fakeServer(shopModel()));
    expect(await own.worker.goesWith(["this", itemId(3), "that"], { exclude: ["it"] })).toHaveLength(12);
    const told = [
      'goesWith: item must be in the catalogue, got "this"',
      'goesWith: item must be in the catalogue, got "that"',
      'goesWith: exclude: item must be in the catalogue, got "it"',
    ];
    expect(troublesOf(own)).toEqual(told);
    await expect(own.worker.goesWith(["neither", "nor"], {})).rejects.toThrow(
      'goesWith: item must be in the catalogue, got "neither"',
    );
    expect(troublesOf(own)).toEqual(told);
  });

  test("is told of twenty at most: a catalogue may be older than the shop's pages", async () => {
    const own = await wholeDevice(fakeServer(shopModel()));
    await own.worker.append(Array.from({ length: 30 }, (_, nth) => eventOf("view", `new arrival ${nth}`)));
    await until(() => troublesOf(own).length > 0);
    expect(troublesOf(own)).toHaveLength(20);
  });
});
