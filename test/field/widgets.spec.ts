/** Widgets: the same in every engine, under a policy that allows nothing inline. */
import { expect } from "vitest";
import type { Tab } from "./engines/engine.ts";
import { inEveryEngine } from "./laws.ts";
import { html } from "./site.ts";
import { journal, loaded, until } from "./visit.ts";

const policy = {
  "content-security-policy":
    "default-src 'none'; script-src 'self' 'nonce-abc'; worker-src 'self'; connect-src 'self'; style-src 'none'; require-trusted-types-for 'script'; trusted-types tacit",
};

const page = (body: string, lang = "en") => {
  const scripts = ["shelf", "consent", "onboarding", "panel"].map(
    (name) => `<script type="module" nonce="abc" src="/tacit/${name}.js"></script>`,
  );
  const text = html({
    tag: { nonce: "abc" },
    head: scripts.join(""),
    body: `<main lang="${lang}">${body}</main>`,
  });
  return { "/case": { body: text, headers: policy } };
};

/** What is in a widget's shadow tree, by its part: how many, and what the first one says. */
const part = (tab: Tab, widget: string, name: string) =>
  tab.run(
    ([of, wanted]) => {
      const found = document.querySelector(of)?.shadowRoot?.querySelectorAll(`[part~="${wanted}"]`) ?? [];
      return { count: found.length, text: found[0]?.textContent ?? "" };
    },
    [widget, name] as const,
  );

const press = (tab: Tab, widget: string, selector: string): Promise<void> =>
  tab.run(
    ([of, wanted]) => document.querySelector(of)?.shadowRoot?.querySelector<HTMLElement>(wanted)?.click(),
    [widget, selector] as const,
  );

inEveryEngine((law) => {
  law(
    "a shelf draws cards of one size, is seen by capture, says why and mutes",
    { site: { pages: page(`<tacit-shelf list="trending" count="3" currency="GBP"></tacit-shelf>`) } },
    async ({ tab, site }) => {
      await tab.goto(`${site.url}/case`);
      const cards = () =>
        tab.run(() => {
          const root = document.querySelector("tacit-shelf")?.shadowRoot;
          return [...(root?.querySelectorAll("[data-tacit-item]") ?? [])].map((card) => {
            const picture = card.querySelector('[part="picture"]');
            return {
              height: Math.round(card.getBoundingClientRect().height),
              // Mixed of the text's colour: an engine that cannot mix has none.
              tint: picture === null ? "" : getComputedStyle(picture).backgroundColor,
              price: card.querySelector('[part="price"]')?.textContent ?? "",
            };
          });
        });
      await until(tab, "three cards", async () => (await cards()).length === 3);
      for (const { height, tint, price } of await cards()) {
        expect(height).toBeGreaterThan(80);
        expect(tint).not.toMatch(/^(transparent|rgba\(0, 0, 0, 0\)|)$/);
        expect(price).toMatch(/£\d/);
      }
      expect(new Set((await cards()).map(({ height }) => height)).size).toBe(1);
      await until(tab, "three impressions", async () => {
        const seen = ((await journal(tab)) ?? []).filter(({ kind }) => kind === "impression");
        return seen.length === 3;
      });
      await press(tab, "tacit-shelf", '[part="more"]');
      await until(tab, "a reason", async () => (await part(tab, "tacit-shelf", "reason")).text.length > 10);
      await press(tab, "tacit-shelf", '[part="option"]:nth-of-type(2)');
      await until(tab, "a notice", async () => (await part(tab, "tacit-shelf", "notice")).count === 1);
      await until(tab, "a wish", () =>
        tab.run(
          async () => (await window.tacit?.panel())?.wishes.some(({ wish }) => wish === "mute") === true,
        ),
      );
    },
  );

  law(
    "a banner in German asks, and its no holds on the next page, which does not ask",
    { site: { pages: page("<tacit-consent></tacit-consent>", "de") } },
    async ({ tab, site }) => {
      await tab.goto(`${site.url}/case`);
      await until(
        tab,
        "a banner",
        async () => (await part(tab, "tacit-consent", "heading")).text === "Ihre Wahl",
      );
      await press(tab, "tacit-consent", '[part~="no"]');
      const state = () => tab.run(() => window.tacit?.consent().because.personalise);
      expect(await state()).toBe("person");
      await tab.goto(`${site.url}/case`);
      await loaded(tab);
      expect(await state()).toBe("person");
      expect((await part(tab, "tacit-consent", "banner")).count).toBe(0);
    },
  );

  law(
    "first questions become facts",
    { site: { pages: page(`<tacit-onboarding categories="Garden,Party"></tacit-onboarding>`, "ar") } },
    async ({ tab, site }) => {
      await tab.goto(`${site.url}/case`);
      await until(tab, "chips", async () => (await part(tab, "tacit-onboarding", "chip")).count === 2);
      const direction = () =>
        tab.run(() => {
          const frame = document.querySelector("tacit-onboarding")?.shadowRoot?.querySelector("div");
          return frame && getComputedStyle(frame).direction;
        });
      expect(await direction()).toBe("rtl");
      await press(tab, "tacit-onboarding", '[part="chip"] input');
      await press(tab, "tacit-onboarding", '[part~="save"]');
      await until(tab, "a fact", () =>
        tab.run(
          async () =>
            `${(await window.tacit?.panel())?.facts.find(({ fact }) => fact === "categories")?.value}` ===
            "Garden",
        ),
      );
    },
  );

  law(
    "a panel says in German what was done, forgets it, and erases all once it is asked twice",
    { site: { pages: page("<tacit-panel inline></tacit-panel>", "de") } },
    async ({ tab, site }) => {
      await tab.goto(`${site.url}/case`);
      await loaded(tab);
      await tab.run(() => {
        for (const item of ["mug-1", "mug-2"]) window.tacit?.track("view", { item });
      });
      const lines = () =>
        tab.run(() => {
          const root = document.querySelector("tacit-panel")?.shadowRoot;
          return [...(root?.querySelectorAll(".history li") ?? [])].map((line) => line.textContent ?? "");
        });
      await until(tab, "two lines", async () => (await lines()).length === 2);
      for (const line of await lines()) expect(line).toMatch(/^Angesehen: /);
      await press(tab, "tacit-panel", '.history [part="link"]:last-of-type');
      await until(tab, "one line", async () => (await lines()).length === 1);
      await until(tab, "one event", async () => ((await journal(tab)) ?? []).length === 1);
      await press(tab, "tacit-panel", ".ending button");
      await press(tab, "tacit-panel", '.ending [part~="danger"]');
      await until(tab, "no line", async () => (await lines()).length === 0);
      expect(await journal(tab)).toEqual([]);
    },
  );
});
