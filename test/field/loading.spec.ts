/** Every way that a page may load the SDK is the same SDK: lists, clicks, and what was said before it came. */
import { expect } from "vitest";
import { inEveryEngine, type Scene } from "./laws.ts";
import { html, inline, type SitePage } from "./site.ts";
import { journalOf, loaded, mug, said, shelf, until, visit } from "./visit.ts";

const tile = `<button id="tile" data-tacit-item="${mug}">a mug</button>`;
const tag = '<script src="/tacit/tacit.js" data-tacit-server="/"';
const page = (head: string, body = "") => html({ tag: null, stub: false, head, body: tile + body });

/** What each page calls as soon as it can, so that the stub has something to hand over. */
const early = inline(() => window.tacit?.track("view", { item: "22383" }));

const ways: Readonly<Record<string, SitePage | string>> = {
  "async with the stub": html({ head: "", body: tile + early }),
  "async without the stub": page(`${tag} async></script>`),
  "deferred with the stub": page(`<script src="/tacit/stub.js"></script>${tag} defer></script>`, early),
  "in the head, holding up the page": page(`${tag}></script>`, early),
  "at the end of the body": page("", `${tag}></script>${early}`),
  "as a module script": page(`<script src="/tacit/stub.js"></script>${tag} type="module"></script>`, early),
  "written by document.write": page(
    `<script>document.write('${tag.replace("<script", "<scr' + 'ipt")}></scr' + 'ipt>')</script>`,
  ),
  "inserted by a script long after the page": page(
    "",
    inline(() => {
      addEventListener("load", () =>
        setTimeout(() => {
          const script = document.createElement("script");
          script.src = "/tacit/tacit.js";
          script.dataset.tacitServer = "/";
          document.head.append(script);
        }, 300),
      );
    }),
  ),
  "configured by window.tacitConfig alone": page(
    `${inline(() => {
      Reflect.set(window, "tacitConfig", { server: "/" });
    })}<script async src="/tacit/tacit.js"></script>`,
  ),
  "imported as a module": page(
    `<script type="module">import { tacit } from "/tacit/index.js"; tacit.init({ server: "/" }); window.tacit = tacit;</script>`,
  ),
  "imported as a module when the page is idle": page(
    `<script>addEventListener("load", () => setTimeout(async () => {
      const { tacit } = await import("/tacit/index.js"); tacit.init({ server: "/" }); window.tacit = tacit;
    }, 300));</script>`,
  ),
  twice: page(`<script src="/tacit/stub.js"></script>${tag} async></script>${tag} async></script>`, early),
  "under a base of another path": page(`<base href="/deep/er/">${tag} async></script>`),
  "in a document of an older kind": {
    body: `<html><head><script src="/witness.js"></script>${tag}></script></head><body>${tile}</body></html>`,
  },
};

inEveryEngine((law) => {
  for (const [way, body] of Object.entries(ways)) {
    law(
      `${way}: the page has a list, a click is one click, and nothing is complained of`,
      { site: { pages: { "/case": body } } },
      (scene) => holds(scene, JSON.stringify(body).includes(JSON.stringify(early).slice(1, -1))),
    );
  }

  law("from another origin: the page of the site has what it has from its own", {}, async (scene) => {
    const { site, openSite } = scene;
    const shop = await openSite({
      pages: { "/case": page(`<script async src="${site.url}/tacit/tacit.js"></script>`) },
    });
    await holds({ ...scene, site: shop });
  });

  law("from another origin, with CORS and integrity", {}, async (scene) => {
    const { site, openSite } = scene;
    const { files } = await (await fetch(`${site.url}/tacit/integrity.json`)).json();
    const shop = await openSite({
      pages: {
        "/case": page(
          `<script async crossorigin integrity="${files["tacit.js"].integrity}" src="${site.url}/tacit/tacit.js"></script>`,
        ),
      },
    });
    await holds({ ...scene, site: shop });
  });

  law(
    "a host that a blocker keeps away: the page stands, and every call is answered",
    {},
    async ({ tab, openSite }) => {
      const dead = await openSite({
        faults: { "/tacit/tacit.js": "refused", "/tacit/stub.js": "refused", "/tacit/page.js": "refused" },
      });
      const shop = await openSite({
        pages: {
          "/case": page(
            `<script src="/tacit/stub.js"></script><script async src="${dead.url}/tacit/tacit.js"></script>`,
            early,
          ),
        },
      });
      await tab.goto(`${shop.url}/case`);
      await tab.click("#tile");
      const list = await tab.run(() => window.tacit?.recommend({ count: 3 }));
      expect({ list, said: (await said(tab)).filter((line) => /uncaught/.test(line)) }).toEqual({
        list: [],
        said: [],
      });
    },
  );
});

async function holds({ tab, site }: Pick<Scene, "tab" | "site">, saysEarly = false): Promise<void> {
  await visit(tab, `${site.url}/case`);
  await loaded(tab);
  await tab.click("#tile");
  await until(tab, "the click", async () => (await journalOf(tab, "click", 1)).length > 0);
  expect({
    items: (await shelf(tab)).items,
    clicks: await journalOf(tab, "click", 1),
    early: saysEarly ? (await journalOf(tab, "view", 1)).map(({ item }) => item) : [],
    said: await said(tab),
  }).toEqual({
    items: 6,
    clicks: [{ kind: "click", item: mug }],
    early: saysEarly ? ["22383"] : [],
    said: [],
  });
}
