/** Scores and their parts as the drawer prints them: in thousandths, which sum up. */

export const perUnit = 1000;

export function inUnits(units: number): string {
  return `${units < 0 ? "−" : ""}${(Math.abs(units) / perUnit).toFixed(3)}`;
}
