/** Addresses from a catalogue: of the web, or relative to the page; a script is none, nor are data. */

/** The address as it was given; null where it is empty, no text, or of another scheme than http and https. */
export function safeUrl(text: unknown, base: string): string | null {
  if (typeof text !== "string" || text.trim() === "") return null;
  try {
    return /^https?:$/.test(new URL(text, base).protocol) ? text : null;
  } catch {
    return null;
  }
}
