// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { pathOf } from "../../../sdk/capture/marks.ts";
import { type Places, placeOf } from "../../../sdk/capture/place.ts";

/** Draws the page and says where the elements of that class stand. */
function placesIn(html: string, selector = ".here"): readonly object[] {
  document.body.innerHTML = html;
  return [...document.querySelectorAll(selector)].map((element) => placeOf(pathOf(element)));
}

const item = (id: string, more = "") => `<a class="here" data-tacit-item="${id}" ${more}></a>`;

test("an item's place is its number among the items of its list, whatever lies between", () => {
  const list = `<ul data-tacit-list="for-you"><li>${item("a")}</li><li></li><li><p>${item("b")}</p></li>${item("c")}</ul>`;
  expect(placesIn(`${item("before").replace("here", "")}${list}`)).toEqual([
    { list: "for-you", position: 1 },
    { list: "for-you", position: 2 },
    { list: "for-you", position: 3 },
  ]);
});

test("a stated place goes before the counted one, and one that is no place is not taken", () => {
  const odd = ["0", "-1", "1.5", "first", ""].map((said, nth) =>
    item(`c${nth}`, `data-tacit-position="${said}"`),
  );
  const list = `<p data-tacit-list="all">${item("a")}${item("b", 'data-tacit-position=" 26 "')}${odd.join("")}</p>`;
  expect(placesIn(list)).toEqual([1, 26, 3, 4, 5, 6, 7].map((position) => ({ list: "all", position })));
  expect(placesIn(item("d", 'data-tacit-position="4"'))).toEqual([{ position: 4 }]);
});

test("an item within an item has the outer one's place, and counts once", () => {
  const tile = `<li class="here" data-tacit-item="a"><p>${item("inner")}</p></li>`;
  const places = placesIn(`<ul data-tacit-list="grid">${tile}${item("b")}</ul>`);
  expect(places.map((place) => ({ list: "grid", ...place }))).toEqual(places);
  expect(places.map((place) => "position" in place && place.position)).toEqual([1, 1, 2]);
});

test("an item that stands in a list twice counts once, where it stands first", () => {
  const twice = ["a", "a", "b", "a", "c", "b"].map((id) => item(id));
  expect(placesIn(`<p data-tacit-list="loop">${twice.join("")}</p>`)).toEqual(
    [1, 1, 2, 1, 3, 2].map((position) => ({ list: "loop", position })),
  );
});

test("a list within a list, or within an item, counts for itself", () => {
  const inner = `<p data-tacit-list="inner">${item("w")}${item("x")}</p>`;
  expect(placesIn(`<div data-tacit-list="outer">${item("a")}${inner}${item("b")}</div>`)).toEqual([
    { list: "outer", position: 1 },
    { list: "inner", position: 1 },
    { list: "inner", position: 2 },
    { list: "outer", position: 2 },
  ]);
  expect(
    placesIn(`<main data-tacit-item="page" class="here"><p data-tacit-list="l">${item("a")}</p></main>`),
  ).toEqual([{}, { list: "l", position: 1 }]);
});

test("a list that is marked as an item is not in itself", () => {
  expect(placesIn(`<p class="here" data-tacit-item="box" data-tacit-list="l">${item("a")}</p>`)).toEqual([
    { list: "l" },
    { list: "l", position: 1 },
  ]);
});

test("outside a list there is no place, and a list without a name has none to say", () => {
  expect(placesIn(item("a"))).toStrictEqual([{}]);
  expect(placesIn(`<p data-tacit-list=" ">${item("a")}</p>`)).toEqual([{ position: 1 }]);
});

test("a list is counted once for all that are told together", () => {
  document.body.innerHTML = `<p data-tacit-list="l">${item("a")}${item("b")}</p>`;
  const [a, b] = [...document.querySelectorAll(".here")].map(pathOf);
  const places: Places = new Map();
  expect(placeOf(a, places)).toEqual({ list: "l", position: 1 });
  document.querySelector(".here")?.remove();
  expect(placeOf(b, places)).toEqual({ list: "l", position: 2 });
  expect(placeOf(b)).toEqual({ list: "l", position: 1 });
});
