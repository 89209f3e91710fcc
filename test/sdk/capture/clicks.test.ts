// @vitest-environment happy-dom
import { beforeEach, describe, expect, test, vi } from "vitest";
import { Clicks } from "../../../sdk/capture/clicks.ts";

/** What was told: the item, and the tags around its element. */
let told: string[] = [];
const clicks = new Clicks(({ kind, path, mark, properties }) => {
  const said = kind === "click" ? "" : `${[kind, ...Object.entries(properties).flat()].join(" ")} `;
  told.push(`${said}${mark?.item} in ${path.map(({ localName }) => localName).join("<")}`);
});
// One for all tests, as a page has one: listening again is what it does all the time.
clicks.listen();
clicks.listen();

beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  document.body.innerHTML = "";
});

interface Happened {
  readonly isTrusted?: boolean;
  readonly button?: number;
  readonly detail?: number;
  readonly repeat?: boolean;
  readonly x?: number;
  readonly pointerType?: string;
}

/** Something happens on an element, as if by a person. */
function happen(target: Element | null, kind: string, { isTrusted = true, ...told }: Happened = {}): void {
  const more = { pointerType: "mouse", x: 0, y: 0, ...told };
  const event = new MouseEvent(kind, { bubbles: true, composed: true, detail: 1 });
  Object.defineProperty(event, "isTrusted", { value: isTrusted });
  for (const [name, value] of Object.entries(more)) Object.defineProperty(event, name, { value });
  target?.dispatchEvent(event);
}

function click(selector: string, more: Happened = {}): void {
  const target = document.querySelector(selector);
  for (const kind of ["pointerdown", "pointerup", "mouseup"]) happen(target, kind);
  happen(target, "click", more);
  vi.runAllTimers();
}

describe("an element that says what it does", () => {
  test("does that instead of a click, once an act, to the item around it or its own", () => {
    document.body.innerHTML = `<li data-tacit-item="a">
        <button data-tacit-on="click:like"><i></i></button>
        <button id="add" data-tacit-on="submit:search click:cart_add" data-tacit-prop-amount="2"></button></li>
      <b data-tacit-item="c" data-tacit-on="click:share"></b>
      <main data-tacit-item="d" data-tacit-event="view"><p></p><u data-tacit-on="click:dislike"></u></main>`;
    click("i");
    for (const selector of ["#add", "b", "u", "p", "li"]) click(selector);
    expect(told).toEqual([
      ...["like a in li<body<html", "cart_add amount 2 a in li<body<html", "share c in b<body<html"],
      ...["dislike d in main<body<html", "a in li<body<html"],
    ]);
  });

  test("may be about no item, is none where it is ignored, and leaves a marked element in it alone", () => {
    document.body.innerHTML = `<a data-tacit-on="click:checkout"></a>
      <p data-tacit-ignore><s data-tacit-on="click:checkout"></s></p>
      <div data-tacit-on="click:like"><b data-tacit-item="a"></b></div>
      <i data-tacit-on="submit:search"></i>`;
    for (const selector of ["a", "s", "b", "i"]) click(selector);
    expect(told).toEqual(["checkout undefined in ", "a in b<div<body<html"]);
  });
});

describe("a click", () => {
  test("is of the innermost marked element, and tells all around it", () => {
    document.body.innerHTML = `<ul data-tacit-item="list"><li data-tacit-item="a"><b data-tacit-item=" "><i></i></b></li></ul>`;
    click("i");
    click("ul");
    expect(told).toEqual(["a in li<ul<body<html", "list in ul<body<html"]);
  });

  test("is none outside of what is marked, where it is ignored, or where another event is made", () => {
    document.body.innerHTML = `<p></p><ul data-tacit-item="a"><li data-tacit-ignore><b></b></li></ul>
      <div data-tacit-item="b" data-tacit-event="view"></div>`;
    for (const selector of ["p", "li", "b", "div"]) click(selector);
    expect(told).toEqual([]);
    click("ul");
    expect(told).toEqual(["a in ul<body<html"]);
  });

  test("in a shadow tree is of what is marked there", () => {
    document.body.innerHTML = "<div></div>";
    const root = document.querySelector("div")?.attachShadow({ mode: "open" });
    if (root) root.innerHTML = `<p data-tacit-item="a"></p>`;
    happen(root?.querySelector("p") ?? null, "click");
    expect(told).toEqual(["a in p<div<body<html"]);
    vi.runAllTimers();
  });

  test("counts whatever the page does with the event", () => {
    document.body.innerHTML = `<p data-tacit-item="a"></p>`;
    document.querySelector("p")?.addEventListener("click", (event) => event.stopImmediatePropagation());
    click("p");
    expect(told).toEqual(["a in p<body<html"]);
  });

  test("with the middle button is one, with the right button is none", () => {
    document.body.innerHTML = `<p data-tacit-item="a"></p>`;
    for (const button of [1, 2]) {
      happen(document.querySelector("p"), "pointerdown");
      vi.runAllTimers();
      happen(document.querySelector("p"), "auxclick", { button });
      vi.runAllTimers();
    }
    expect(told).toEqual(["a in p<body<html"]);
  });

  test("after a drag, or as the second of a double click, is none", () => {
    document.body.innerHTML = `<p data-tacit-item="a"></p>`;
    click("p", { x: 40 });
    expect(told).toEqual([]);
    // A finger is not that exact: the browser knows a tap from a drag.
    happen(document.querySelector("p"), "pointerdown", { pointerType: "touch" });
    happen(document.querySelector("p"), "click", { x: 12 });
    vi.runAllTimers();
    expect(told).toHaveLength(1);
    told = [];
    click("p");
    click("p", { detail: 2 });
    expect(told).toHaveLength(1);
  });
});

describe("a click that a script makes", () => {
  test.each(["pointerdown", "pointerup", "mouseup", "touchend", "keydown", "keyup", "click"])(
    "while the page handles %s counts, and once it has been handled does not",
    (kind) => {
      document.body.innerHTML = `<p></p><b data-tacit-item="a"></b>`;
      const [p, b] = document.body.children;
      happen(p, "pointerdown");
      vi.runAllTimers();
      happen(b, "click", { isTrusted: false });
      expect(told).toEqual([]);
      p.addEventListener(kind, () => happen(b, "click", { isTrusted: false }));
      happen(p, kind, { isTrusted: false });
      expect(told).toEqual([]);
      happen(p, kind);
      expect(told).toEqual(["a in b<body<html"]);
      vi.runAllTimers();
      happen(p, "pointerdown");
      vi.runAllTimers();
      told = [];
      happen(b, "click", { isTrusted: false });
      expect(told).toEqual([]);
    },
  );

  test("while a key is held counts once", () => {
    document.body.innerHTML = `<p data-tacit-item="a"></p>`;
    const p = document.querySelector("p");
    p?.addEventListener("keydown", () => happen(p, "click", { isTrusted: false }));
    for (const repeat of [false, true, true]) {
      happen(p, "keydown", { repeat });
      vi.runAllTimers();
    }
    expect(told).toHaveLength(1);
    happen(p, "keydown", { repeat: false });
    expect(told).toHaveLength(2);
    vi.runAllTimers();
  });

  test("and a press that a script makes begin no act", () => {
    document.body.innerHTML = `<p data-tacit-item="a"></p>`;
    const p = document.querySelector("p");
    happen(p, "pointerdown");
    happen(p, "click");
    for (const kind of ["pointerdown", "keydown"]) {
      happen(p, kind, { isTrusted: false });
      happen(p, "click", { isTrusted: false });
    }
    expect(told).toHaveLength(1);
    vi.runAllTimers();
  });

  test("from a timer counts while the browser says that the person is acting", () => {
    document.body.innerHTML = `<p></p><b data-tacit-item="a"></b>`;
    const b = document.querySelector("b");
    for (const isActive of [false, true]) {
      Object.defineProperty(navigator, "userActivation", { configurable: true, value: { isActive } });
      click("p");
      happen(b, "click", { isTrusted: false });
      expect(told).toEqual(isActive ? ["a in b<body<html"] : []);
      click("b");
      told = [];
      happen(b, "click", { isTrusted: false });
      expect(told).toEqual([]);
    }
    Reflect.deleteProperty(navigator, "userActivation");
  });
});
