/** Along the cards by arrow keys: from a card to the next, from a button to the next card's. */
import { stepTo } from "./arrows.ts";

/** Moves the focus; nothing where the key leads nowhere. */
export function stepAlong(list: HTMLElement, key: string): void {
  const cards = [...list.children];
  const at = cards.findIndex((card) => card.matches(":focus-within"));
  const isRightToLeft = getComputedStyle(list).direction === "rtl";
  const to = stepTo({ key, at, count: cards.length, isRightToLeft });
  if (at < 0 || to === null) return;
  const isOnButton = cards[at].querySelector("button:focus") !== null;
  const own = cards[to].querySelector("slot")?.assignedElements()[0]?.querySelector<HTMLElement>("a, button");
  const face = own ?? cards[to].querySelector<HTMLElement>("a");
  (isOnButton || !face ? cards[to].querySelector<HTMLElement>("button") : face)?.focus();
}
