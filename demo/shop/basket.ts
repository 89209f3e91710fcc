/** The basket: item -> pieces, kept in localStorage and shared between tabs. */
import { useEffect, useState } from "preact/hooks";

export type Basket = ReadonlyMap<string, number>;

const key = "thimble.basket";
const changed = new EventTarget();
/** Where localStorage is denied the basket lasts as long as the page. */
let inMemory: string | null = null;

/** Pieces of an item from now on; 0 takes it out. */
export function setPieces(item: string, pieces: number): void {
  const next = new Map(readBasket());
  if (pieces > 0) next.set(item, Math.min(99, Math.floor(pieces)));
  else next.delete(item);
  write(next);
}

export function emptyBasket(): void {
  write(new Map());
}

/** The basket; the component is drawn again when it changes here or in another tab. */
export function useBasket(): Basket {
  const [basket, setBasket] = useState(readBasket);
  useEffect(() => {
    const update = () => setBasket(readBasket());
    changed.addEventListener("changed", update);
    addEventListener("storage", update);
    return () => {
      changed.removeEventListener("changed", update);
      removeEventListener("storage", update);
    };
  }, []);
  return basket;
}

/** The basket in its stored form; anything else reads as an empty one. */
export function parseBasket(stored: string | null): Basket {
  const basket = new Map<string, number>();
  for (const line of (stored ?? "").split("\n")) {
    const [item, pieces, ...rest] = line.split(" ");
    if (rest.length === 0 && item !== "" && /^[1-9]\d?$/.test(pieces ?? "")) basket.set(item, Number(pieces));
  }
  return basket;
}

/** Inverse of `parseBasket`. */
export function storedForm(basket: Basket): string {
  return [...basket].map(([item, pieces]) => `${item} ${pieces}`).join("\n");
}

function readBasket(): Basket {
  try {
    return parseBasket(localStorage.getItem(key));
  } catch {
    return parseBasket(inMemory);
  }
}

function write(basket: Basket): void {
  inMemory = storedForm(basket);
  try {
    localStorage.setItem(key, inMemory);
  } catch {
    // Denied or full: `inMemory` has it.
  }
  changed.dispatchEvent(new Event("changed"));
}
