/** Binary search, for all that is kept in order. */

/**
 * The first place, 0 to `length`, at which something holds that holds at every place after it, too; `length`
 * where it holds nowhere.
 */
export function firstPlace(length: number, holds: (place: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
