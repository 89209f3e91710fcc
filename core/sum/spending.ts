/**
 * What a device has spent of its privacy budget, and whether the next report fits. Costs are rho
 * (core/sum/budget.ts) and add up; a cost of null has no bound, because the task added no noise.
 *
 * A report counts from when it was written down, whatever became of it: written is as good as sent. Time only
 * moves on: where a clock was set back, now is the newest time that anything was spent at, so turning it back
 * frees nothing.
 */
import { dayMs } from "../time.ts";
import type { ReportLimits } from "./limits.ts";

export const windowMs: number = 30 * dayMs;

export interface Cost {
  readonly atMs: number;
  readonly rho: number | null;
}

/** Totals that outlive the reports they are of. */
export interface Spending {
  /** Totals of the last 30 days, oldest first, by day since the Unix epoch (UTC). */
  readonly days: readonly { readonly day: number; readonly rho: number | null }[];
  /** Total of all days ever. */
  readonly lifetime: number | null;
  /** Day of the first report; null before any. */
  readonly sinceDay: number | null;
  /**
   * How often the right to contribute has left this device or come back (core/moving/rights.ts); odd: it is away,
   * and what was spent under it went with it. Of two copies the later one holds.
   */
  readonly moves?: number;
}

export const nothingSpent: Spending = { days: [], lifetime: 0, sinceDay: null };

/** For a device of which nobody knows what it spent: no limit holds this. */
export const allSpent: Spending = { days: [], lifetime: null, sinceDay: null };

/**
 * Null for anything else. By hand, because a schema library would weigh more than the page's whole side of
 * it.
 */
export function parseSpending(value: unknown): Spending | null {
  if (typeof value !== "object" || value === null) return null;
  const { days, lifetime, sinceDay, moves = 0 }: Partial<Record<keyof Spending, unknown>> = value;
  if (!Array.isArray(days) || !isCost(lifetime) || !(sinceDay === null || isDay(sinceDay))) return null;
  if (!isDay(moves)) return null;
  const parsed = days.flatMap((entry) => {
    const { day, rho }: Partial<Record<"day" | "rho", unknown>> = Object(entry);
    return isDay(day) && isCost(rho) ? [{ day, rho }] : [];
  });
  return parsed.length === days.length ? withMoves({ days: parsed, lifetime, sinceDay }, moves) : null;
}

function isDay(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0;
}

function isCost(value: unknown): value is number | null {
  return value === null || (typeof value === "number" && value >= 0 && Number.isFinite(value));
}

/** Whether the right to contribute is on another device. */
export function isAway({ moves = 0 }: Spending): boolean {
  return moves % 2 === 1;
}

export function withMoves({ days, lifetime, sinceDay }: Spending, moves: number): Spending {
  return { days, lifetime, sinceDay, ...(moves === 0 ? {} : { moves }) };
}

/** `before`, and the reports since then. */
export interface Spent {
  readonly before: Spending;
  readonly costs: readonly Cost[];
}

/** The later of `nowMs` and the newest time that anything was spent at. */
export function newestMs({ before, costs }: Spent, nowMs: number): number {
  const times = [nowMs, ...before.days.map(({ day: at }) => at * dayMs), ...costs.map(({ atMs }) => atMs)];
  return times.reduce((newest, atMs) => Math.max(newest, atMs));
}

/**
 * rho of the 30 days up to now and of all time; Infinity without bound. A day of `before` counts until its
 * end is past.
 */
export function spentBy(
  spent: Spent,
  nowMs: number,
): { readonly last30Days: number; readonly lifetime: number } {
  const { before, costs } = spent;
  const fromMs = newestMs(spent, nowMs) - windowMs;
  const recent = costs.filter(({ atMs }) => atMs > fromMs);
  const days = before.days.filter(({ day: at }) => (at + 1) * dayMs > fromMs);
  return {
    last30Days: total([...days, ...recent]),
    lifetime: total([{ rho: before.lifetime }, ...costs]),
  };
}

/** @throws {RangeError} when a report that costs `rho` would lift what was spent over a limit. */
export function requireBudget(
  spent: Spent,
  {
    rho: next,
    nowMs,
    limits,
  }: { readonly rho: number; readonly nowMs: number; readonly limits: ReportLimits },
): void {
  const { last30Days, lifetime } = spentBy(spent, nowMs);
  requireRoom("30 days", { spent: last30Days, next, limit: limits.rhoPer30Days });
  requireRoom("a lifetime", { spent: lifetime, next, limit: limits.rhoLifetime });
}

/**
 * `spent` as totals, once the reports themselves are forgotten. Days that no window reaches any more are in
 * `lifetime` alone.
 */
export function totalsOf(spent: Spent, nowMs: number): Spending {
  const { before, costs } = spent;
  const rhoOf = new Map<number, number>();
  const dated = costs.map(({ atMs, rho: cost }) => ({ day: Math.floor(atMs / dayMs), rho: cost }));
  const all = [...before.days, ...dated];
  for (const { day: at, rho: cost } of all) rhoOf.set(at, (rhoOf.get(at) ?? 0) + bound(cost));
  const fromMs = newestMs(spent, nowMs) - windowMs;
  const days = [...rhoOf].filter(([at]) => (at + 1) * dayMs > fromMs).sort(([a], [b]) => a - b);
  const totals = {
    days: days.map(([at, cost]) => ({ day: at, rho: nullIfUnbounded(cost) })),
    lifetime: nullIfUnbounded(spentBy(spent, nowMs).lifetime),
    sinceDay: earliest([before.sinceDay, ...dated.map(({ day: at }) => at)]),
  };
  return withMoves(totals, before.moves ?? 0);
}

/**
 * What two tabs know of one device: neither knows of anything that was not spent, so the larger is nearer the
 * truth. Of one that knows of fewer moves what it knows is over.
 */
export function mergeSpending(a: Spending, b: Spending): Spending {
  const { moves = 0 } = a;
  const later = moves - (b.moves ?? 0);
  if (later !== 0) return later > 0 ? a : b;
  return withMoves(combined(a, b, Math.max), moves);
}

/** What was spent on two devices, of which neither knew of the other. */
export function addSpending(a: Spending, b: Spending): Spending {
  return combined(a, b, (x, y) => x + y);
}

function combined(a: Spending, b: Spending, of: (x: number, y: number) => number): Spending {
  const rhoOf = new Map<number, number>();
  for (const { day: at, rho: cost } of [...a.days, ...b.days]) {
    rhoOf.set(at, of(rhoOf.get(at) ?? 0, bound(cost)));
  }
  return {
    days: [...rhoOf]
      .sort(([x], [y]) => x - y)
      // No window of 30 days reaches back beyond the newest 31.
      .slice(-31)
      .map(([at, cost]) => ({ day: at, rho: nullIfUnbounded(cost) })),
    lifetime: nullIfUnbounded(of(bound(a.lifetime), bound(b.lifetime))),
    sinceDay: earliest([a.sinceDay, b.sinceDay]),
  };
}

/**
 * `before`, raised so far that all that was spent is at least what another copy knows of: a device that lost
 * its reports learns from that copy what they cost.
 *
 * @param known totals of the same device, of the same reports and those before them
 */
export function beforeWith(known: Spending, spent: Spent, nowMs: number): Spending {
  const here = totalsOf(spent, nowMs);
  const { before } = spent;
  const later = (known.moves ?? 0) - (before.moves ?? 0);
  if (later !== 0) return later > 0 ? known : before;
  const all = mergeSpending(here, known);
  const rhoOf = new Map(before.days.map(({ day: at, rho: cost }) => [at, bound(cost)]));
  const hereOf = new Map(here.days.map(({ day: at, rho: cost }) => [at, bound(cost)]));
  for (const { day: at, rho: cost } of all.days) {
    const missing = difference(bound(cost), hereOf.get(at) ?? 0);
    if (missing > 0) rhoOf.set(at, (rhoOf.get(at) ?? 0) + missing);
  }
  const lifetime = bound(before.lifetime) + difference(bound(all.lifetime), bound(here.lifetime));
  const raised = {
    days: [...rhoOf].sort(([x], [y]) => x - y).map(([at, cost]) => ({ day: at, rho: nullIfUnbounded(cost) })),
    lifetime: nullIfUnbounded(lifetime),
    sinceDay: earliest([before.sinceDay, all.sinceDay]),
  };
  return withMoves(raised, before.moves ?? 0);
}

/** As it is written down: JSON has no Infinity. */
export function nullIfUnbounded(cost: number): number | null {
  return cost === Number.POSITIVE_INFINITY ? null : cost;
}

function bound(cost: number | null): number {
  return cost ?? Number.POSITIVE_INFINITY;
}

/** Of two costs without bound there is none. */
function difference(larger: number, smaller: number): number {
  return larger === smaller ? 0 : larger - smaller;
}

function total(costs: readonly { readonly rho: number | null }[]): number {
  return costs.reduce((sum, { rho: cost }) => sum + bound(cost), 0);
}

/** Cost of several sums together, as it is written down. */
export function rhoTogether(costs: readonly { readonly rho: number | null }[]): number | null {
  return nullIfUnbounded(total(costs));
}

function earliest(days: readonly (number | null)[]): number | null {
  return days.reduce((least, at) => (least === null || (at !== null && at < least) ? at : least), null);
}

function requireRoom(
  period: string,
  { spent, next, limit }: { readonly spent: number; readonly next: number; readonly limit: number },
): void {
  // Sums of many costs carry rounding errors: eight reports of an eighth of the limit fit.
  if (spent + next <= limit * (1 + 1e-9)) return;
  throw new RangeError(
    `budget: a report must fit in the rho of ${period}, ${limit}, got ${show(spent)} spent and ${show(next)} to spend`,
  );
}

function show(cost: number): string {
  return Number.isFinite(cost) ? String(Number(cost.toPrecision(4))) : "no bound";
}
