/** The overlay of `?tacit-debug`: for a developer to look at, and otherwise as if it were not there. */
import { expect } from "vitest";
import { sleep, type Tab } from "./engines/engine.ts";
import { inEveryEngine } from "./laws.ts";
import { html } from "./site.ts";
import { journal, loaded, mug, ready, said, tin, track, until } from "./visit.ts";

const hostile = "<img src=x onerror=window.isHit=true>";

function overlayText(tab: Tab): Promise<string> {
  return tab.run(() => document.querySelector("tacit-debug")?.shadowRoot?.textContent ?? "");
}

async function shows(tab: Tab, text: string): Promise<void> {
  await until(
    tab,
    `an overlay that says ${text}`,
    async () => (await overlayText(tab)).includes(text),
    8_000,
  );
}

const strict = {
  "content-security-policy":
    "default-src 'none'; script-src 'nonce-abc'; worker-src 'self'; connect-src 'self'; style-src 'none'; require-trusted-types-for 'script'; trusted-types tacit",
};

inEveryEngine((law) => {
  law(
    "the overlay opens and is styled under the strictest policy that lets the SDK run",
    { site: { pages: { "/case": { body: html({ tag: { nonce: "abc" } }), headers: strict } } } },
    async ({ tab, site }) => {
      await tab.goto(`${site.url}/case?tacit-debug`);
      await ready(tab);
      await shows(tab, "3659 items");
      const position = await tab.run(() => {
        const host = document.querySelector("tacit-debug");
        return host && getComputedStyle(host).position;
      });
      expect(position).toBe("fixed");
    },
  );

  law(
    "what a page tracked stays text in the overlay, and the page's styles stay out of it",
    {
      site: {
        pages: { "/case": html({ head: "<style>html > *, section { display: none !important }</style>" }) },
      },
    },
    async ({ tab, site }) => {
      await tab.goto(`${site.url}/case?a=b&tacit-debug=1#reviews`);
      await ready(tab);
      await track(tab, hostile);
      await shows(tab, hostile);
      const state = await tab.run(() => {
        const host = document.querySelector("tacit-debug");
        const section = host?.shadowRoot?.querySelector("section");
        return { isHit: "isHit" in window, height: (section?.getBoundingClientRect().height ?? 0) > 100 };
      });
      expect(state).toEqual({ isHit: false, height: true });
    },
  );

  law(
    "the overlay says what was not understood, why a list is empty, and for what contributing waits",
    { site: { pages: { "/case": html() } } },
    async ({ tab, site }) => {
      await tab.goto(`${site.url}/case?tacit-debug`);
      await ready(tab);
      await tab.run(async () => {
        const asked = window.tacit as unknown as Record<string, (...given: unknown[]) => Promise<unknown>>;
        await asked.recommend({ cuont: 3 });
        await asked.similar("no-such-item");
      });
      await shows(tab, "got cuont: count is meant?");
      await shows(tab, "Empty: similar: ");
      await shows(tab, "the permission to contribute is not given");
      await shows(tab, "/v1/edition");
    },
  );

  law(
    "a refused configuration is shown, too",
    { site: { pages: { "/case": html({ tag: { "data-tacit-site-key": "not-hex" } }) } } },
    async ({ tab, site }) => {
      await tab.goto(`${site.url}/case?tacit-debug`);
      await loaded(tab);
      await shows(tab, "the configuration was refused");
      await shows(tab, "pins.siteKey must be");
    },
  );

  law(
    "a click in the overlay is none of the page's, and Escape closes it for good",
    {
      site: {
        pages: {
          "/case": html({
            head: `<script>document.documentElement.setAttribute("data-tacit-item", "${mug}");
              window.heard = 0; addEventListener("click", () => heard++);</script>`,
          }),
        },
      },
    },
    async ({ tab, site }) => {
      await tab.goto(`${site.url}/case?tacit-debug`);
      await ready(tab);
      await shows(tab, "3659 items");
      await tab.click("tacit-debug");
      await sleep(500);
      const clicks = ((await journal(tab)) ?? []).filter(({ kind }) => kind === "click");
      expect([clicks, await tab.run(() => Reflect.get(window, "heard"))]).toEqual([[], 0]);
      await tab.press("Escape");
      await track(tab, mug);
      await sleep(500);
      expect(await tab.run(() => document.querySelector("tacit-debug"))).toBeNull();
      expect((await said(tab)).filter((line) => /uncaught/.test(line))).toEqual([]);
    },
  );

  law(
    "any item's score is taken apart: the parts sum to it, an act changes it, and a slip is told",
    { site: { pages: { "/case": html() } } },
    async ({ tab, site }) => {
      await tab.goto(`${site.url}/case?tacit-debug`);
      await ready(tab);
      await shows(tab, "3659 items");
      await apart(tab, tin);
      await shows(tab, "place ");
      const before = await partsOf(tab);
      await track(tab, mug, "cart_add");
      await shows(tab, "Before: ");
      const after = await partsOf(tab);
      for (const { parts, sum } of [before, after]) {
        // Each of them is shown in thousandths.
        const total = parts.reduce((all, part) => all + part, 0);
        expect(Math.abs(total - sum)).toBeLessThanOrEqual(0.0005 * (parts.length + 1));
      }
      expect(after.sum).not.toBe(before.sum);
      await apart(tab, "no-such-item");
      await shows(tab, "cannot be taken apart");
      expect((await said(tab)).filter((line) => /uncaught/.test(line))).toEqual([]);
    },
  );

  law(
    "in a window of its own it is styled, goes on, and comes back when that is closed",
    {
      site: { pages: { "/case": { body: html({ tag: { nonce: "abc" } }), headers: strict } } },
      needs: ["unaskedWindow"],
    },
    async ({ tab, site }) => {
      await tab.goto(`${site.url}/case?tacit-debug`);
      await ready(tab);
      await shows(tab, "3659 items");
      await tab.run(() => {
        const open = window.open;
        window.open = (...asked) => {
          const opened = open.apply(window, asked);
          Reflect.set(window, "own", opened);
          return opened;
        };
        const buttons = document.querySelector("tacit-debug")?.shadowRoot?.querySelectorAll("button") ?? [];
        [...buttons].find(({ textContent }) => textContent === "Own window")?.click();
      });
      await track(tab, hostile);
      const ownText = () =>
        tab.run(() => {
          const host = Reflect.get(window, "own")?.document.querySelector("tacit-debug");
          const section = host?.shadowRoot.querySelector("section");
          const isStyled =
            section && host.ownerDocument.defaultView.getComputedStyle(section).display === "flex";
          return `${isStyled ? "styled" : "bare"} ${host?.shadowRoot.textContent}`;
        });
      await until(tab, "the event in the window", async () => (await ownText()).includes(hostile), 8_000);
      expect(await ownText()).toMatch(/^styled /);
      expect(await overlayText(tab)).toBe("");
      await tab.run(() => Reflect.get(window, "own").close());
      await shows(tab, hostile);
      const position = await tab.run(() => {
        const host = document.querySelector("tacit-debug");
        return host && getComputedStyle(host).position;
      });
      expect(position).toBe("fixed");
    },
  );

  law(
    "without the flag its file is not asked for",
    { site: { pages: { "/case": html() } } },
    async ({ tab, site }) => {
      await tab.goto(`${site.url}/case?tacit=debug&not-tacit-debug`);
      await ready(tab);
      const files = await tab.run(() =>
        performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname),
      );
      expect(files).toContain("/tacit/worker.js");
      expect(files).not.toContain("/tacit/debug.js");
    },
  );
});

/** Asks for an item's score as a developer does. */
async function apart(tab: Tab, item: string): Promise<void> {
  await tab.run((item) => {
    const root = document.querySelector("tacit-debug")?.shadowRoot;
    const input = root?.querySelector("input");
    const form = input?.closest("form");
    if (!input || !form) throw new Error("expected a form");
    input.value = item;
    form.requestSubmit();
  }, item);
}

function partsOf(tab: Tab): Promise<{ readonly parts: readonly number[]; readonly sum: number }> {
  return tab.run(() => {
    const root = document.querySelector("tacit-debug")?.shadowRoot;
    const rows = [...(root?.querySelector("form")?.parentElement?.querySelectorAll("tbody tr") ?? [])];
    const values = rows.map((row) => Number(row.children[0]?.textContent?.replace("\u2212", "-")));
    return { parts: values.slice(0, -1), sum: values.at(-1) ?? Number.NaN };
  });
}
