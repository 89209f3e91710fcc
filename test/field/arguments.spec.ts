/** Kind: arguments as people pass them, and a word where they are not understood. */
import { expect } from "vitest";
import type { Tab } from "./engines/engine.ts";
import { inEveryEngine } from "./laws.ts";
import { html } from "./site.ts";
import { journal, said, until, visit } from "./visit.ts";

interface Case {
  /** Runs in the page; `tacit` as a page of plain JavaScript calls it. */
  readonly call: (tacit: Loose) => Promise<unknown> | unknown;
  readonly gives: unknown;
}

/** The surface as JavaScript has it: anything goes in. */
type Loose = Readonly<Record<string, (...given: unknown[]) => Promise<never>>>;

const cases: Readonly<Record<string, Case>> = {
  "an array behind a Proxy in exclude": {
    call: async (tacit) =>
      ((await tacit.recommend({ count: 6, exclude: new Proxy(["20725"], {}) })) as unknown[]).length,
    gives: 6,
  },
  "options behind a Proxy": {
    call: async (tacit) => ((await tacit.trending(new Proxy({ count: 6 }, {}))) as unknown[]).length,
    gives: 6,
  },
  "Proxies within Proxies": {
    call: async (tacit) => {
      const deep = (value: object): object =>
        new Proxy(value, {
          get(target, key, self) {
            const found = Reflect.get(target, key, self);
            return typeof found === "object" && found !== null ? deep(found) : found;
          },
        });
      return ((await tacit.recommend(deep({ count: 6, exclude: ["20725"] }))) as unknown[]).length;
    },
    gives: 6,
  },
  "options with getters on their class": {
    call: async (tacit) => {
      class Query {
        get count() {
          return 6;
        }
        get exclude() {
          return ["20725"];
        }
      }
      return ((await tacit.recommend(new Query())) as unknown[]).length;
    },
    gives: 6,
  },
  "a Set in exclude": {
    call: async (tacit) => {
      const [{ item: top }] = (await tacit.trending({ count: 1 })) as { item: string }[];
      const [first] = (await tacit.trending({ count: 1, exclude: new Set([top]) })) as { item: string }[];
      return first.item !== top;
    },
    gives: true,
  },
  "numbers in exclude": {
    call: async (tacit) => {
      const top = ((await tacit.trending({ count: 30 })) as { item: string }[]).find(({ item }) =>
        /^[1-9]\d*$/.test(item),
      );
      if (top === undefined) return "no id of digits";
      const rest = (await tacit.trending({ count: 30, exclude: [Number(top.item)] })) as { item: string }[];
      return rest.some(({ item }) => item === top.item);
    },
    gives: false,
  },
  "a number as the item of similar": {
    call: async (tacit) => ((await tacit.similar(20725, { count: 4 })) as unknown[]).length,
    gives: 4,
  },
  "a bigint as the item of similar": {
    call: async (tacit) => ((await tacit.similar(20725n, { count: 4 })) as unknown[]).length,
    gives: 4,
  },
  "numbers as the items of goesWith": {
    call: async (tacit) =>
      ((await tacit.goesWith(new Set([20725, 22383]), { count: 4 })) as unknown[]).length,
    gives: 4,
  },
  "a number as the item of explain": {
    call: async (tacit) => (await tacit.explain(20725)) !== null,
    gives: true,
  },
  "frozen options": {
    call: async (tacit) =>
      ((await tacit.recommend(Object.freeze({ count: 6, exclude: Object.freeze(["20725"]) }))) as unknown[])
        .length,
    gives: 6,
  },
  "undefined and null in options": {
    call: async (tacit) =>
      ((await tacit.recommend({ count: 6, exclude: undefined, includeSeen: null })) as unknown[]).length,
    gives: 6,
  },
  "null for options": {
    call: async (tacit) => ((await tacit.recommend(null)) as unknown[]).length,
    gives: 12,
  },
  "options without a prototype": {
    call: async (tacit) =>
      ((await tacit.recommend(Object.assign(Object.create(null), { count: 6 }))) as unknown[]).length,
    gives: 6,
  },
  "options with a function among them": {
    call: async (tacit) => ((await tacit.recommend({ count: 6, onDone: () => 1 })) as unknown[]).length,
    gives: 6,
  },
};

/** What a page tracks, and the item and amount that the journal has then. */
const tracked: Readonly<
  Record<string, { readonly call: (tacit: Loose) => unknown; readonly gives: unknown }>
> = {
  "a number as the item": {
    call: (tacit) => tacit.track("view", { item: 20725 }),
    gives: [{ kind: "view", item: "20725" }],
  },
  "a bigint as the item": {
    call: (tacit) => tacit.track("view", { item: 20725n }),
    gives: [{ kind: "view", item: "20725" }],
  },
  "properties behind a Proxy": {
    call: (tacit) => tacit.track("purchase", new Proxy({ item: "20725", amount: 2 }, {})),
    gives: [{ kind: "purchase", item: "20725", amount: 2 }],
  },
  "frozen properties": {
    call: (tacit) => tacit.track("purchase", Object.freeze({ item: "20725", amount: 2 })),
    gives: [{ kind: "purchase", item: "20725", amount: 2 }],
  },
  "undefined and null beside the item": {
    call: (tacit) => tacit.track("view", { item: "20725", amount: undefined, list: null, position: null }),
    gives: [{ kind: "view", item: "20725" }],
  },
  "an object that changes after the call": {
    call: (tacit) => {
      const properties = { item: "20725", amount: 2 };
      tacit.track("purchase", properties);
      properties.amount = 7;
    },
    gives: [{ kind: "purchase", item: "20725", amount: 2 }],
  },
  "a getter that throws": {
    call: (tacit) =>
      tacit.track("view", {
        get item() {
          throw new Error("as a test wants it");
        },
      }),
    gives: [],
  },
};

const evaluate = (tab: Tab, call: (tacit: Loose) => unknown) =>
  tab.run(new Function(`return (${call})(window.tacit)`) as () => unknown);

inEveryEngine((law) => {
  const site = { pages: { "/case": html() } };
  law("a question with arguments as people pass them is answered", { site }, async ({ tab, site }) => {
    await visit(tab, `${site.url}/case`);
    const got: Record<string, unknown> = {};
    for (const [title, { call }] of Object.entries(cases)) got[title] = await evaluate(tab, call);
    expect(got).toEqual(
      Object.fromEntries(Object.entries(cases).map(([title, { gives }]) => [title, gives])),
    );
  });

  law(
    "an event with properties as people pass them is kept, and nothing throws",
    { site, limitMs: 90_000 },
    async ({ tab, site }) => {
      await visit(tab, `${site.url}/case`);
      const got: Record<string, unknown> = {};
      for (const [title, { call }] of Object.entries(tracked)) {
        await evaluate(tab, call).catch((error: unknown) => {
          got[title] = String(error);
        });
        got[title] ??= await journal(tab);
        await tab.run(() => window.tacit?.erase());
      }
      expect(got).toEqual(
        Object.fromEntries(Object.entries(tracked).map(([title, { gives }]) => [title, gives])),
      );
    },
  );

  const misspelt: Readonly<
    Record<string, { readonly call: (tacit: Loose) => unknown; readonly near: string }>
  > = {
    "cuont for count": { call: (tacit) => tacit.recommend({ cuont: 6 }), near: "count" },
    "excludes for exclude": { call: (tacit) => tacit.trending({ excludes: ["20725"] }), near: "exclude" },
    "inclueSeen for includeSeen": {
      call: (tacit) => tacit.recommend({ inclueSeen: true }),
      near: "includeSeen",
    },
    "ammount for amount": {
      call: (tacit) => tacit.track("purchase", { item: "20725", ammount: 2 }),
      near: "amount",
    },
    "an item id with a slip": { call: (tacit) => tacit.similar("20725x"), near: "20725" },
    "an id in exclude with a slip": {
      call: (tacit) => tacit.recommend({ exclude: ["20725x"] }),
      near: "20725",
    },
  };
  for (const [slip, { call, near }] of Object.entries(misspelt)) {
    law(`${slip} is told once, with the nearest that there is`, { site }, async ({ tab, site }) => {
      await visit(tab, `${site.url}/case`);
      await tab.run(() => {
        window.said = [];
        window.tacit?.on("error", (error) => window.said.push(`told: ${error.message}`));
      });
      await evaluate(tab, call);
      await evaluate(tab, call);
      const wanted = new RegExp(`"?\\b${near}\\b`);
      const tells = async (): Promise<readonly string[]> =>
        (await said(tab)).filter((line) => wanted.test(line) && line.startsWith("told"));
      // What an item's id should have been is known once the whole catalogue has come.
      await until(tab, "it to be told", async () => (await tells()).length > 0, 5_000).catch(() => undefined);
      await tab.run(() => window.tacit?.panel());
      const told = await tells();
      expect(told.length, `said: ${(await said(tab)).join(" | ")}`).toBe(1);
    });
  }
});
