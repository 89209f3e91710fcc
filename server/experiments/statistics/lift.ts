/**
 * The relative lift, treatment / control - 1, with Fieller's interval (1954): all ratios that the two
 * estimates do not contradict.
 *
 *   (t - r c)^2 <= k^2 (V_t + r^2 V_c),   k: the quantile
 *
 * Where the control itself may be 0 (c^2 <= k^2 V_c) every ratio may be true, and there is none to tell:
 * null.
 */
import { tQuantile } from "./distributions.ts";
import { dfOf, differenceOf, type Estimate, type Interval } from "./estimate.ts";

export interface Lift extends Interval {
  readonly value: number;
}

export function liftOf(control: Estimate, treatment: Estimate, alpha: number): Lift | null {
  const k = tQuantile(1 - alpha / 2, dfOf(differenceOf(control, treatment)));
  const [c, t] = [control.value, treatment.value];
  const bottom = c * c - k * k * control.variance;
  if (!(c > 0 && bottom > 0)) return null;
  const reach = Math.sqrt((c * t) ** 2 - bottom * (t * t - k * k * treatment.variance));
  return { value: t / c - 1, low: (c * t - reach) / bottom - 1, high: (c * t + reach) / bottom - 1 };
}
