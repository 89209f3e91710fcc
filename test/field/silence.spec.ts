/** Kind: a reason for silence. An empty list says why; a panel says what contributing waits for. */
import { expect } from "vitest";
import { sleep } from "./engines/engine.ts";
import { inEveryEngine, type LawOptions } from "./laws.ts";
import { html } from "./site.ts";
import { ask, loaded, mug, ready, said, track, until } from "./visit.ts";

type Question = readonly [name: "recommend" | "similar", ...given: readonly unknown[]];

const forYou: Question = ["recommend", { count: 6 }];

interface Silence {
  readonly site: LawOptions["site"];
  readonly page?: string;
  readonly question?: Question;
  /** What at least one line says. */
  readonly says: RegExp;
}

const silences: Readonly<Record<string, Silence>> = {
  "the server has no edition": {
    site: { faults: { "/v1/edition": "missing", "/v1/head": "missing" } },
    says: /edition|catalogue|items/i,
  },
  "the server does not answer": {
    site: { faults: { "/v1/edition": "refused", "/v1/head": "refused" } },
    says: /edition|server|network|fetch/i,
  },
  "the worker does not load": { site: { faults: { "/tacit/worker.js": "missing" } }, says: /worker/i },
  "what ranks does not load": {
    site: { faults: { "/tacit/ranking.js": "missing" } },
    says: /ranking\.js: expected it from https?:/,
  },
  "the configuration was refused": {
    site: {},
    page: html({ tag: { "data-tacit-site-key": "not-hex" } }),
    says: /pins|siteKey/,
  },
  "the item is unknown": { site: {}, question: ["similar", "no-such-item"], says: /no-such-item/ },
  "everything is excluded by a count of none": {
    site: {},
    question: ["recommend", { count: 0 }],
    says: /count/,
  },
};

inEveryEngine((law) => {
  for (const [why, { site, page = html(), question = forYou, says }] of Object.entries(silences)) {
    law(
      `an empty list because ${why} says so`,
      { site: { ...site, pages: { "/case": page } } },
      async ({ tab, site }) => {
        await tab.goto(`${site.url}/case`);
        await loaded(tab);
        await tab.run(() => window.tacit?.on("error", ({ message }) => window.said.push(message)));
        const answers = await ask(tab, [question], 20_000);
        await sleep(500);
        const words = await said(tab);
        const { value } = answers[question[0]];
        expect(value).toEqual([]);
        expect(
          words.some((line) => says.test(line)) ? "said" : `said: ${words.join(" | ") || "nothing"}`,
        ).toBe("said");
      },
    );
  }

  law(
    "while contributing waits the panel says for what",
    {
      site: {
        pages: { "/case": html({ tag: { "data-tacit-consent": "personalise contribute" } }) },
        faults: { "/v1/tasks": "refused" },
      },
    },
    async ({ tab, site }) => {
      await tab.goto(`${site.url}/case`);
      await ready(tab);
      await sleep(7_000);
      const waiting = await tab.run(async () => {
        const panel = (await window.tacit?.panel()) ?? {};
        return Object.entries(panel).filter(([name, value]) => /wait/i.test(name) && value !== null);
      });
      expect(waiting).not.toEqual([]);
    },
  );

  law(
    "?tacit-debug opens an overlay that shows the person's events",
    { site: { pages: { "/case": html() } } },
    async ({ tab, site }) => {
      await tab.goto(`${site.url}/case?tacit-debug`);
      await ready(tab);
      await track(tab, mug);
      const shown = () =>
        tab.run(() => {
          const textOf = (root: Document | ShadowRoot): string =>
            [...root.querySelectorAll("*")].reduce(
              (text, { shadowRoot }) => text + (shadowRoot === null ? "" : textOf(shadowRoot)),
              root.textContent ?? (root instanceof Document ? root.body.innerText : ""),
            );
          return textOf(document).includes("20725");
        });
      await until(tab, "an overlay that names the item", shown, 5_000);
    },
  );

  law(
    "without ?tacit-debug nothing is put into the page",
    { site: { pages: { "/case": html({ body: "<p>shop</p>" }) } } },
    async ({ tab, site }) => {
      await tab.goto(`${site.url}/case`);
      await ready(tab);
      await sleep(500);
      expect(await tab.run(() => [...document.body.children].map(({ localName }) => localName))).toEqual([
        "p",
      ]);
    },
  );
});
