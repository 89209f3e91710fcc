/**
 * The best k of many scores, best first.
 *
 * Equal scores keep catalogue order, so a ranking is the same on every device. A bounded heap holds the k
 * best seen so far with the worst of them at its root: O(n log k) whatever the order of the scores, O(n) when
 * few enter.
 */

export interface TopKInput {
  readonly scores: Float64Array | Float32Array;
  readonly k: number;
  /** One byte per item; an item whose byte is not 0 is left out. */
  readonly exclude?: Uint8Array;
}

/**
 * Indices of the k highest scores, best first; fewer when fewer may be ranked. A NaN is never ranked.
 *
 * @throws {RangeError} when k is not a positive integer or the mask has another length than the scores.
 */
export function topK({ scores, k, exclude }: TopKInput): Uint32Array {
  if (!Number.isInteger(k) || k < 1) {
    throw new RangeError(`topK: k must be a positive integer, got ${k}`);
  }
  if (exclude !== undefined && exclude.length !== scores.length) {
    throw new RangeError(`topK: exclude must have ${scores.length} bytes, got ${exclude.length}`);
  }
  const heap = new Uint32Array(Math.min(k, scores.length));
  let size = 0;
  for (let item = 0; item < scores.length; item++) {
    const score = scores[item];
    if (Number.isNaN(score)) continue;
    // Items come in catalogue order, so one that only equals the worst held is the worse of the two.
    if (size === heap.length && !(score > scores[heap[0]])) continue;
    if (exclude !== undefined && exclude[item] !== 0) continue;
    if (size < heap.length) {
      heap[size] = item;
      siftUp(heap, size, scores);
      size++;
    } else {
      heap[0] = item;
      siftDown(heap, size, scores);
    }
  }
  const found = size;
  while (size > 1) {
    size--;
    const worst = heap[0];
    heap[0] = heap[size];
    heap[size] = worst;
    siftDown(heap, size, scores);
  }
  return heap.slice(0, found);
}

function isWorse(a: number, b: number, scores: Float64Array | Float32Array): boolean {
  return scores[a] < scores[b] || (scores[a] === scores[b] && a > b);
}

function siftUp(heap: Uint32Array, from: number, scores: Float64Array | Float32Array): void {
  const moving = heap[from];
  let at = from;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!isWorse(moving, heap[parent], scores)) break;
    heap[at] = heap[parent];
    at = parent;
  }
  heap[at] = moving;
}

function siftDown(heap: Uint32Array, size: number, scores: Float64Array | Float32Array): void {
  const moving = heap[0];
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= size) break;
    if (child + 1 < size && isWorse(heap[child + 1], heap[child], scores)) child++;
    if (!isWorse(heap[child], moving, scores)) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = moving;
}
