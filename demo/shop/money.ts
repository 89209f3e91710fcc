/** Money as whole pence, so that totals are exact. */

const format = new Intl.NumberFormat("en-GB", { style: "currency", currency: "GBP" });

/** "2.95" -> 295. */
export function penceFrom(pounds: string): number {
  const match = /^(\d+)(?:\.(\d{1,2}))?$/.exec(pounds.trim());
  if (match === null)
    throw new RangeError(`penceFrom: expected pounds such as "2.95", got ${JSON.stringify(pounds)}`);
  return Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"));
}

/** 295 -> "£2.95". */
export function pounds(pence: number): string {
  return format.format(pence / 100);
}
