import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Acts, type Click, type Point } from "../../../sdk/capture/acts.ts";

const trusted: Click = { isTrusted: true, detail: 1, x: 100, y: 50, timeStamp: 10_000 };
const byScript: Click = { isTrusted: false, detail: 0, x: 0, y: 0, timeStamp: 10_000 };
const byReader: Click = { isTrusted: true, detail: 0, x: 0, y: 0, timeStamp: 10_000 };

/** A press that is being handled. */
function press(acts: Acts, from: Point | null): void {
  acts.press(from, 10_000);
  acts.goOn();
}

/** A press and its click on an item, to the end of the task. */
function clickOn(acts: Acts, item: string | null, click: Partial<Click> = {}): boolean {
  press(acts, { x: 100, y: 50 });
  acts.settle();
  const counts = acts.click({ ...trusted, ...click }, item);
  acts.settle();
  return counts;
}

describe("one act is one click", () => {
  test("each press and its click is an act, on the same item too", () => {
    const acts = new Acts();
    expect(["a", "a", "b", null, "a"].map((item) => clickOn(acts, item))).toEqual([
      true,
      true,
      true,
      false,
      true,
    ]);
  });

  test("what the browser clicks besides, as a label's field, is the same act", () => {
    const acts = new Acts();
    press(acts, { x: 100, y: 50 });
    acts.settle();
    expect(acts.click(trusted, "a")).toBe(true);
    expect(acts.click({ ...trusted, x: 0, y: 0 }, "a")).toBe(false);
    expect(acts.click({ ...trusted, x: 0, y: 0 }, "b")).toBe(false);
  });

  test("of a click that is handed on the first that hits an item counts", () => {
    const acts = new Acts();
    press(acts, { x: 100, y: 50 });
    expect(acts.click(trusted, null)).toBe(false);
    expect(acts.click({ ...trusted, x: 0, y: 0 }, null)).toBe(false);
    expect(acts.click(byScript, "a")).toBe(true);
    expect(acts.click(byScript, "a")).toBe(false);
  });

  test("a click handed on while the pointer is released, and the browser's own after it, are one", () => {
    const acts = new Acts();
    press(acts, { x: 100, y: 50 });
    acts.settle();
    acts.goOn();
    expect(acts.click(byScript, "a")).toBe(true);
    acts.settle();
    expect(acts.click(trusted, "a")).toBe(false);
  });

  test("a key that a script turns into a click is one, and a screen reader needs no press", () => {
    const acts = new Acts();
    press(acts, null);
    expect(acts.click(byScript, "a")).toBe(true);
    acts.settle();
    press(acts, null);
    expect(acts.click(byReader, "a")).toBe(true);
    acts.settle();
    for (const item of ["a", "b"]) {
      expect(acts.click(byReader, item)).toBe(true);
      expect(acts.click(byReader, item)).toBe(false);
      acts.settle();
    }
    // A pointer that was pressed elsewhere, and never clicked, is no drag of it.
    press(acts, { x: 100, y: 50 });
    acts.settle();
    expect(acts.click(byReader, "a")).toBe(true);
  });

  test("a first click ever without a press counts", () => {
    expect(new Acts().click(byReader, "a")).toBe(true);
  });

  test("the second click of a double click counts only on another item", () => {
    const acts = new Acts();
    const double = (second: string) => [clickOn(acts, "a"), clickOn(acts, second, { detail: 2 })];
    expect(double("a")).toEqual([true, false]);
    expect(double("b")).toEqual([true, true]);
    expect(clickOn(acts, "b", { detail: 3 })).toBe(false);
  });
});

describe("what is no act", () => {
  test("a script's click when nobody did anything", () => {
    const acts = new Acts();
    expect(acts.click(byScript, "a")).toBe(false);
    clickOn(acts, null);
    expect(acts.click(byScript, "a")).toBe(false);
  });

  test("a press that ends elsewhere is a drag, and so is whatever a script makes of it", () => {
    const acts = new Acts();
    const from = { x: 100, y: 50 };
    for (const [x, y, counts] of [
      [109, 50, true],
      [110, 50, false],
      [100, 60, false],
      [106, 42, false],
      [94, 43, true],
    ] as const) {
      press(acts, from);
      expect(acts.click({ ...trusted, x, y }, "a")).toBe(counts);
      expect(acts.click(byScript, "a")).toBe(false);
      acts.settle();
    }
  });
});

describe("a click that a script makes while the person is acting", () => {
  /** A script's click outside of any handling, that long after the last trusted event. */
  const later = (ms: number): Click => ({ ...byScript, timeStamp: 10_000 + ms });

  test("is of the act heard last, however late a timer makes it, and counts if nothing of it has", () => {
    const acts = new Acts();
    clickOn(acts, null);
    expect(acts.click(later(4_900), "a", true)).toBe(true);
    expect(acts.click(later(4_950), "b", true)).toBe(false);
  });

  test("is none after a click on an item, on whatever it is, and none after a drag", () => {
    for (const x of [100, 140]) {
      for (const item of ["a", "b"]) {
        const acts = new Acts();
        clickOn(acts, "a", { x });
        expect(acts.click(later(700), item, true)).toBe(false);
        expect(acts.click(later(5_000), item, true)).toBe(false);
      }
    }
  });

  test("is an act by itself where nothing was heard for five seconds, and the next five are that act", () => {
    for (const acts of [new Acts(), heard()]) {
      expect(acts.click(later(5_001), null, true)).toBe(false);
      expect(acts.click(later(6_000), "a", true)).toBe(true);
      expect([6_001, 9_000, 10_001].map((ms) => acts.click(later(ms), "b", true))).toEqual([
        false,
        false,
        false,
      ]);
      expect(acts.click(later(10_002), "b", true)).toBe(true);
    }
    function heard(): Acts {
      const acts = new Acts();
      clickOn(acts, "a");
      return acts;
    }
  });

  test("is an act by itself where the release alone was heard", () => {
    const acts = new Acts();
    acts.goOn();
    acts.settle();
    expect(acts.click(later(300), "a", true)).toBe(true);
  });

  test("is none where the browser says that nobody is, or does not say", () => {
    for (const isActive of [false, undefined]) {
      const acts = new Acts();
      expect(acts.click(later(6_000), "a", isActive)).toBe(false);
      clickOn(acts, null);
      expect(acts.click(later(100), "a", isActive)).toBe(false);
    }
  });
});

test("whatever happens, no act counts twice and nothing counts without an act", () => {
  const step = fc.oneof(
    fc.constant({ do: "press" } as const),
    fc.constant({ do: "settle" } as const),
    fc.record({
      do: fc.constant("click" as const),
      isTrusted: fc.boolean(),
      isActive: fc.constantFrom(true, false, undefined),
      item: fc.constantFrom("a", "b", null),
      detail: fc.constantFrom(0, 1, 2),
      afterMs: fc.constantFrom(0, 700, 2_600, 5_001),
    }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const acts = new Acts();
      let possible = 0;
      let counted = 0;
      let atMs = 10_000;
      /** Acts that were not heard are more than five seconds apart; the first may be at once. */
      const unheard = () =>
        steps.some((one) => one.do === "click" && one.isActive) ? Math.floor((atMs - 10_000) / 5_000) + 1 : 0;
      for (const each of steps) {
        if (each.do === "press") {
          acts.press({ x: 100, y: 50 }, atMs);
          acts.goOn();
        } else if (each.do === "settle") acts.settle();
        else {
          atMs += each.afterMs;
          const click = { ...trusted, isTrusted: each.isTrusted, detail: each.detail, timeStamp: atMs };
          counted += acts.click(click, each.item, each.isActive) ? 1 : 0;
        }
        possible += each.do === "press" || (each.do === "click" && each.isTrusted) ? 1 : 0;
        expect(counted).toBeLessThanOrEqual(possible + unheard());
      }
    }),
  );
});
