/**
 * The least that a browser demands of a task, and the most that it spends on sums: compiled into the SDK, so
 * that no server can talk it down. Unit: one device; adjacency: leave its reports out; counted is one honest
 * aggregator's noise (core/sum/budget.ts).
 */

export interface ReportLimits {
  /** Fewer reports are never summed together. */
  readonly minBatch: number;
  /**
   * zCDP cost of each sum of a report, at most. It is the floor of the noise too: each aggregator's standard
   * deviation must be at least sensitivity / sqrt(2 rho), 1.25 x the sensitivity for rho 0.32.
   */
  readonly rhoPerSum: number;
  /** Cost of all reports within any 30 days, at most. */
  readonly rhoPer30Days: number;
  /** Cost of all reports ever sent from the device, at most. */
  readonly rhoLifetime: number;
  /** Bytes of one report, at most. */
  readonly reportBytes: number;
}

/** Failure probability at which rho is reported as epsilon. */
export const reportedDelta = 1e-6;

/**
 * For every server that is not on a loopback address. At delta 1e-6 (test/core/sum/limits.test.ts holds the
 * figures):
 *
 *   rho 0.32   epsilon 4.064   one sum, and all within any 30 days
 *   rho 1.06   epsilon 8.034   all that a device ever sends
 */
export const productionLimits: ReportLimits = {
  minBatch: 50,
  rhoPerSum: 0.32,
  rhoPer30Days: 0.32,
  rhoLifetime: 1.06,
  reportBytes: 327_680,
};

/**
 * For a server on a loopback address: whoever runs it is the person themselves. Nothing is promised (epsilon
 * is infinite).
 */
export const developmentLimits: ReportLimits = {
  minBatch: 10,
  rhoPerSum: Number.POSITIVE_INFINITY,
  rhoPer30Days: Number.POSITIVE_INFINITY,
  rhoLifetime: Number.POSITIVE_INFINITY,
  reportBytes: 327_680,
};
