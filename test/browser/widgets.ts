/** Pages with widgets, on the shop's own server and under a strict policy: no style or script inline. */
import type { Page } from "@playwright/test";

interface Setup {
  readonly body: string;
  readonly lang?: string;
  readonly dir?: string;
  /** Files of the widgets, by name. */
  readonly widgets?: readonly string[];
  /** Whether the SDK comes; without it the page has none. */
  readonly hasSdk?: boolean;
  readonly style?: string;
  readonly script?: string;
  /** Whose inline styles are allowed; none's unless given. */
  readonly nonce?: string;
}

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "style-src 'self'",
  "base-uri 'none'",
].join("; ");

/** Opens a page of that body at `/widgets-test`. */
export async function openWidgets(page: Page, setup: Setup, address = "/widgets-test"): Promise<void> {
  await servePage(page, setup, address);
  await page.goto(address);
}

export async function servePage(
  page: Page,
  {
    body,
    lang = "en",
    dir = "ltr",
    widgets = ["shelf"],
    hasSdk = true,
    style = "",
    script = "",
    nonce,
  }: Setup,
  address = "/widgets-test",
): Promise<void> {
  const modules = widgets.map(
    (name) => `<script type="module" blocking="render" src="/tacit/${name}.js"></script>`,
  );
  const sdk = `<script async src="/tacit/tacit.js" data-tacit-server="/"></script>`;
  const html = `<!doctype html><html lang="${lang}" dir="${dir}"><head><meta charset="utf-8"><title>Shop</title>
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <link rel="stylesheet" href="/widgets-test.css"><script src="/widgets-test.js"></script>
    ${modules.join("")}${hasSdk ? sdk : ""}</head><body><main>${body}</main></body></html>`;
  await page.route(`**${address}`, (route) =>
    route.fulfill({
      contentType: "text/html; charset=utf-8",
      headers: {
        "content-security-policy":
          nonce === undefined ? policy : policy.replace("style-src", `style-src 'nonce-${nonce}'`),
      },
      body: html,
    }),
  );
  const plain = `:root { color-scheme: light dark; background: Canvas; color: CanvasText }
    body { margin: 0; font: 16px/1.5 system-ui, sans-serif } main { max-width: 70rem; margin: auto; padding: 1rem }`;
  await page.route("**/widgets-test.css", (route) =>
    route.fulfill({ contentType: "text/css", body: plain + style }),
  );
  await page.route("**/widgets-test.js", (route) =>
    route.fulfill({ contentType: "text/javascript", body: `${watchful}${script}` }),
  );
}

/** Sums layout shifts, and what the policy refused. */
const watchful = `
  window.seen = { shift: 0, refused: [], events: [] };
  new PerformanceObserver((list) => {
    for (const { value } of list.getEntries()) window.seen.shift += value;
  }).observe({ type: "layout-shift", buffered: true });
  document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
    window.seen.refused.push(violatedDirective + " " + blockedURI));
  for (const name of ["tacit-shelf", "tacit-consent", "tacit-onboarding", "tacit-panel"])
    document.addEventListener(name, ({ detail }) => window.seen.events.push({ name, detail }));
`;

export interface Seen {
  readonly shift: number;
  readonly refused: readonly string[];
  readonly events: readonly { readonly name: string; readonly detail: unknown }[];
}

/** A widget draws in the task in which it was answered: a frame later it is seen. */
export function frame(page: Page): Promise<unknown> {
  return page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
}

export function seen(page: Page): Promise<Seen> {
  return page.evaluate(() => Reflect.get(window, "seen") as Seen);
}

/**
 * An SDK of the test's own: answers lists from `window.answers`, and keeps what was asked of it in
 * `window.asked`.
 */
export const madeUpSdk = `
  window.asked = { lists: [], steered: [], undone: 0, declared: [], consented: [], optedOut: 0, panels: 0, states: 0 };
  window.answers = [];
  window.consentState = { personalise: true, contribute: false, because: { personalise: "default", contribute: "default" } };
  window.facts = [];
  const listeners = {};
  window.tell = (name) => { for (const each of listeners[name] ?? []) each(); };
  window.madeUp = {
    version: "0", track() {},
    async lists(requests) {
      window.asked.lists.push(requests);
      return Object.fromEntries(Object.entries(requests).map(([name, { count, exclude }]) =>
        [name, window.answers.filter(({ item }) => !(exclude ?? []).includes(item)).slice(0, count)]));
    },
    async steer(wish) { window.asked.steered.push(wish); return () => { window.asked.undone += 1; }; },
    declare(facts) { window.asked.declared.push(facts); },
    async panel() { window.asked.panels += 1; return { facts: window.facts }; },
    consent(change) {
      if (change) {
        window.asked.consented.push(change);
        window.consentState = { ...window.consentState, ...change, because: { personalise: "person", contribute: "person" } };
        window.tell("consent");
      }
      window.asked.states += 1;
      return window.consentState;
    },
    async optOut() { window.asked.optedOut += 1; window.madeUp.consent({ personalise: false, contribute: false }); },
    on(name, listener) {
      (listeners[name] ??= []).push(listener);
      if (name === "ready") queueMicrotask(listener);
      return () => { listeners[name] = listeners[name].filter((each) => each !== listener); };
    },
  };
  window.bringSdk = () => {
    window[Symbol.for("tacit.sdk")] = window.madeUp;
    dispatchEvent(new Event("tacit-sdk"));
  };
`;
