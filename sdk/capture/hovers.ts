/**
 * Hovers: a mouse that comes to an item by its own movement and stays on it for `hoverAfterMs`, without a press.
 *
 * A pointer on its way across a list is over a card for less, and one that waits for the next turn of the wheel
 * scrolls before: what is scrolled, drawn or moved under a mouse that keeps its place is not hovered over, and
 * neither is what a finger or a pen touches. Only in `data-tacit-hover`: a site asks for it.
 */
import { hitBy, markOf } from "./marks.ts";

const hoverAfterMs = 700;
const early = { capture: true, passive: true };

/**
 * @param hovered told the item's element, and the item
 * @returns what listens; again and again, and the same each time: a document that is written anew loses its listeners
 */
export function hoversOf(hovered: (element: Element, item: string) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** The item's element that the mouse moved on, and where the mouse was. */
  let over: Element | undefined;
  let place = "";

  const onEvent = (event: Event): void => {
    const { type, isTrusted, pointerType, x, y } = event as PointerEvent;
    // Whoever goes on moving after a scroll looks at what is there now; after a press they have acted on it.
    if (type === "scroll") over = undefined;
    if (type !== "pointermove") clearTimeout(timer);
    else if (isTrusted && pointerType === "mouse" && place !== `${x} ${y}`) {
      place = `${x} ${y}`;
      const { path, at, mark } = hitBy(event);
      const element = path[at];
      if (element === over) return;
      over = element;
      clearTimeout(timer);
      if (mark?.event !== "" || !path.some((each) => each.hasAttribute("data-tacit-hover"))) return;
      timer = setTimeout(() => {
        // It may have gone from under the mouse, or stand for another item by now.
        if (element.matches(":hover") && markOf(element)?.item === mark.item) hovered(element, mark.item);
      }, hoverAfterMs);
    }
  };
  return () => {
    for (const kind of ["pointermove", "pointerdown", "scroll"]) addEventListener(kind, onEvent, early);
  };
}
