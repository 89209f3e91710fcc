/** Pages with the panel: a person made up whole, whom the SDK of the test tells of and forgets as it is asked. */
import type { Page } from "@playwright/test";
import type { Panel } from "../../worker/api.ts";
import { madeUpSdk, openWidgets } from "./widgets.ts";

type Events = Panel["events"];

const hourMs = 3_600_000;
const now = Date.now();
const event = (nth: number, kind: Events[number]["kind"], item: string, title: string): Events[number] => ({
  ...{ id: `e${nth}`, kind, item, title, atMs: now - nth * hourMs },
});
const cost = (rho: number, epsilon: number) => ({ rho, epsilon });
const level = { value: 2, unit: "orders", missing: "none" } as const;

/** Of a person who has done, said, asked and sent something; in the words of their site. */
export function madeUpPanel(titles: readonly string[], categories: readonly [string, string]): Panel {
  const [a = "", b = "", c = "", d = ""] = titles;
  const [one, other] = categories;
  return {
    events: [
      event(1, "view", "0", a),
      { ...event(2, "view", "0", a), leftOut: "duplicate" },
      event(3, "cart_add", "1", b),
      event(4, "impression", "2", c),
      event(5, "impression", "3", d),
      { id: "e6", kind: "search", query: "bird", atMs: now - 6 * hourMs },
      event(7, "purchase", "1", b),
      event(8, "like", "2", c),
      event(9, "dislike", "3", d),
      ...Array.from({ length: 8 }, (_, nth) =>
        event(30 + nth * 30, nth % 2 === 0 ? "view" : "click", `${nth % 4}`, titles[nth % 4]),
      ),
    ],
    cleaned: { time: 0, duplicate: 1, rate: 0, isAutomated: false },
    facts: [
      { fact: "categories", title: "Categories you like", value: [one, other], atMs: now },
      { fact: "tier", title: "Your level as a customer", value: 3, atMs: now },
    ],
    wishes: [{ wish: "boost", of: "item", value: "1", title: b, atMs: now }],
    pausedUntilMs: null,
    profile: {
      features: [
        { ...level, name: "orders", title: "Orders" },
        { ...level, name: "share", title: "Share of carts bought", unit: "share", value: 0.25 },
      ],
      categories: [{ category: one, share: 0.7, daysSinceOrder: 1, orders: 1, spent: 3 }],
    },
    segment: { state: "unknown", why: "too-few-acts" },
    interests: [],
    tastes: [
      { item: "0", weight: 2, title: a, categories: [one] },
      { item: "1", weight: 1, title: b, categories: [one] },
      { item: "2", weight: 1, title: c, categories: [other] },
      { item: "3", weight: -1, title: d, categories: ["Party"] },
    ],
    reports: [
      {
        ...{ id: "r1", atMs: now - 26 * hourMs, bytes: 16_384, sha256: "ab".repeat(32) },
        sums: [
          { task: "t1", kind: "item-pairs", round: 3, block: 0, rho: 0.02, state: "accepted" },
          { task: "t2", kind: "popularity", round: 1, block: 2, rho: 0.01, state: "refused", why: "late" },
        ],
      },
    ],
    budget: {
      last30Days: { ...cost(0.03, 1.2), limit: cost(0.32, 4.1) },
      lifetime: { ...cost(0.05, 1.6), limit: cost(1, 8) },
      ...{ delta: 1e-6, since: "2026-03-01" },
    },
    trials: 1,
    experiments: [
      { experiment: "banner", arm: "big", atMs: now - 3 * 86_400_000, shownMs: null, hasLeft: false },
    ],
    plan: {
      kinds: [
        {
          ...{ kind: "item-pairs", title: "Pairs", what: "What is liked together.", reportsPer30Days: 4 },
          perReport: cost(0.02, 1),
        },
      ],
      ...{ per30Days: cost(0.1, 2), issuedAtMs: now },
    },
    waiting: { why: "chance", untilMs: now + 5 * hourMs },
    parties: { leader: "shop.example", helper: "helper.example" },
    ...{ edition: null, stages: [], choice: null, storage: "device" },
  };
}

const listed = (titles: readonly string[]) =>
  titles.map((title, nth) => ({
    ...{ item: `${nth}`, title, categories: ["Garden"], score: 1, from: "history" },
    reasons: [{ why: "trending", contribution: 1 }],
  }));

/** What the SDK of the test does besides, to `window.person`, which it tells of. */
const ofPerson = `
  window.done = { forgotten: [], erased: 0, moved: [], explained: [] };
  const { madeUp, tell: say } = window;
  const person = () => window.person;
  Object.assign(madeUp, {
    async panel() { window.asked.panels += 1; return structuredClone(window.person); },
    async recommend({ without } = {}) {
      return without ? window.answers.slice().reverse().concat(window.fresh) : window.answers;
    },
    async explain(item, options) {
      window.done.explained.push(options ?? null);
      const { title } = window.answers.find((each) => each.item === item);
      const reasons = [
        { why: "event", event: "e1", kind: "view", item: "0", title: window.answers[0].title, atMs: Date.now() - 3600000, contribution: 0.75 },
        { why: "trending", contribution: 0.3 }, { why: "similar", item: "3", title: "Red Mug", contribution: -0.05 }];
      return { item, title, score: options ? 0.25 : 1, rank: options ? 12 : 1, of: 3600, reasons };
    },
    async steer(wish) {
      window.asked.steered.push(wish);
      const before = person().wishes;
      const others = before.filter(({ of, value }) => of !== wish.of || value !== wish.value);
      window.person = { ...person(), wishes: wish.wish === null ? others : [...others, { ...wish, atMs: 0 }] };
      say("change");
      return () => { window.asked.undone += 1; window.person = { ...person(), wishes: before }; say("change"); };
    },
    declare(facts) {
      window.asked.declared.push(facts);
      const gone = Object.keys(facts);
      const given = gone.filter((fact) => facts[fact] !== null).map((fact) => ({ fact, title: fact, value: facts[fact], atMs: 0 }));
      window.person = { ...person(), facts: [...person().facts.filter(({ fact }) => !gone.includes(fact)), ...given] };
      say("change");
    },
    async forget(ids) {
      window.done.forgotten.push(ids);
      window.person = { ...person(), events: person().events.filter(({ id }) => !ids.includes(id)) };
      say("change");
    },
    async erase() {
      window.done.erased += 1;
      window.person = { ...person(), events: [], facts: [], wishes: [], tastes: [], reports: [], trials: 0, experiments: [], profile: { features: [], categories: [] } };
      say("change");
    },
    async optOut() { await madeUp.erase(); window.asked.optedOut += 1; madeUp.consent({ personalise: false, contribute: false }); },
    pause() { window.person = { ...person(), pausedUntilMs: Date.now() + 1800000 }; say("change"); },
    resume() { window.person = { ...person(), pausedUntilMs: null }; say("change"); },
    async reportBytes() { return new Uint8Array(200).fill(7); },
    async exportData(options) {
      if (options?.format !== "parquet") return { format: "tacit-export", events: person().events };
      return [{ name: "events.parquet", file: new Blob(["PAR1"]) }];
    },
    async move(step) { window.done.moved.push(step.step); return { state: "asked", code: "ABCDE-FGHJK" }; },
  });
`;

export interface PersonSetup {
  readonly body?: string;
  readonly lang?: string;
  readonly dir?: string;
  readonly titles?: readonly string[];
  readonly categories?: readonly [string, string];
  readonly widgets?: readonly string[];
  readonly script?: string;
  readonly style?: string;
  /** Whether the SDK comes with the page. */
  readonly hasSdk?: boolean;
}

export const plainTitles = [
  ...["Hanging Heart Lantern", "Vintage Tea Tins, Set of Three", "Garden Bird Feeder"],
  ...["Retrospot Lunch Bag with a Very Long Name That Goes On", "Wooden Advent Calendar", "Rose Mug"],
];

export function openPanelPage(page: Page, setup: PersonSetup = {}): Promise<void> {
  const { titles = plainTitles, categories = ["Garden", "Kitchen & Baking"], hasSdk = true } = setup;
  const { body = "<tacit-panel></tacit-panel>", widgets = ["panel"], script = "", ...rest } = setup;
  const fresh = listed(["Blue Cup"]).map((each) => ({ ...each, item: "new" }));
  const given = `window.person = ${JSON.stringify(madeUpPanel(titles, categories))};
    window.answers = ${JSON.stringify(listed(titles))}; window.fresh = ${JSON.stringify(fresh)};`;
  const bring = hasSdk ? `addEventListener("DOMContentLoaded", bringSdk);` : "";
  return openWidgets(page, {
    ...rest,
    ...{ widgets, hasSdk: false, script: `${madeUpSdk}{${ofPerson}}${given}${script}${bring}` },
    body: `<button id="open" data-tacit-open="panel">What is known</button>${body}<p>What follows.</p>`,
  });
}
