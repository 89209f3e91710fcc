// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Gallery } from "../../../sdk/capture/gallery.ts";
import { placeOf } from "../../../sdk/capture/place.ts";
import { FakeIntersectionObserver, forgetObservers, frames, layout, observed } from "./fakeobserver.ts";

const whole = { width: 100, height: 100, seen: 100 };

/** The elements that were told, by item and kind. */
let told: string[] = [];
let gallery: Gallery;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("IntersectionObserver", FakeIntersectionObserver);
  // happy-dom lays nothing out: a box is what the layout has, and what is displayed otherwise than in place.
  vi.spyOn(HTMLElement.prototype, "getClientRects").mockImplementation(function (this: HTMLElement) {
    return (this.style.display === "contents" ? [] : [new DOMRect()]) as unknown as DOMRectList;
  });
  told = [];
  gallery = new Gallery((_element, { item, event }) => told.push(`${event || "impression"} ${item}`));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  forgetObservers();
  document.body.innerHTML = "";
  setVisibility("visible");
});

function setVisibility(state: string): void {
  Object.defineProperty(document, "visibilityState", { configurable: true, value: state });
}

/** Draws that into the page and watches what is marked in it. */
function draw(html: string): readonly HTMLElement[] {
  document.body.innerHTML = html;
  for (const element of document.querySelectorAll("[data-tacit-item]")) gallery.watch(element);
  return [...document.querySelectorAll<HTMLElement>("body *")];
}

/** So much time passes, with a frame every 50 ms. */
function pass(ms: number): void {
  for (let passed = 0; passed < ms; passed += 50) {
    frames();
    vi.advanceTimersByTime(50);
  }
  frames();
}

describe("a second of looking", () => {
  test("makes one impression, and then nothing is looked at any more", () => {
    const [a] = draw('<p data-tacit-item="a"></p>');
    layout.set(a, whole);
    pass(950);
    expect(told).toEqual([]);
    pass(400);
    expect(told).toEqual(["impression a"]);
    pass(3_000);
    expect(told).toEqual(["impression a"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("begins when half is seen, which moves no edge of the window", () => {
    const [a] = draw('<p data-tacit-item="a"></p>');
    layout.set(a, { ...whole, seen: 49 });
    pass(3_000);
    layout.set(a, { ...whole, seen: 50 });
    pass(900);
    expect(told).toEqual([]);
    pass(600);
    expect(told).toEqual(["impression a"]);
  });

  test("begins again for what was out of view, or in a tab that was looked away from", () => {
    const [a] = draw('<p data-tacit-item="a"></p>');
    layout.set(a, whole);
    pass(700);
    layout.set(a, { ...whole, seen: null });
    pass(50);
    layout.set(a, whole);
    pass(700);
    gallery.lookAway();
    pass(700);
    setVisibility("hidden");
    pass(3_000);
    setVisibility("visible");
    pass(700);
    expect(told).toEqual([]);
    pass(600);
    expect(told).toEqual(["impression a"]);
    // What is done is not looked at again, also when something else is.
    gallery.lookAway();
    const b = document.body.appendChild(a.cloneNode() as HTMLElement);
    b.dataset.tacitItem = "b";
    layout.set(b, whole);
    gallery.watch(b);
    pass(3_000);
    expect(told).toEqual(["impression a", "impression b"]);
  });

  test("is waited for with one timer, and with none where nothing is open", () => {
    const [a, b, c] = draw(
      '<p data-tacit-item="a"></p><p data-tacit-item="b"></p><p data-tacit-item="c" data-tacit-event="view"></p>',
    );
    layout.set(a, whole);
    frames();
    layout.set(b, whole).set(c, whole);
    frames();
    expect(vi.getTimerCount()).toBe(1);
    gallery.lookAgain();
    frames();
    expect(vi.getTimerCount()).toBe(1);
    for (const each of [a, b]) layout.set(each, { ...whole, seen: null });
    pass(500);
    expect(vi.getTimerCount()).toBe(0);
    layout.set(c, { ...whole, seen: null });
    frames();
    expect(vi.getTimerCount()).toBe(0);
    layout.set(c, whole);
    frames();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("counts again after an absence, and when asked to look again", () => {
    const [a, b] = draw('<p data-tacit-item="a"></p><p data-tacit-item="b" data-tacit-event="view"></p>');
    layout.set(a, whole).set(b, whole);
    pass(1_500);
    layout.set(a, { ...whole, seen: null });
    pass(100);
    layout.set(a, whole);
    pass(1_500);
    expect(told).toEqual(["view b", "impression a", "impression a"]);
    told = [];
    gallery.lookAgain();
    frames();
    expect(told).toEqual(["view b"]);
    pass(900);
    expect(told).toEqual(["view b"]);
    pass(600);
    expect(told).toEqual(["view b", "impression a"]);
  });

  test("an event of its own kind needs none of it", () => {
    const [a] = draw('<p data-tacit-item="a" data-tacit-event="view"></p>');
    layout.set(a, { ...whole, seen: 1 });
    frames();
    expect(told).toEqual(["view a"]);
  });

  test("what is not in the page is not in view", () => {
    const [a] = draw('<p data-tacit-item="a"></p>');
    layout.set(a, whole);
    pass(700);
    a.remove();
    pass(3_000);
    expect(told).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("what is painted", () => {
  test.each([
    ["hidden", (a: HTMLElement) => a.style.setProperty("visibility", "hidden")],
    ["of no opacity", (a: HTMLElement) => Object.assign(a, { checkVisibility: () => false })],
  ])("is seen, and what is %s is not until it is", (_how, hide) => {
    const [a, b] = draw('<p data-tacit-item="a"></p><p data-tacit-item="b" data-tacit-event="view"></p>');
    for (const each of [a, b]) {
      layout.set(each, whole);
      hide(each);
    }
    pass(3_000);
    expect(told).toEqual([]);
    for (const each of [a, b]) {
      each.style.removeProperty("visibility");
      Object.assign(each, { checkVisibility: () => true });
    }
    pass(700);
    expect(told).toEqual(["view b"]);
    pass(900);
    expect(told).toEqual(["view b", "impression a"]);
  });
});

test("where the browser does not say what is painted, everything is", () => {
  const [a] = draw('<p data-tacit-item="a"></p>');
  Object.assign(a, { checkVisibility: undefined });
  layout.set(a, whole);
  pass(1_500);
  expect(told).toEqual(["impression a"]);
});

describe("a window", () => {
  test("is what scrolls around an item, or else the viewport", () => {
    const [pane, , a, b] = draw(
      `<div style="overflow-x:visible;overflow-y:visible"><p><i data-tacit-item="a"></i><b data-tacit-item="b"></b></p></div>`,
    );
    Object.defineProperty(pane, "clientHeight", { value: 300 });
    Object.defineProperty(pane, "clientWidth", { value: 50 });
    // 100 of 2,000 are no half of what the viewport shows at once.
    layout.set(a, { ...whole, height: 2_000, seen: 150 }).set(b, { ...whole, height: 2_000, seen: 149 });
    pass(1_500);
    expect(told).toEqual([]);
    pane.style.setProperty("overflow-y", "auto");
    pass(1_500);
    expect(told).toEqual(["impression a"]);
    // A window of 50 by 300 shows 15,000 at once, of which 7,500 are half.
    pane.style.setProperty("overflow-x", "hidden");
    pass(1_500);
    expect(told).toEqual(["impression a", "impression b"]);
  });

  test("is not made smaller by what has no box", () => {
    const [pane, a] = draw(
      '<div style="overflow-x:hidden;overflow-y:hidden"><p data-tacit-item="a"></p></div>',
    );
    for (const size of ["clientHeight", "clientWidth"]) Object.defineProperty(pane, size, { value: 0 });
    layout.set(a, { ...whole, seen: 49 });
    pass(2_000);
    expect(told).toEqual([]);
  });

  test("is as large as the viewport at most", () => {
    const [a] = draw('<p data-tacit-item="a"></p>');
    layout.set(a, { ...whole, height: 3 * innerHeight, seen: innerHeight / 2 - 1 });
    pass(1_500);
    expect(told).toEqual([]);
    layout.set(a, { ...whole, height: 3 * innerHeight, seen: innerHeight / 2 });
    pass(1_500);
    expect(told).toEqual(["impression a"]);
  });
});

describe("an item without a box of its own", () => {
  test("is seen by the elements in it, as far down as it takes", () => {
    const [, , b] = draw(
      '<p data-tacit-item="a" style="display:contents"><i style="display:contents"><b></b></i></p>',
    );
    layout.set(b, whole);
    pass(1_500);
    expect(told).toEqual(["impression a"]);
  });

  test("needs half of all of them, and may share them with others", () => {
    const [, b, c] = draw(
      '<p data-tacit-item="a" style="display:contents"><i data-tacit-item="b"></i><b></b></p>',
    );
    layout.set(b, whole).set(c, { ...whole, height: 300, seen: 0 });
    pass(1_500);
    expect(told).toEqual(["impression b"]);
    layout.set(c, { ...whole, height: 300, seen: 100 });
    pass(1_500);
    expect(told).toEqual(["impression b", "impression a"]);
  });

  test("finds what comes into it later, in a search", () => {
    const [a] = draw('<p data-tacit-item="a" style="display:contents"></p>');
    frames();
    a.innerHTML = "<b></b>";
    layout.set(a.children[0], whole);
    pass(1_500);
    expect(told).toEqual([]);
    gallery.watch(a);
    pass(1_500);
    expect(told).toEqual(["impression a"]);
  });

  test("is looked into only as long as it has none", () => {
    const [a] = draw('<p data-tacit-item="a" style="display:contents"></p>');
    frames();
    layout.set(a, { ...whole, seen: null });
    gallery.watch(a);
    frames();
    a.innerHTML = "<b></b>";
    gallery.watch(a);
    frames();
    expect(observed()).toEqual([a]);
  });

  test("with nothing but text in it is seen by what is around", () => {
    const [around, , none] = draw(
      `<p><i data-tacit-item="a" style="display:contents">text</i></p>
       <div><b data-tacit-item="b" style="display:contents"> </b></div>`,
    );
    layout.set(around, whole).set(none, whole);
    pass(1_500);
    expect(told).toEqual(["impression a"]);
  });

  test("with more than text in it is not seen by what is around, and what is around may have no box either", () => {
    const [around, , , deep] = draw(
      `<p><i data-tacit-item="a" style="display:contents">text <b></b></i></p>
       <div style="display:contents"><i data-tacit-item="b" style="display:contents">text</i></div>`,
    );
    layout.set(around, whole);
    pass(1_500);
    expect(told).toEqual([]);
    expect(observed()).toContain(deep);
  });

  test("that is a box of no size is seen by what it holds, and by itself once it has grown", () => {
    const [a, inner, b] = draw('<p data-tacit-item="a"><i></i></p><p data-tacit-item="b">text</p>');
    layout.set(a, { width: 100, height: 0, seen: null }).set(inner, whole);
    layout.set(b, { width: 100, height: 0, seen: 0 });
    pass(1_500);
    expect(told).toEqual(["impression a"]);
    layout.set(b, whole);
    pass(1_500);
    expect(told).toEqual(["impression a", "impression b"]);
  });

  test("that is not displayed is not looked into", () => {
    const [a] = draw('<p data-tacit-item="a"><i></i></p>');
    Object.assign(a, { getClientRects: () => [] });
    frames();
    expect(observed()).toEqual([a]);
  });
});

describe("an element that stands for another item", () => {
  test("is that item from then on, whether or not a search has found it", () => {
    const [a] = draw('<p data-tacit-item="a"></p>');
    layout.set(a, whole);
    pass(800);
    a.dataset.tacitItem = "b";
    pass(900);
    expect(told).toEqual([]);
    pass(600);
    expect(told).toEqual(["impression b"]);
    a.dataset.tacitItem = "c";
    pass(3_000);
    expect(told).toEqual(["impression b"]);
    gallery.watch(a);
    pass(1_500);
    expect(told).toEqual(["impression b", "impression c"]);
  });

  test("or makes another event, or none any more", () => {
    const [a, b] = draw('<p data-tacit-item="a"></p><p data-tacit-item="b"></p>');
    layout.set(a, whole).set(b, whole);
    pass(700);
    a.dataset.tacitEvent = "view";
    b.removeAttribute("data-tacit-item");
    pass(3_000);
    expect(told).toEqual(["view a"]);
    expect(vi.getTimerCount()).toBe(0);
    layout.set(b, { ...whole, seen: null });
    pass(500);
    b.dataset.tacitItem = "c";
    layout.set(b, whole);
    pass(1_500);
    expect(told).toEqual(["view a", "impression c"]);
  });
});

test("watching what is watched changes nothing, and observes it once", () => {
  const [a] = draw('<p data-tacit-item="a"></p>');
  layout.set(a, whole);
  for (const _ of "1234567890") {
    gallery.watch(a);
    pass(150);
  }
  expect(told).toEqual(["impression a"]);
  expect(observed()).toEqual([a]);
});

test("places are counted once for all that are seen at once", () => {
  const seen: object[] = [];
  gallery = new Gallery((element, _mark, places) => {
    seen.push(placeOf([element, document.body], places));
    document.body.removeAttribute("data-tacit-item");
    document.querySelector("p")?.remove();
  });
  document.body.dataset.tacitList = "l";
  const [a, b] = draw('<p data-tacit-item="a"></p><p data-tacit-item="b"></p>');
  layout.set(a, whole).set(b, whole);
  pass(1_500);
  document.body.removeAttribute("data-tacit-list");
  expect(seen).toEqual([
    { list: "l", position: 1 },
    { list: "l", position: 2 },
  ]);
});
