/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Longest piece of what came that an error repeats. */
const mostShown = 120;

export function shortened(text: string): string {
  return text.slice(0, mostShown);
}

/** What came, as an error says it; of what cannot be written, a circle or what is nested too deep, its type. */
export function show(value: unknown): string {
  if (value === undefined) return "nothing";
  try {
    // JSON has no bigint.
    return shortened(typeof value === "bigint" ? `${value}n` : (JSON.stringify(value) ?? typeof value));
  } catch {
    return typeof value;
  }
}

/** What sort of thing came, where it may be a person's own words: errors travel to whoever collects a site's. */
export function sortOf(value: unknown): string {
  if (typeof value === "string") return `text of ${value.length} characters`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return value === null || value === undefined ? "nothing" : typeof value;
}
