/** A single page's routes, and pages that the browser keeps. */
import { expect } from "vitest";
import { inEveryEngine } from "./laws.ts";
import { html, inline } from "./site.ts";
import { bag, journalOf, mug, said, shelf, tin, until, visit } from "./visit.ts";

/** Draws the item of the route, as a framework's router does: the same element, another item. */
const routed = html({
  body: `<main data-tacit-item="" data-tacit-event="view" style="height: 200px">x</main>${inline(() => {
    const draw = () => {
      const item = location.pathname.split("/")[2] ?? "";
      document.querySelector("main")?.setAttribute("data-tacit-item", item);
    };
    Reflect.set(window, "go", (path: string, replace = false) => {
      if (replace) history.replaceState(null, "", path);
      else history.pushState(null, "", path);
      draw();
    });
    addEventListener("popstate", draw);
    draw();
  })}`,
});
const pages = Object.fromEntries([mug, bag, tin].map((item) => [`/items/${item}`, routed]));

inEveryEngine((law) => {
  law(
    "each route of a single page is a page view: a view for each, back and forth too, and the shelf follows",
    { site: { pages } },
    async ({ tab, site }) => {
      await visit(tab, `${site.url}/items/${mug}`);
      await journalOf(tab, "view", 1);
      await tab.run((path) => Reflect.get(window, "go")(path), `/items/${bag}`);
      await journalOf(tab, "view", 2);
      await tab.run((path) => Reflect.get(window, "go")(path, true), `/items/${tin}`);
      await journalOf(tab, "view", 3);
      await tab.run(() => history.back());
      const views = (await journalOf(tab, "view", 4)).map(({ item }) => item).reverse();
      expect({ views, follows: (await shelf(tab)).follow > 0, said: await said(tab) }).toEqual({
        views: [mug, bag, tin, mug],
        follows: true,
        said: [],
      });
    },
  );

  law(
    "a page that is left and come back to is a page view again",
    { site: { pages: { ...pages, "/plain": "<!doctype html><title>plain</title><p>plain" } } },
    async ({ tab, site }) => {
      await visit(tab, `${site.url}/items/${mug}`);
      await journalOf(tab, "view", 1);
      await tab.goto(`${site.url}/plain`);
      await tab.back();
      await until(tab, "to be back", () => tab.run(() => location.pathname.startsWith("/items/")));
      const views = await journalOf(tab, "view", 2);
      expect({ views: views.length, list: (await shelf(tab)).items }).toEqual({ views: 2, list: 6 });
    },
  );
});
