/** What a person asks of the shelves, with a way back: the last wish can be undone for a while. */
import { useEffect, useState } from "preact/hooks";
import type { WishInput } from "../../sdk/index.ts";
import { sdk } from "./tacit.ts";

export interface Wished {
  /** What was asked for, as a sentence. */
  readonly words: string;
  readonly undo: () => void;
}

/** So long the last wish can be undone where it was made; in the panel it can always be taken back. */
const noticeMs = 12_000;

let last: Wished | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

function tell(wished: Wished | null): void {
  clearTimeout(timer);
  last = wished;
  if (wished !== null) timer = setTimeout(() => tell(null), noticeMs);
  for (const listener of listeners) listener();
}

/** Asks for it at once. */
export async function steer(wish: WishInput, words: string): Promise<void> {
  const tacit = await sdk;
  if (tacit === null) return;
  const undo = await tacit.steer(wish);
  tell({
    words,
    undo: () => {
      undo();
      tell(null);
    },
  });
}

/** What was wished last, for as long as it can be undone here. */
export function useWished(): Wished | null {
  const [wished, setWished] = useState(last);
  useEffect(() => {
    const listener = (): void => setWished(last);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  return wished;
}

/** As in "No more Garden". */
export function wishInWords({ wish, of, value }: WishInput, title = value): string {
  const what =
    of === "item" && wish !== "mute" ? `things like ${title}` : of === "word" ? `“${title}”` : title;
  if (wish === "mute") return `No more ${what}`;
  return wish === "boost" ? `More of ${what}` : `Less of ${what}`;
}
