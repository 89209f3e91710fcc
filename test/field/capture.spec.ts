/** Kind: seen is seen, and one act is one event, however the page is made. */
import { expect } from "vitest";
import { sleep, type Tab } from "./engines/engine.ts";
import { inEveryEngine, type Scene } from "./laws.ts";
import { html } from "./site.ts";
import { journal, loaded, ready, until } from "./visit.ts";

const box = 'style="display:block;width:200px;height:80px"';
const settlesMs = 1_900;

interface Case {
  readonly page: string;
  readonly act?: (tab: Tab, scene: Scene) => Promise<void>;
  /** Kinds of the events there are then, sorted. */
  readonly gives: readonly string[];
}

const script = (text: string) => `<script>${text}</script>`;

const cases: Readonly<Record<string, Case>> = {
  "a tile in an open shadow root is seen and clicked": {
    page: html({
      body: `<product-card style="display:inline-block"></product-card>${script(`customElements.define("product-card", class extends HTMLElement {
        connectedCallback() { this.attachShadow({ mode: "open" }).innerHTML = '<button data-tacit-item="20725" ${box}>Mug</button>'; }
      });`)}`,
    }),
    act: async (tab) => {
      await sleep(settlesMs);
      await tab.click("product-card");
    },
    gives: ["click", "impression"],
  },
  "a tile in a shadow root within another is seen": {
    page: html({
      body: `<outer-part></outer-part>${script(`customElements.define("inner-part", class extends HTMLElement {
        connectedCallback() { this.attachShadow({ mode: "open" }).innerHTML = '<article data-tacit-item="20725" ${box}>Mug</article>'; }
      });
      customElements.define("outer-part", class extends HTMLElement {
        connectedCallback() { this.attachShadow({ mode: "open" }).innerHTML = "<inner-part></inner-part>"; }
      });`)}`,
    }),
    gives: ["impression"],
  },
  "a tile of display: contents is seen": {
    page: html({
      body: `<article data-tacit-item="20725" style="display:contents"><h2 ${box}>Mug</h2></article>`,
    }),
    gives: ["impression"],
  },
  "a tile three screens high that fills the screen is seen": {
    page: html({
      body: '<article data-tacit-item="20725" style="display:block;height:300vh">a long story</article>',
    }),
    act: (tab) => tab.run(() => scrollTo(0, innerHeight)),
    gives: ["impression"],
  },
  "a tile wider than the screen is seen": {
    page: html({
      body: '<div style="overflow:auto;height:200px"><article data-tacit-item="20725" style="display:block;width:400vw;height:150px">a banner</article></div>',
    }),
    gives: ["impression"],
  },
  "a tile in a box that scrolls is not seen until it is scrolled to": {
    page: html({
      body: `<div style="overflow:auto;height:100px"><p style="height:400px"></p><article data-tacit-item="20725" ${box}>Mug</article></div>`,
    }),
    gives: [],
  },
  "a tile that is looked at twice is seen once": {
    page: html({
      body: `<p style="height:10px"></p><article data-tacit-item="20725" ${box}>Mug</article><p style="height:500vh"></p>`,
    }),
    act: async (tab) => {
      await sleep(settlesMs);
      await tab.run(() => scrollTo(0, innerHeight * 3));
      await sleep(300);
      await tab.run(() => scrollTo(0, 0));
    },
    gives: ["impression"],
  },
  "a tile that passes by is not seen": {
    page: html({ body: `<article data-tacit-item="20725" ${box}>Mug</article><p style="height:500vh"></p>` }),
    act: (tab) => tab.run(() => scrollTo(0, innerHeight * 3)),
    gives: [],
  },
  "a click on a label is one click": {
    page: html({
      body: '<article data-tacit-item="20725">Mug <label>Compare <input type="checkbox"></label></article>',
    }),
    act: async (tab) => {
      await tab.click("label");
    },
    gives: ["click", "impression"],
  },
  "a click that the tile passes on to its link is one click": {
    page: html({
      body: `<article data-tacit-item="20725" ${box}>Mug <a href="#there">more</a></article>${script(
        `document.querySelector("article").addEventListener("click", (event) => { if (event.target.tagName !== "A") document.querySelector("a").click(); });`,
      )}`,
    }),
    act: (tab) => tab.click("article"),
    gives: ["click", "impression"],
  },
  "a click that a script makes a while after the person pressed a button is one click": {
    page: html({
      body: `<button>more</button><article data-tacit-item="20725" ${box}>Mug</article>${script(
        `document.querySelector("button").addEventListener("click", () => setTimeout(() => document.querySelector("article").click(), 600));`,
      )}`,
    }),
    act: (tab) => tab.click("button"),
    gives: ["click", "impression"],
  },
  "a click that the tile passes on to its link a while later is one click": {
    page: html({
      body: `<article data-tacit-item="20725" ${box}>Mug <a href="#there">more</a></article>${script(
        `document.querySelector("article").addEventListener("click", (event) => { if (event.target.tagName !== "A") setTimeout(() => document.querySelector("a").click(), 600); });`,
      )}`,
    }),
    act: (tab) => tab.click("article"),
    gives: ["click", "impression"],
  },
  "a click that a script makes for a press that the page does not hear, as an extension's keys, is one click":
    {
      // Before the SDK's own listener, as an extension's script is.
      page: html({
        head: script(
          `addEventListener("keydown", (event) => { event.stopImmediatePropagation(); setTimeout(() => document.querySelector("article").click(), 300); }, true);`,
        ),
        body: `<article data-tacit-item="20725" ${box}>Mug</article>`,
      }),
      act: (tab) => tab.press("f"),
      gives: ["click", "impression"],
    },
  "copies of a tile that a carousel makes are seen once": {
    page: html({
      body: `<div data-tacit-list="shelf">${`<article data-tacit-item="20725" ${box}>Mug</article>`.repeat(3)}</div>`,
    }),
    gives: ["impression"],
  },
  "a body that is replaced is watched on": {
    page: html({ body: "<p>soon</p>" }),
    act: (tab) =>
      tab.run(() => {
        const body = document.createElement("body");
        body.innerHTML =
          '<article data-tacit-item="20725" style="display:block;width:200px;height:80px">Mug</article>';
        document.documentElement.replaceChild(body, document.body);
      }),
    gives: ["impression"],
  },
  "a document that is written anew is watched on": {
    page: html({ body: "<p>soon</p>" }),
    act: (tab) =>
      tab.run(() => {
        document.open();
        document.write(
          '<!doctype html><body><article data-tacit-item="20725" style="display:block;width:200px;height:80px">Mug</article>',
        );
        document.close();
      }),
    gives: ["impression"],
  },
  "with the tag twice an act is one event": {
    page: html({
      body: `<article data-tacit-item="20725" ${box}>Mug</article>`,
      head: '<script async src="/tacit/tacit.js" data-tacit-server="/"></script>',
    }),
    act: (tab) => tab.click("article"),
    gives: ["click", "impression"],
  },
  "with the tag and the module an act is one event": {
    page: html({
      body: `<article data-tacit-item="20725" ${box}>Mug</article>`,
      head: '<script type="module">import { tacit } from "/tacit/index.js"; tacit.init({ server: location.origin, worker: "/tacit/worker.js" });</script>',
    }),
    act: async (tab) => {
      await sleep(500);
      await tab.click("article");
    },
    gives: ["click", "impression"],
  },
  "an item with an event of its own, in sight before the yes, counts at the yes": {
    page: html({
      tag: { "data-tacit-consent": "" },
      body: '<main data-tacit-item="20725" data-tacit-event="view"><h1>Mug</h1></main>',
    }),
    act: async (tab) => {
      await sleep(500);
      await tab.run(() => window.tacit?.optIn());
    },
    gives: ["view"],
  },
  "a route in the hash is a page of its own": {
    page: html({
      body: `<main id="main"></main>${script(`addEventListener("hashchange", () => {
        const [, item] = /item\\/(\\w+)/.exec(location.hash) ?? [];
        document.querySelector("main").innerHTML = '<h1 data-tacit-item="' + item + '" data-tacit-event="view">item</h1>';
      });`)}`,
    }),
    act: async (tab) => {
      for (const item of ["20725", "20728", "20725"]) {
        await tab.run((item) => {
          location.hash = `#/item/${item}`;
        }, item);
        await sleep(700);
      }
    },
    gives: ["view", "view", "view"],
  },
  "below data-tacit-ignore nothing is captured": {
    page: html({
      body: `<div data-tacit-ignore><article data-tacit-item="20725" ${box}>Mug</article></div>`,
    }),
    act: (tab) => tab.click("article"),
    gives: [],
  },
};

/** Kinds of the events in the journal, sorted. */
async function kinds(tab: Tab): Promise<readonly string[]> {
  return ((await journal(tab)) ?? []).map(({ kind }) => kind).sort();
}

inEveryEngine((law) => {
  for (const [title, { page, act, gives }] of Object.entries(cases)) {
    law(title, { site: { pages: { "/case": page } } }, async (scene) => {
      const { tab, site } = scene;
      await tab.goto(`${site.url}/case`);
      if (title.includes("passes by")) await loaded(tab);
      else await ready(tab);
      await act?.(tab, scene);
      // What comes is waited for, and then what is too much.
      await until(tab, "what is to come", async () => (await kinds(tab)).length >= gives.length).catch(
        () => undefined,
      );
      await sleep(settlesMs);
      expect(await kinds(tab)).toEqual(gives);
    });
  }

  law(
    "a page that clicks by itself, with nobody acting, makes no click",
    {
      site: {
        pages: {
          "/case": html({
            body: `<article data-tacit-item="20725" ${box}>Mug</article>${script(`window.own = [];
              setInterval(() => {
                if (!("version" in tacit) || own.length === 20) return;
                own.push(navigator.userActivation.isActive);
                document.querySelector("article").click();
              }, 100);`)}`,
          }),
        },
      },
    },
    async ({ tab, site }) => {
      await tab.goto(`${site.url}/case`);
      // In some engines a driver's question makes the person one who is acting: none is asked meanwhile.
      await sleep(5_000);
      const own = await tab.run(() => Reflect.get(window, "own") as readonly boolean[]);
      expect({ own, kinds: await kinds(tab) }).toEqual({ own: Array(20).fill(false), kinds: ["impression"] });
    },
  );

  law(
    "an element whose id is tacit does not stand in the stub's way",
    {
      site: {
        pages: {
          "/case": html({
            stub: false,
            tag: null,
            body: `<section id="tacit">What this shop knows</section><script src="/tacit/stub.js"></script><script>window.out = "no error"; try { tacit.track("view", { item: "20725" }); } catch (error) { window.out = String(error); }</script><script async src="/tacit/tacit.js" data-tacit-server="/"></script>`,
          }),
        },
      },
    },
    async ({ tab, site }) => {
      await tab.goto(`${site.url}/case`);
      await ready(tab);
      const out = await tab.run(() => Reflect.get(window, "out"));
      expect({ out, kinds: await kinds(tab) }).toEqual({ out: "no error", kinds: ["view"] });
    },
  );
});
