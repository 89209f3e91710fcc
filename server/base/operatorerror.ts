/**
 * What went wrong in words for the person who runs the server. The command line prints the message alone, on
 * one line per fault, and leaves with status 1; any other error is a defect and keeps its stack trace.
 */
export class OperatorError extends Error {
  override readonly name = "OperatorError";
}

/**
 * The candidate nearest to `word` by edit distance, or undefined when none is near enough to be what was
 * meant: of a short word more than half would be another.
 */
export function nearestTo(word: string, candidates: readonly string[]): string | undefined {
  const farthest = Math.max(2, word.length / 3);
  const ranked = candidates
    // Lengths alone tell of many: a word may be a whole file.
    .filter(({ length }) => Math.abs(length - word.length) <= farthest)
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((one, two) => one.distance - two.distance);
  const best = ranked[0];
  if (best === undefined || best.distance > farthest) return undefined;
  return 2 * best.distance <= Math.min(word.length, best.candidate.length) ? best.candidate : undefined;
}

/** Levenshtein distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, k) => k);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(previous[j] + 1, row[j - 1] + 1, replaced));
    }
    previous = row;
  }
  return previous[b.length];
}
