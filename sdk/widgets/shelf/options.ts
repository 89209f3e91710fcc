/**
 * What a person may ask about one card: why it is here, more of its like, or no more of it. A box beside the
 * button that opened it, with the focus in it; Escape or a press elsewhere closes it and gives the focus
 * back.
 *
 * A file of its own (shelf-options.js): a shelf is often looked at, and seldom asked.
 */
import type { Recommendation } from "../../../worker/api.ts";
import asking from "../asking.css?inline";
import { button, isolated, make } from "../dom.ts";
import { labelsIn } from "../labels.ts";
import type { CardWords } from "../words/words.ts";
import { titleOf } from "./card.ts";
import type { Wanted } from "./notice.ts";
import css from "./options.css?inline";

export { card as english } from "../words/en.ts";
export { sayFaults } from "./faults.ts";
export { ruledBy, wishOn } from "./notice.ts";
export { stepAlong } from "./steps.ts";

export interface OptionsSetup {
  readonly item: Recommendation;
  readonly words: CardWords;
  readonly locale: string;
  /** What the site calls its categories, as `labelsIn` reads it. */
  readonly labels: string | null;
  readonly opener: HTMLElement;
  /** What it stands in, and is placed by. */
  readonly frame: HTMLElement;
  readonly chosen: (wanted: Wanted) => void;
  readonly closed: () => void;
}

const marginPx = 8;
let sheet: CSSStyleSheet | null = null;

/** The style of the box, and of what is said on a card. */
function dress(root: Node): void {
  if (sheet === null) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(asking + css);
  }
  if (root instanceof ShadowRoot && !root.adoptedStyleSheets.includes(sheet)) {
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  }
}

/** Opens the box; what is given back closes it. */
export function openOptions(setup: OptionsSetup): () => void {
  const { words, opener, frame } = setup;
  const ending = new AbortController();
  const { signal } = ending;
  const reason = make("p", { part: "reason", id: "reason", dir: "auto", "aria-busy": "true" });
  const box = make(
    "div",
    {
      part: "options",
      class: "surface",
      role: "dialog",
      "aria-label": opener.getAttribute("aria-label"),
      "aria-describedby": "reason",
      tabindex: -1,
    },
    make("h3", { part: "options-heading" }, words.why),
    reason,
    ...wantedOf(setup).map(([label, wanted]) =>
      button({ part: "option" }, label, () => {
        close(false);
        setup.chosen(wanted);
      }),
    ),
  );
  const close = (isBack: boolean): void => {
    if (signal.aborted) return;
    ending.abort();
    box.remove();
    opener.setAttribute("aria-expanded", "false");
    if (isBack) opener.focus();
    setup.closed();
  };
  const isInside = (event: Event): boolean => {
    const path = event.composedPath();
    return path.includes(box) || path.includes(opener);
  };
  document.addEventListener("pointerdown", (event) => isInside(event) || close(false), { signal });
  box.addEventListener("focusout", ({ relatedTarget }) => {
    const isThere =
      relatedTarget instanceof Node && (box.contains(relatedTarget) || relatedTarget === opener);
    if (relatedTarget !== null && !isThere) close(false);
  });
  box.addEventListener("keydown", (event) => {
    const buttons = [...box.querySelectorAll("button")];
    const at = buttons.findIndex((each) => each.matches(":focus"));
    if (event.key === "Escape") close(true);
    else if (event.key === "ArrowDown") buttons[(at + 1) % buttons.length].focus();
    else if (event.key === "ArrowUp") buttons.at(Math.max(at, 0) - 1)?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  opener.setAttribute("aria-expanded", "true");
  dress(frame.getRootNode());
  frame.append(box);
  place(box, opener, frame);
  box.querySelector("button")?.focus({ preventScroll: true });
  void sayWhy(reason, setup).then(() => {
    if (!signal.aborted) place(box, opener, frame);
  });
  return () => close(false);
}

function wantedOf({ item, words, labels }: OptionsSetup): readonly (readonly [string, Wanted])[] {
  const title = isolated(titleOf(item));
  const [category] = item.categories ?? [];
  const named = isolated(labelsIn(labels).get(category ?? "") ?? category ?? "");
  const about = { of: "item", value: item.item } as const;
  return [
    [words.moreLike, { wish: { wish: "boost", ...about }, said: words.boosted(title) }],
    [words.notForMe, { wish: { wish: "mute", ...about }, said: words.muted(title) }],
    ...(category === undefined
      ? []
      : [
          [
            words.nothingFrom(named),
            {
              wish: { wish: "mute", of: "category", value: category },
              said: words.mutedAll(named),
            },
          ] as const,
        ]),
  ];
}

/** The words of reasons are a file of their own, which is loaded for whoever asks. */
async function sayWhy(line: HTMLElement, { item, locale }: OptionsSetup): Promise<void> {
  try {
    const { reasonsInWords } = await import("../../reasons/reasons.ts");
    line.textContent = reasonsInWords(item.reasons, { language: locale, nowMs: Date.now() });
  } catch {
    // Without that file a person may still choose.
  }
  line.removeAttribute("aria-busy");
  line.hidden = line.textContent === "";
}

/** Below its button, or above where there is more room, and within the shelf from side to side. */
function place(box: HTMLElement, opener: HTMLElement, frame: HTMLElement): void {
  const around = frame.getBoundingClientRect();
  const at = opener.getBoundingClientRect();
  const { width, height } = box.getBoundingClientRect();
  const isRightToLeft = getComputedStyle(frame).direction === "rtl";
  const wanted = isRightToLeft ? at.left : at.right - width;
  const left = Math.min(Math.max(wanted, around.left, marginPx), Math.max(innerWidth - width - marginPx, 0));
  const below = at.bottom + marginPx;
  const above = at.top - marginPx - height;
  const top = below + height > innerHeight && above > 0 ? above : below;
  box.style.left = `${left - around.left}px`;
  box.style.top = `${top - around.top}px`;
}
