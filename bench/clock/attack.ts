/**
 * Whose report is it, by the clock alone: the best guess of a leader that sees every page load with its
 * address, every report with its time, and knows how devices draw their times.
 *
 * Maximum likelihood, by simulation: the visits that an address's page loads allow are played again many
 * times with the device's own code, and the density of their reports at the time of each report is its
 * likelihood. As no visit has more than one report, and each report has one sender, the likelihoods are then
 * scaled in turn by rows and by columns (Sinkhorn, 1967), which comes near the posterior over all ways to
 * match them. The guess is the largest in a report's row.
 *
 * Chance is a guess among the visitors who are there at that moment.
 */
import type { Draw, Mechanism, OpenPage, Style, Visit, World } from "./world.ts";

export interface AttackOptions {
  readonly style: Style;
  readonly mechanism: Mechanism;
  /** How long a visit may last, as the leader believes. */
  readonly visitMs: (draw: Draw) => number;
  /** Simulated visits of each address. */
  readonly plays: number;
  /** Half the width of what counts as the same time. */
  readonly widthMs: number;
  readonly draw: Draw;
}

export interface Named {
  readonly reports: number;
  /** Share of reports whose sender was guessed. */
  readonly named: number;
  /** The same, guessing among all who had a page open then. */
  readonly chance: number;
}

const rounds = 20;

export function attack({ visits, reports }: World, options: AttackOptions): Named {
  const densities = visits.map((visit) => densityOf(visit, options));
  const rows = reports.map(({ atMs }) => {
    const row = new Map<number, number>();
    for (const [k, { address }] of visits.entries()) {
      const likelihood = densities[k](atMs);
      if (likelihood > 0) row.set(address, likelihood);
    }
    return row;
  });
  scale(rows);
  const right = rows.filter((row, k) => largestOf(row) === reports[k].address).length;
  const chances = reports.map(({ atMs }) => 1 / visits.filter((visit) => isThere(visit, atMs)).length);
  return {
    reports: reports.length,
    named: right / reports.length,
    chance: chances.reduce((sum, one) => sum + one, 0) / reports.length,
  };
}

/** From its first page to its last, and in between. */
function isThere({ pages }: Visit, atMs: number): boolean {
  return pages[0].fromMs <= atMs && atMs <= pages[pages.length - 1].toMs;
}

/** Density of the time of a visit's report, as its page loads alone let it be known. */
function densityOf({ pages }: Visit, options: AttackOptions): (atMs: number) => number {
  const { mechanism, plays, widthMs, draw } = options;
  const times = new Float64Array(plays);
  let sent = 0;
  for (let play = 0; play < plays; play++) {
    const atMs = mechanism(playedAgain(pages, options), draw);
    if (atMs !== null) times[sent++] = atMs;
  }
  const sorted = times.subarray(0, sent).sort();
  return (atMs) => (below(sorted, atMs + widthMs) - below(sorted, atMs - widthMs)) / (plays * 2 * widthMs);
}

/** The loads are seen; how long the last page stayed open is not, and is drawn from what is known of visits. */
function playedAgain(
  pages: readonly OpenPage[],
  { style, visitMs, draw }: AttackOptions,
): readonly OpenPage[] {
  const first = pages[0].fromMs;
  const last = pages[pages.length - 1].fromMs;
  for (let again = 0; again < 50; again++) {
    const endMs = Math.min(first + visitMs(draw), last + style.pageMs(draw));
    if (endMs > last) return [...pages.slice(0, -1), { fromMs: last, toMs: endMs }];
  }
  return pages;
}

/** How many of the sorted numbers are below one. */
function below(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Rows to one, for each report has a sender; columns to one at most, for nobody sent two. */
function scale(rows: readonly Map<number, number>[]): void {
  for (let round = 0; round < rounds; round++) {
    const columns = new Map<number, number>();
    for (const row of rows) {
      const total = [...row.values()].reduce((sum, one) => sum + one, 0);
      for (const [address, one] of row) {
        row.set(address, one / total);
        columns.set(address, (columns.get(address) ?? 0) + one / total);
      }
    }
    for (const row of rows) {
      for (const [address, one] of row) row.set(address, one / Math.max(1, columns.get(address) ?? 1));
    }
  }
}

function largestOf(row: ReadonlyMap<number, number>): number | null {
  let largest: number | null = null;
  for (const [address, one] of row) if (largest === null || one > (row.get(largest) ?? 0)) largest = address;
  return largest;
}
