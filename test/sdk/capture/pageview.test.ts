import { expect, test } from "vitest";
import { addressOf, PageView } from "../../../sdk/capture/pageview.ts";

const at = (path: string) => {
  const { pathname, search, hash } = new URL(path, "https://shop.example");
  return { pathname, search, hash };
};

test("path, query and a hash that is a route are the address; any other hash is a place within it", () => {
  for (const route of ["/p", "/p?q=a", "/p#/item/a", "/p?q=a#!item", "/#/"])
    expect(addressOf(at(route))).toBe(route);
  for (const anchor of ["#reviews", "#", "#item/a", "#1/2"])
    expect(addressOf(at(`/p?q=a${anchor}`))).toBe("/p?q=a");
});

test("each thing is new once at an address, and again when the address is come back to", () => {
  const page = new PageView();
  const walk = ["/a", "/a", "/a#reviews", "/b", "/a", "/a#/", "/a"];
  expect(walk.map((path) => page.isNew(at(path), "view", "x", ""))).toEqual([
    ...[true, false, false, true],
    ...[true, true, true],
  ]);
});

test("an address where nothing was captured is one, too", () => {
  const page = new PageView();
  expect(page.isNew(at("/a"), "view", "x")).toBe(true);
  page.visit(at("/about"));
  page.visit(at("/a"));
  expect(page.isNew(at("/a"), "view", "x")).toBe(true);
  page.visit(at("/a"));
  expect(page.isNew(at("/a"), "view", "x")).toBe(false);
});

test("kinds, items and lists are told apart, whatever characters they hold", () => {
  const page = new PageView();
  const things = [
    ["view", "a", ""],
    ["impression", "a", ""],
    ["impression", "a", "list"],
    ["impression", "a,list", ""],
    ["impression", 'a","list', ""],
  ];
  expect(things.map((thing) => page.isNew(at("/"), ...thing))).toEqual(things.map(() => true));
  expect(things.map((thing) => page.isNew(at("/"), ...thing))).toEqual(things.map(() => false));
});

test("what is forgotten is new once more", () => {
  const page = new PageView();
  page.isNew(at("/"), "view", "a");
  page.forget();
  expect(page.isNew(at("/"), "view", "a")).toBe(true);
});
