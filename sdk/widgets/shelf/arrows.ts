/** Where an arrow key leads in a row of cards: the next one or the one before, as they are read. */

/** The place to go to, from 0; null for a key that leads nowhere. */
export function stepTo({
  key,
  at,
  count,
  isRightToLeft,
}: {
  readonly key: string;
  readonly at: number;
  readonly count: number;
  readonly isRightToLeft: boolean;
}): number | null {
  const onward = isRightToLeft ? "ArrowLeft" : "ArrowRight";
  const back = isRightToLeft ? "ArrowRight" : "ArrowLeft";
  const places = new Map([
    [onward, at + 1],
    [back, at - 1],
    ["Home", 0],
    ["End", count - 1],
  ]);
  const to = places.get(key);
  return to === undefined || to < 0 || to >= count ? null : to;
}
