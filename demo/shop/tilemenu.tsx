/** What a person may ask about a recommended product: more or less of its like, or none of it or of its family. */
import { useEffect, useRef } from "preact/hooks";
import type { WishInput } from "../../sdk/index.ts";
import type { Product } from "./products.ts";
import { steer, wishInWords } from "./steering.ts";

export function TileMenu({ product }: { readonly product: Product }) {
  const details = useRef<HTMLDetailsElement>(null);
  const menu = useRef<HTMLUListElement>(null);
  // What is answered late comes in above, and moves what is below.
  const moves = useRef<ResizeObserver | null>(null);
  useEffect(() => {
    const closeOutside = (event: Event): void => {
      const { current } = details;
      const isOutside = event.target instanceof Node && current?.contains(event.target) === false;
      if (current?.open && (isOutside || (event instanceof KeyboardEvent && event.key === "Escape"))) {
        current.open = false;
      }
    };
    for (const name of ["pointerdown", "keydown", "focusin"]) document.addEventListener(name, closeOutside);
    return () => {
      moves.current?.disconnect();
      for (const name of ["pointerdown", "keydown", "focusin"])
        document.removeEventListener(name, closeOutside);
    };
  }, []);
  const follow = (): void => {
    moves.current?.disconnect();
    moves.current = null;
    if (details.current?.open !== true) return;
    // Told once as soon as it observes.
    moves.current = new ResizeObserver(() => keepOnScreen(menu.current));
    moves.current.observe(document.body);
  };
  const { id, title, family } = product;
  const choices: readonly (readonly [string, WishInput, string])[] = [
    ["More like this", { wish: "boost", of: "item", value: id }, title],
    ["Less like this", { wish: "less", of: "item", value: id }, title],
    ["Not this one", { wish: "mute", of: "item", value: id }, title],
    [`Nothing from ${family}`, { wish: "mute", of: "category", value: family }, family],
  ];
  return (
    <details class="tile-menu" ref={details} data-tacit-ignore onToggle={follow}>
      <summary aria-label={`Change what is shown: ${title}`}>
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <circle cx="5" cy="12" r="2" />
          <circle cx="12" cy="12" r="2" />
          <circle cx="19" cy="12" r="2" />
        </svg>
      </summary>
      <ul ref={menu}>
        {choices.map(([label, wish, of]) => (
          <li key={label}>
            <button
              type="button"
              onClick={() => {
                if (details.current !== null) details.current.open = false;
                void steer(wish, `${wishInWords(wish, of)}.`);
              }}
            >
              {label}
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}

const marginPx = 8;

/** A menu of the first column would begin left of the screen, that of a tile at its lower edge end below it. */
function keepOnScreen(menu: HTMLElement | null): void {
  if (menu?.closest("details")?.open !== true) return;
  menu.style.translate = "0";
  const { left } = menu.getBoundingClientRect();
  menu.style.translate = `${Math.max(0, marginPx - left)}px`;
  menu.scrollIntoView({ block: "nearest", inline: "nearest" });
}
