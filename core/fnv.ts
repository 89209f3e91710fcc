/**
 * FNV-1a of 32 bits (Fowler, Noll, Vo; draft-eastlake-fnv, 2), over UTF-16 code units: a text's hash where
 * nobody gains by two texts that have the same.
 */

const offsetBasis = 0x811c9dc5;
const prime = 0x01000193;

/** @param before hash of what stands before the text: the hash goes on from there. */
export function fnv1a(text: string, before: number = offsetBasis): number {
  let hash = before;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), prime);
  return hash >>> 0;
}
