/** What the parts of a panel are, and what they are made of. */
import type { Panel } from "../../../worker/api.ts";
import type { ConsentState, Tacit } from "../../types.ts";
import { button, make } from "../dom.ts";
import type { Language } from "../language.ts";
import type { CoreWords } from "./words/words.ts";

/** What all parts have to do with. */
export interface Setting {
  readonly tacit: Tacit;
  readonly words: CoreWords;
  readonly language: Language;
  /** What the site calls its categories. */
  readonly labels: ReadonlyMap<string, string>;
  /** Says what was done, to eyes and to whoever listens, and how to undo it where that can be. */
  readonly say: (text: string, undo?: () => void) => void;
}

/** What is known of the person now. */
export interface Known {
  /** Null where it could not be read. */
  readonly panel: Panel | null;
  readonly consent: ConsentState;
}

/** Contributes, or has: what it costs is said to nobody else. Of whom nothing can be read it is not known. */
export function isContributor({ panel, consent }: Known): boolean {
  return consent.contribute || panel === null || panel.budget.lifetime.rho !== 0 || panel.reports.length > 0;
}

export interface Part {
  readonly element: HTMLElement;
  readonly show: (known: Known) => void;
}

let made = 0;

/** A part with a heading, which can have the focus where nothing else is left to have it. */
export function section(name: string, heading: string, ...children: readonly Node[]): HTMLElement {
  return make(
    "section",
    { part: "section", "aria-labelledby": name },
    make("h3", { part: "section-heading", id: name, tabindex: -1 }, heading),
    ...children,
  );
}

/**
 * A part that is opened, by few: `fill` is called each time it is, and what it gives back when it is closed.
 * What fails to load can be opened again.
 */
export function disclosure(
  name: string,
  heading: string,
  fill: (body: HTMLElement) => Promise<() => void>,
  failed: string,
): HTMLDetailsElement {
  const body = make("div", { class: "opened" });
  const details = make(
    "details",
    { part: "details", id: name },
    make("summary", { part: "summary" }, make("h3", { part: "section-heading" }, heading)),
    body,
  );
  let turn = 0;
  let empty = (): void => {};
  details.addEventListener("toggle", async () => {
    turn += 1;
    const mine = turn;
    empty();
    empty = () => {};
    body.replaceChildren();
    if (!details.open) return;
    try {
      const ended = await fill(body);
      if (mine === turn) empty = ended;
      else ended();
    } catch {
      if (mine === turn) body.replaceChildren(make("p", { part: "soft" }, failed));
    }
  });
  return details;
}

/** A button that looks like a part of the text. `key` finds it again when its list is made anew. */
export function link(label: string, of: string, key: string, act: () => void): HTMLButtonElement {
  // "What if not? Garden", "Forget: Garden".
  const about = /[?？؟]$/.test(label) ? `${label} ${of}` : `${label}: ${of}`;
  return button({ part: "link", "aria-label": about, "data-key": key }, label, act);
}

/** `share` is -1..1 of the whole line; below zero it counts against. */
export function bar(share: number): HTMLElement {
  const inside = make("span");
  inside.style.inlineSize = `${Math.min(100, Math.max(1, Math.abs(share) * 100))}%`;
  return make("span", { part: "bar", class: share < 0 && "against", "aria-hidden": true }, inside);
}

export function unique(name: string): string {
  made += 1;
  return `${name}-${made}`;
}

const shown = new WeakMap<HTMLElement, string>();

/**
 * Makes the children of an element anew where what they show is other than before. The focus stays on what
 * has the same key, else on what took its place, else on the heading.
 */
export function renew(list: HTMLElement, content: unknown, children: () => readonly Node[]): void {
  const now = JSON.stringify(content);
  if (shown.get(list) === now) return;
  shown.set(list, now);
  const root = list.getRootNode();
  const focused = root instanceof ShadowRoot ? root.activeElement : null;
  const active = focused instanceof HTMLElement ? focused : null;
  const place = active === null ? -1 : buttonsIn(list).indexOf(active);
  const key = active?.dataset.key;
  list.replaceChildren(...children());
  if (place < 0) return;
  const after = buttonsIn(list);
  const next = after.find(({ dataset }) => dataset.key === key) ?? after[Math.min(place, after.length - 1)];
  const heading = list.closest("section")?.querySelector<HTMLElement>("h3");
  (next ?? heading)?.focus({ preventScroll: true });
}

function buttonsIn(list: HTMLElement): readonly HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>("button")];
}
