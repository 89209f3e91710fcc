/**
 * A privacy plan: what a site sums, what each kind of sum costs a person, and how often. Signed by the
 * leader; browsers hold the server to it, and the plan to the limits that are compiled in (limits.ts).
 *
 * Costs are rho (budget.ts), of one report each, counting one honest aggregator's noise; null has no bound
 * (no noise).
 */
import * as v from "valibot";
import { issueText } from "../wire/issues.ts";
import { windowMs } from "./spending.ts";

const rho = v.nullable(v.pipe(v.number(), v.finite(), v.minValue(0)));

/** Most reports of a kind that a plan may promise. */
export const mostReportsPer30Days = 1_000;

const planSchema = v.object({
  version: v.literal(3),
  kinds: v.pipe(
    v.array(
      v.object({
        kind: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,31}$/)),
        /** Most that one report of the kind costs. */
        rho,
        /** Most reports of the kind that a device sends within any 30 days. */
        reportsPer30Days: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(mostReportsPer30Days)),
      }),
    ),
    v.maxLength(32),
  ),
  /** Most that all reports of a device cost within any 30 days. */
  rhoPer30Days: rho,
  issuedAtMs: v.pipe(v.number(), v.integer(), v.minValue(0)),
});

export type PrivacyPlan = v.InferOutput<typeof planSchema>;

/** Keys that it does not know are ignored. @throws {TypeError | RangeError} naming what is wrong. */
export function parsePlan(value: unknown): PrivacyPlan {
  const parsed = v.safeParse(planSchema, value);
  if (!parsed.success) throw new TypeError(issueText("parsePlan", parsed.issues[0]));
  const plan = parsed.output;
  const names = plan.kinds.map(({ kind }) => kind);
  if (new Set(names).size !== names.length) {
    throw new RangeError(`parsePlan: each kind must be there once, got ${names.join(", ")}`);
  }
  const planned = plannedRhoOf(plan);
  if (planned > bound(plan.rhoPer30Days) * (1 + 1e-9)) {
    throw new RangeError(
      `parsePlan: all kinds together must fit in rhoPer30Days ${plan.rhoPer30Days}, got ${planned}`,
    );
  }
  return plan;
}

/** rho of everything that the plan lets a device send within 30 days; Infinity without bound. */
export function plannedRhoOf({ kinds }: Pick<PrivacyPlan, "kinds">): number {
  return kinds.reduce((sum, kind) => sum + bound(kind.rho) * kind.reportsPer30Days, 0);
}

/** One sum that a device contributed to. */
export interface Contributed {
  readonly kind: string;
  readonly atMs: number;
}

/**
 * @throws {RangeError} when the plan does not name the kind, a report on it would cost more than planned, or
 * the device has sent all reports of the kind that the plan lets it send within 30 days.
 */
export function requirePlanned(
  plan: PrivacyPlan,
  { kind, rho: cost }: { readonly kind: string; readonly rho: number },
  { contributed, nowMs }: { readonly contributed: readonly Contributed[]; readonly nowMs: number },
): void {
  const planned = plan.kinds.find((candidate) => candidate.kind === kind);
  if (planned === undefined) throw new RangeError(`plan: a task must be of a kind it names, got ${kind}`);
  if (cost > bound(planned.rho) * (1 + 1e-9)) {
    throw new RangeError(`plan: a report of ${kind} must cost at most rho ${planned.rho}, got ${cost}`);
  }
  const recent = contributed.filter((one) => one.kind === kind && one.atMs > nowMs - windowMs);
  if (recent.length >= planned.reportsPer30Days) {
    throw new RangeError(
      `plan: a device sends at most ${planned.reportsPer30Days} reports of ${kind} in 30 days, got ${recent.length} sent`,
    );
  }
}

function bound(cost: number | null): number {
  return cost ?? Number.POSITIVE_INFINITY;
}
