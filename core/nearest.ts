/** The known name that a misspelt one probably stands for. */

/** One mistake is allowed for every so many letters: two letters exchanged are two. */
const lettersPerMistake = 2;

/**
 * The known name at the smallest edit distance (Levenshtein 1966), the first of equals; null when none is near
 * enough to be meant.
 */
export function nearestName(name: string, known: Iterable<string>): string | null {
  let nearest: string | null = null;
  let least = Math.max(1, Math.floor(name.length / lettersPerMistake)) + 1;
  for (const each of known) {
    if (Math.abs(each.length - name.length) >= least) continue;
    const distance = editDistance(name, each);
    if (distance < least) [nearest, least] = [each, distance];
  }
  return nearest;
}

/** What an error adds where a known name is probably meant; "" where none is. */
export function hintAt(name: unknown, known: Iterable<string>): string {
  const meant = typeof name === "string" ? nearestName(name, known) : null;
  return meant === null ? "" : `: ${meant} is meant?`;
}

/** Letters to insert, delete or exchange; capitals count as the small ones. */
function editDistance(a: string, b: string): number {
  const from = a.toLowerCase();
  const to = b.toLowerCase();
  let row = Array.from({ length: to.length + 1 }, (_, k) => k);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let k = 1; k <= to.length; k++) {
      const change = row[k - 1] + Number(from[i - 1] !== to[k - 1]);
      next.push(Math.min(change, row[k] + 1, next[k - 1] + 1));
    }
    row = next;
  }
  return row[to.length];
}
