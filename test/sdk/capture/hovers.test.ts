// @vitest-environment happy-dom
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { hoversOf } from "../../../sdk/capture/hovers.ts";

let hovered: string[] = [];
/** The innermost element under the pointer: this document lays nothing out. */
let under: Element | null = null;

const listen = hoversOf((element, item) => hovered.push(`${element.id} ${item}`));
const { matches } = Element.prototype;

beforeAll(() => {
  vi.spyOn(Element.prototype, "matches").mockImplementation(function (this: Element, selector: string) {
    return selector === ":hover" ? under !== null && this.contains(under) : matches.call(this, selector);
  });
  listen();
});
afterAll(() => vi.restoreAllMocks());
beforeEach(() => {
  vi.useFakeTimers();
  hovered = [];
  document.body.innerHTML = `<div data-tacit-hover><p id="a" data-tacit-item="A"><b id="inA"></b></p>
    <p id="b" data-tacit-item="B"></p><p id="v" data-tacit-item="V" data-tacit-event="view"></p><i id="gap"></i></div>
    <p id="c" data-tacit-item="C"></p>`;
});
afterEach(() => {
  move("gap");
  vi.useRealTimers();
});

interface Said {
  readonly pointerType?: string;
  readonly isTrusted?: boolean;
}

let at = 0;
function move(id: string, { pointerType = "mouse", isTrusted = true }: Said = {}): void {
  under = document.getElementById(id);
  at += 1;
  tell("pointermove", { pointerType, isTrusted });
}

/** At the same place as the move before. */
function tell(kind: string, { pointerType = "mouse", isTrusted = true }: Said = {}): void {
  const event = new Event(kind, { bubbles: true, composed: true });
  for (const [name, value] of Object.entries({ isTrusted, pointerType, x: at, y: 5 })) {
    Object.defineProperty(event, name, { value });
  }
  under?.dispatchEvent(event);
}

const pass = (ms: number) => vi.advanceTimersByTime(ms);

test("a mouse that stays for 700 ms hovers, however it moves within the item, and one that leaves before does not", () => {
  move("a");
  pass(699);
  move("b");
  expect(hovered).toEqual([]);
  pass(350);
  move("b");
  pass(349);
  expect(hovered).toEqual([]);
  pass(1);
  expect(hovered).toEqual(["b B"]);
  move("inA");
  pass(500);
  move("a");
  pass(200);
  expect(hovered).toEqual(["b B", "a A"]);
  // It has been told, and the mouse has not left.
  move("inA");
  pass(5_000);
  expect(hovered).toEqual(["b B", "a A"]);
});

test("only where the site asks, never on what makes an event of its own, and never by fingers, pens or scripts", () => {
  for (const [id, said] of [
    ["c", {}],
    ["v", {}],
    ["a", { pointerType: "touch" }],
    ["a", { pointerType: "pen" }],
    ["a", { isTrusted: false }],
  ] as const) {
    move(id, said);
    pass(5_000);
    move("gap");
  }
  expect(hovered).toEqual([]);
  move("a");
  pass(700);
  expect(hovered).toEqual(["a A"]);
});

test("a press and a scroll end it, and what comes to lie under a mouse at rest is not hovered over", () => {
  move("a");
  pass(300);
  tell("pointerdown");
  pass(5_000);
  move("inA");
  pass(5_000);
  expect(hovered).toEqual([]);

  move("gap");
  move("b");
  pass(300);
  tell("scroll");
  // Some browsers tell of a move then, to where the mouse is already.
  under = document.getElementById("a");
  tell("pointermove");
  pass(5_000);
  expect(hovered).toEqual([]);
  move("a");
  pass(700);
  expect(hovered).toEqual(["a A"]);
});

test("what is drawn away from under the mouse, or stands for another item by then, was not hovered over", () => {
  move("a");
  pass(300);
  under = document.getElementById("b");
  pass(5_000);
  move("gap");
  move("b");
  pass(300);
  document.getElementById("b")?.setAttribute("data-tacit-item", "other");
  pass(5_000);
  expect(hovered).toEqual([]);
});
