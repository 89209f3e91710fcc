// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { around, isIgnored, markOf, pathOf, said, shownIn } from "../../../sdk/capture/marks.ts";

function draw(html: string): Element {
  document.body.innerHTML = html;
  return document.body.firstElementChild ?? document.body;
}

function attach(host: Element, html: string): ShadowRoot {
  const root = host.attachShadow({ mode: "open" });
  root.innerHTML = html;
  return root;
}

test("an element is marked by an item with a name, without the white space around it", () => {
  expect(markOf(draw('<p data-tacit-item="\n 7 "></p>'))).toEqual({ item: "7", event: "" });
  expect(markOf(draw('<p data-tacit-item="a" data-tacit-event=" view "></p>'))).toEqual({
    item: "a",
    event: "view",
  });
  for (const none of ["<p></p>", '<p data-tacit-item=""></p>', '<p data-tacit-item=" \t"></p>']) {
    expect(markOf(draw(none))).toBeNull();
  }
  expect(said(draw('<svg data-tacit-list="s"></svg>'), "list")).toBe("s");
});

test("around a shadow tree is its host, around what is slotted its slot", () => {
  const host = draw("<div><b></b></div>");
  const root = attach(host, "<section><slot></slot></section>");
  const [slotted, slot, section] = [
    host.children[0],
    root.querySelector("slot"),
    root.querySelector("section"),
  ];
  // happy-dom has no `assignedSlot`.
  Object.defineProperty(slotted, "assignedSlot", { value: slot });
  expect(pathOf(slotted)).toEqual([slotted, slot, section, host, document.body, document.documentElement]);
  expect(around(document.documentElement)).toBeNull();
  expect(around(document.createElement("p"))).toBeNull();
});

test("in a host is its shadow tree, in a slot what is slotted, or else what stands in it", () => {
  const host = draw("<div><b></b></div>");
  expect([...shownIn(host)].map(({ localName }) => localName)).toEqual(["b"]);
  const root = attach(host, "<slot><i></i></slot><slot name='none'><u></u></slot>");
  expect([...shownIn(host)].map(({ localName }) => localName)).toEqual(["slot", "slot"]);
  const [slot, none] = root.children;
  Object.defineProperty(slot, "assignedElements", { value: () => [...host.children] });
  Object.defineProperty(none, "assignedElements", { value: () => [] });
  expect([...shownIn(slot)].map(({ localName }) => localName)).toEqual(["b"]);
  expect([...shownIn(none)].map(({ localName }) => localName)).toEqual(["u"]);
});

test("what is ignored is so however far below, into a shadow tree", () => {
  const host = draw("<div data-tacit-ignore><x-card></x-card></div>").firstElementChild ?? document.body;
  const inner = attach(host, "<p></p>").querySelector("p") ?? host;
  expect(isIgnored(pathOf(inner))).toBe(true);
  host.parentElement?.removeAttribute("data-tacit-ignore");
  expect(isIgnored(pathOf(inner))).toBe(false);
});
