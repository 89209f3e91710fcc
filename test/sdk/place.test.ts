import { expect, test } from "vitest";
import { type Placed, placeOf } from "../../sdk/place.ts";

/** The little of a document that places are read from. */
class FakeElement implements Placed {
  readonly dataset: Record<string, string>;
  readonly children: readonly FakeElement[];
  parentElement: FakeElement | null = null;

  constructor(dataset: Record<string, string>, children: readonly FakeElement[] = []) {
    this.dataset = dataset;
    this.children = children;
    for (const child of children) child.parentElement = this;
  }

  closest(selector: string): FakeElement | null {
    return matches(this, selector) ? this : (this.parentElement?.closest(selector) ?? null);
  }

  querySelectorAll(selector: string): readonly FakeElement[] {
    return this.children.flatMap((child) => [
      ...(matches(child, selector) ? [child] : []),
      ...child.querySelectorAll(selector),
    ]);
  }
}

function matches({ dataset }: FakeElement, selector: string): boolean {
  return (selector === "[data-tacit-item]" ? dataset.tacitItem : dataset.tacitList) !== undefined;
}

const item = (id: string, more: Record<string, string> = {}, children: readonly FakeElement[] = []) =>
  new FakeElement({ tacitItem: id, ...more }, children);
const box = (...children: readonly FakeElement[]) => new FakeElement({}, children);

test("an item's place is its number among the items of its list, whatever lies between", () => {
  const [a, b, c] = [item("a"), item("b"), item("c")];
  const list = new FakeElement({ tacitList: "for-you" }, [box(a), box(), box(box(b)), c]);
  box(item("before"), list);
  expect([a, b, c].map(placeOf)).toEqual([
    { list: "for-you", position: 1 },
    { list: "for-you", position: 2 },
    { list: "for-you", position: 3 },
  ]);
});

test("a stated place goes before the counted one, and one that is no place is not taken", () => {
  const paged = item("b", { tacitPosition: "26" });
  const odd = ["0", "-1", "1.5", "first", ""].map((tacitPosition) => item("c", { tacitPosition }));
  new FakeElement({ tacitList: "all" }, [item("a"), paged, ...odd]);
  expect(placeOf(paged)).toEqual({ list: "all", position: 26 });
  expect(odd.map((element) => placeOf(element).position)).toEqual([3, 4, 5, 6, 7]);
  expect(placeOf(item("d", { tacitPosition: "4" }))).toEqual({ position: 4 });
});

test("an item within an item has the outer one's place, and counts once", () => {
  const link = item("a");
  const [first, second] = [item("a", {}, [box(link)]), item("b")];
  new FakeElement({ tacitList: "grid" }, [first, second]);
  expect(placeOf(link)).toEqual({ list: "grid", position: 1 });
  expect(placeOf(second)).toEqual({ list: "grid", position: 2 });
});

test("a list within a list, or within an item, counts for itself", () => {
  const [inner, after] = [item("x"), item("b")];
  const shelf = new FakeElement({ tacitList: "inner" }, [item("w"), inner]);
  const page = item("page", {}, [new FakeElement({ tacitList: "outer" }, [item("a"), shelf, after])]);
  expect(placeOf(inner)).toEqual({ list: "inner", position: 2 });
  expect(placeOf(after)).toEqual({ list: "outer", position: 2 });
  expect(placeOf(page)).toEqual({});
});

test("outside a list there is no place, and a list without a name has none to say", () => {
  expect(placeOf(item("a"))).toEqual({});
  const alone = item("a");
  new FakeElement({ tacitList: "" }, [alone]);
  expect(placeOf(alone)).toEqual({ position: 1 });
});
