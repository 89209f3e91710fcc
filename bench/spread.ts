/** A figure over several seeds. */
export interface Mean {
  readonly mean: number;
  /** Standard deviation over the seeds; 0 of one alone. */
  readonly sd: number;
}

/** To five decimals. */
export function meanOf(values: readonly number[]): Mean {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const rounded = (value: number) => Math.round(value * 1e5) / 1e5;
  return { mean: rounded(mean), sd: rounded(Math.sqrt(square / Math.max(1, values.length - 1))) };
}
