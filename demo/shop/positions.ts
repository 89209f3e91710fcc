/** Where pages were left, by their entry in the history, in a form that a browser's storage can hold. */

/** As many of the newest are kept. */
const most = 50;

/** Entries and pixels from the top; anything else that was stored reads as nothing. */
export function parsePositions(stored: string | null): ReadonlyMap<string, number> {
  const positions = new Map<string, number>();
  for (const line of (stored ?? "").split("\n")) {
    const [entry, top, ...rest] = line.split(" ");
    if (rest.length === 0 && entry !== "" && /^\d{1,7}$/.test(top ?? "")) positions.set(entry, Number(top));
  }
  return positions;
}

/** Inverse of `parsePositions`, as far as it keeps. */
export function storedPositions(positions: ReadonlyMap<string, number>): string {
  return [...positions]
    .slice(-most)
    .map(([entry, top]) => `${entry} ${top}`)
    .join("\n");
}
