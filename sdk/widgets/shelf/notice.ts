/**
 * What becomes of a wish: it stands on the card it was made on, with a way back, and what else it rules out
 * goes at once.
 *
 * The card stays where it is, since the focus is on it; each other place is taken by what comes next.
 */
import type { Recommendation } from "../../../worker/api.ts";
import type { WishInput } from "../../index.ts";
import type { Tacit } from "../../types.ts";
import { button, make } from "../dom.ts";

export interface Wanted {
  readonly wish: WishInput;
  /** What becomes of it, in words. */
  readonly said: string;
}

export interface WishedOn {
  readonly card: HTMLElement;
  /** Gets the focus back. */
  readonly opener: HTMLElement;
  /** The word for the way back. */
  readonly undo: string;
}

export interface WishSetup extends WishedOn {
  readonly tacit: Tacit;
  readonly wanted: Wanted;
  /** Of all cards, of these items. */
  readonly list: HTMLElement;
  readonly items: readonly Recommendation[];
  readonly say: (text: string) => void;
  readonly undone: () => void;
  /** The SDK knows of a wish that rules out more than its card, or that such a one is undone. */
  readonly ruled: () => void;
}

/** Puts it on the card, with the focus on the way back, and tells the SDK. */
export async function wishOn(setup: WishSetup): Promise<void> {
  const { tacit, wanted, card, list, items, ruled } = setup;
  const { wish, said } = wanted;
  const isRule = wish.wish === "mute" && wish.of === "category";
  let undo: (() => void) | null = null;
  let isTakenBack = false;
  const back = button({ part: "button undo" }, setup.undo, () => {
    isTakenBack = true;
    undo?.();
    card.classList.remove("wished");
    notice.remove();
    setup.say("");
    setup.undone();
    setup.opener.focus();
    hide(list, items, () => false);
    if (isRule && undo !== null) ruled();
  });
  const notice = make(
    "div",
    { part: "notice", class: "surface", "data-tacit-ignore": true },
    make("p", {}, said),
    back,
  );
  card.classList.add("wished");
  card.append(notice);
  back.focus({ preventScroll: true });
  setup.say(said);
  if (isRule) hide(list, items, ({ categories }) => (categories ?? []).includes(wish.value));
  undo = await tacit.steer(wish);
  if (isTakenBack) undo();
  if (isRule) ruled();
}

/**
 * A list of which a wish has ruled something out, while the person is on a card of it: what is still in the
 * answer, and what is kept, stay where they are, and what comes next takes the other places. Where nothing
 * comes the place is empty.
 */
export function ruledBy(
  list: HTMLElement,
  shown: readonly Recommendation[],
  answer: readonly Recommendation[],
  kept: readonly string[],
): readonly Recommendation[] {
  // Nothing to put there: what the wish named itself is hidden already.
  if (answer.length === 0) return shown;
  const places = new Set(shown.map(({ item }) => item));
  const next = answer.filter(({ item }) => !places.has(item));
  const isKnown = new Set([...kept, ...answer.map(({ item }) => item)]);
  hide(list, shown, ({ item }) => !isKnown.has(item));
  return shown.map((before) => {
    if (kept.includes(before.item)) return before;
    return answer.find(({ item }) => item === before.item) ?? next.shift() ?? before;
  });
}

/** Keeps the place of a card of which nothing is to be seen. */
function hide(
  list: HTMLElement,
  items: readonly Recommendation[],
  isRuledOut: (item: Recommendation) => boolean,
): void {
  for (const [nth, item] of items.entries()) {
    const card = list.children[nth];
    card?.toggleAttribute("inert", isRuledOut(item) && !card.matches(".wished"));
  }
}
