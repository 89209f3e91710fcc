/**
 * How much of an item is seen, and for how long.
 *
 * An item is mostly seen when what is visible of it is at least half of what can be visible at once:
 *
 *     seen >= 1/2 min(sum over its boxes of min(width, W) min(height, H), W H)
 *
 * with W and H the size of the window it is seen through: the viewport, or less in what scrolls. For an item
 * that fits into its window this is half of it; one that is taller than the screen has to fill half the screen.
 */

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** One box of an item: its size, how much of it is visible, and the window it is seen through. */
export interface Sight {
  readonly box: Size;
  readonly seen: Size;
  readonly window: Size;
}

/** How an item is seen now: not at all, any of it, or half of it and more. */
export type Seen = "not" | "partly" | "mostly";

/** What is known about an item in view; `done` until it goes out of view. */
export type Gaze =
  | { readonly state: "away" }
  | { readonly state: "looking"; readonly sinceMs: number }
  | { readonly state: "done" };

const impressionAfterMs = 1000;
const mostly = 0.5;
export const away: Gaze = { state: "away" };

export function howMuch(sights: readonly Sight[]): Seen {
  if (sights.length === 0) return "not";
  let seen = 0;
  let atOnce = 0;
  let window = 0;
  for (const sight of sights) {
    seen += areaOf(sight.seen);
    atOnce += areaOf(smaller(sight.box, sight.window));
    window = Math.max(window, areaOf(sight.window));
  }
  return seen > 0 && seen >= mostly * Math.min(atOnce, window) ? "mostly" : "partly";
}

/**
 * What is known after one more look. An item that makes an event of its own kind is done when any of it is
 * seen; any other after a second without looking away.
 */
export function look(
  before: Gaze,
  { seen, atMs, isPlain }: { readonly seen: Seen; readonly atMs: number; readonly isPlain: boolean },
): Gaze {
  if (seen === "not") return away;
  if (before.state === "done" || !isPlain) return { state: "done" };
  if (seen === "partly") return away;
  if (before.state === "away") return { state: "looking", sinceMs: atMs };
  return atMs - before.sinceMs >= impressionAfterMs ? { state: "done" } : before;
}

export function areaOf({ width, height }: Size): number {
  return width * height;
}

/** The part of both that lies in both. */
export function smaller(a: Size, b: Size): Size {
  return { width: Math.min(a.width, b.width), height: Math.min(a.height, b.height) };
}
