/**
 * One over the standard deviation of scores, so that they mean the same whatever units they have; 0 where all
 * are the same.
 */
export function overDeviation(scores: Float64Array): number {
  // Counted from one of them: where all are the same, rounding of the mean would pass for a deviation.
  const [first] = scores;
  let [sum, squares] = [0, 0];
  for (let at = 0; at < scores.length; at++) sum += scores[at] - first;
  const mean = sum / scores.length;
  for (let at = 0; at < scores.length; at++) squares += (scores[at] - first - mean) ** 2;
  const deviation = Math.sqrt(squares / scores.length);
  return deviation > 0 ? 1 / deviation : 0;
}
