/** What a person said, as a line of text. */
import type { ShownFact } from "../../sdk/index.ts";

export function factInWords({ value }: Pick<ShownFact, "value">): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "object" ? value.join(" · ") : String(value);
}
