/**
 * One sum from the lanes of a task or block, such that a liar spoils little: no proof shows yet that a report is
 * within bounds, so one report can bring any number into the lane it falls in (core/sum/lanes.ts).
 *
 *   1. a lane longer than honest reports and noise can be is dropped;
 *   2. of three lanes or more, one that lies far from the coordinate-wise median of all, compared with the others, is
 *      dropped;
 *   3. what is left is added up, each coordinate held within `reach` of the median:
 *      reach = one report's largest value + 4 sigma + 4 robust standard deviations (1.4826 MAD) of the lanes.
 *
 * Clamping to the median instead of taking it keeps what honest reports say of rare items, which most lanes
 * do not know of: the median of (0, 0, 0, 1) is 0, and most of a catalogue is like that. Between honest lanes
 * nearly nothing is clamped, so that robustness costs no accuracy; what lanes cost is noise (each has its
 * own). It assumes that most lanes hold no liar. Liars in every lane are bounded by what a round may do to an
 * item (itemfactors/stepclip.ts, itempairs/defences.ts) and by the gate. All of this is computed from noisy sums:
 * it costs no privacy.
 */

export interface LaneSum {
  /** Reports counted in it. */
  readonly reports: number;
  /** Their noisy sum, decoded to reals, in the layout of the contribution. */
  readonly values: Float64Array;
}

export interface Bounds {
  /** Largest L2 norm of one report: `sensitivityOf` its task. */
  readonly sensitivity: number;
  /**
   * Standard deviation per coordinate of all the noise in one lane (both aggregators'), in the units of
   * `values`.
   */
  readonly sigma: number;
}

export interface RobustSum {
  readonly values: Float64Array;
  /** Reports in the lanes that count. */
  readonly reports: number;
  /** The lanes that were dropped, in the order of their places. */
  readonly dropped: readonly DroppedLane[];
}

export interface DroppedLane {
  readonly lane: number;
  /** Reports lost with it. */
  readonly reports: number;
  readonly why: WhyDropped;
}

export type WhyDropped = "too-long" | "far-from-the-others";

/** A lane this many times as far from the median as the median lane is, is dropped. */
const farthest = 3;
/** The norm of standard normal noise exceeds sqrt(length) by this with probability below e^-50. */
const spareNorm = 10;

/** @throws {RangeError} when there is no lane. */
export function robustSum(lanes: readonly LaneSum[], bounds: Bounds): RobustSum {
  if (lanes.length === 0) throw new RangeError("robustSum: lanes must be at least one, got none");
  const dropped = new Map<number, WhyDropped>();
  for (const [place, { reports, values }] of lanes.entries()) {
    const longest = reports * bounds.sensitivity + bounds.sigma * (Math.sqrt(values.length) + spareNorm);
    if (normOf(values) > longest) dropped.set(place, "too-long");
  }
  for (const place of farLanes(lanes, dropped)) dropped.set(place, "far-from-the-others");
  const kept = lanes.filter((_, place) => !dropped.has(place));
  return {
    values: kept.length < 3 ? plainSum(lanes, kept) : clampedSum(kept, bounds),
    reports: kept.reduce((sum, { reports }) => sum + reports, 0),
    dropped: [...dropped]
      .sort(([a], [b]) => a - b)
      .map(([lane, why]) => ({ lane, reports: lanes[lane].reports, why })),
  };
}

/** Places of the lanes that lie much farther from the median of all than the others do. */
function farLanes(lanes: readonly LaneSum[], dropped: ReadonlyMap<number, unknown>): readonly number[] {
  const places = [...lanes.keys()].filter((place) => !dropped.has(place));
  if (places.length < 3) return [];
  const kept = places.map((place) => lanes[place]);
  const center = medianPerReport(kept);
  const distances = kept.map(({ reports, values }) => {
    let square = 0;
    for (let k = 0; k < values.length; k++) square += (values[k] / reports - center[k]) ** 2;
    return Math.sqrt(square);
  });
  const limit = farthest * medianOf(Float64Array.from(distances));
  return places.filter((_, at) => distances[at] > limit);
}

function plainSum(lanes: readonly LaneSum[], kept: readonly LaneSum[]): Float64Array {
  const sum = new Float64Array(lanes[0].values.length);
  for (const { values } of kept) for (let k = 0; k < sum.length; k++) sum[k] += values[k];
  return sum;
}

function clampedSum(kept: readonly LaneSum[], { sensitivity, sigma }: Bounds): Float64Array {
  const sum = new Float64Array(kept[0].values.length);
  const rates = new Float64Array(kept.length);
  const deviations = new Float64Array(kept.length);
  const meanReports = kept.reduce((total, { reports }) => total + reports, 0) / kept.length;
  for (let k = 0; k < sum.length; k++) {
    for (let b = 0; b < kept.length; b++) rates[b] = kept[b].values[k] / kept[b].reports;
    const center = medianOf(rates);
    for (let b = 0; b < kept.length; b++) deviations[b] = Math.abs(rates[b] - center);
    const spread = 1.4826 * medianOf(deviations);
    const reach = (sensitivity + 4 * sigma) / meanReports + 4 * spread;
    for (let b = 0; b < kept.length; b++) {
      sum[k] += kept[b].reports * Math.min(center + reach, Math.max(center - reach, rates[b]));
    }
  }
  return sum;
}

function medianPerReport(lanes: readonly LaneSum[]): Float64Array {
  const rates = new Float64Array(lanes.length);
  return lanes[0].values.map((_, k) => {
    for (let b = 0; b < lanes.length; b++) rates[b] = lanes[b].values[k] / lanes[b].reports;
    return medianOf(rates);
  });
}

/** The mean of the middle two for an even count; the argument is unchanged. */
function medianOf(values: Float64Array): number {
  const sorted = values.toSorted();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function normOf(values: Float64Array): number {
  let square = 0;
  for (let k = 0; k < values.length; k++) square += values[k] * values[k];
  return Math.sqrt(square);
}
