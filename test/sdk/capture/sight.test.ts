import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { away, type Gaze, howMuch, look, type Sight } from "../../../sdk/capture/sight.ts";

const window = { width: 400, height: 800 };
const sight = (width: number, height: number, seenHeight: number, seenWidth = width): Sight => ({
  box: { width, height },
  seen: { width: seenWidth, height: seenHeight },
  window,
});

describe("how much", () => {
  test("of what fits into its window half has to be visible, and less is a part", () => {
    const size = fc.record({
      width: fc.integer({ min: 1, max: 400 }),
      height: fc.integer({ min: 1, max: 800 }),
    });
    fc.assert(
      fc.property(size, fc.double({ min: 0, max: 1, noNaN: true }), (box, share) => {
        const seen = { width: box.width, height: box.height * share };
        const isMostly = seen.height * seen.width >= 0.5 * box.height * box.width;
        expect(howMuch([{ box, seen, window }])).toBe(isMostly ? "mostly" : "partly");
      }),
    );
  });

  test("what is larger has to fill half of its window, or of its own width in it", () => {
    expect(howMuch([sight(400, 2400, 400)])).toBe("mostly");
    expect(howMuch([sight(400, 2400, 399)])).toBe("partly");
    expect(howMuch([sight(180, 2400, 400)])).toBe("mostly");
    expect(howMuch([sight(1600, 100, 100, 200)])).toBe("mostly");
    expect(howMuch([sight(1600, 100, 100, 199)])).toBe("partly");
  });

  test("boxes of one item count together, and together need no more than half a window", () => {
    expect(howMuch([sight(100, 100, 100), sight(100, 300, 0)])).toBe("partly");
    expect(howMuch([sight(100, 100, 100), sight(100, 200, 50)])).toBe("mostly");
    const paragraphs = Array.from({ length: 10 }, (_, nth) => sight(400, 240, nth < 2 ? 240 : 0));
    expect(howMuch(paragraphs)).toBe("mostly");
    expect(howMuch(paragraphs.slice(1))).toBe("partly");
  });

  test("a box without an area is in view and not seen; without a box there is nothing", () => {
    expect(howMuch([sight(0, 0, 0)])).toBe("partly");
    expect(howMuch([])).toBe("not");
  });
});

/** What an item is after these looks. */
function after(
  isPlain: boolean,
  ...looks: readonly (readonly ["not" | "partly" | "mostly", number])[]
): Gaze {
  return looks.reduce<Gaze>((gaze, [seen, atMs]) => look(gaze, { seen, atMs, isPlain }), away);
}

describe("how long", () => {
  test("an item is done after a second of being mostly seen, and not before", () => {
    expect(after(true, ["mostly", 5_000])).toEqual({ state: "looking", sinceMs: 5_000 });
    expect(after(true, ["mostly", 5_000], ["mostly", 5_999])).toEqual({ state: "looking", sinceMs: 5_000 });
    expect(after(true, ["mostly", 5_000], ["mostly", 5_600], ["mostly", 6_000])).toEqual({ state: "done" });
  });

  test("the second begins again when less was seen in between", () => {
    for (const less of ["not", "partly"] as const) {
      expect(
        after(true, ["mostly", 0], ["mostly", 900], [less, 950], ["mostly", 1_000], ["mostly", 1_900]),
      ).toEqual({
        state: "looking",
        sinceMs: 1_000,
      });
    }
  });

  test("what makes an event of its own is done when any of it is seen", () => {
    expect(after(false, ["partly", 0])).toEqual({ state: "done" });
    expect(after(false, ["mostly", 0])).toEqual({ state: "done" });
    expect(after(false, ["not", 0])).toEqual(away);
  });

  test("what is done stays done until it is out of view", () => {
    expect(after(true, ["mostly", 0], ["mostly", 1_000], ["partly", 1_100])).toEqual({ state: "done" });
    expect(after(true, ["mostly", 0], ["mostly", 1_000], ["not", 1_100])).toEqual(away);
  });
});
