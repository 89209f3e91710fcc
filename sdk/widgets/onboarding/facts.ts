/** What a person says in the first questions, as facts of theirs. */
import type { FactValue } from "../../../core/events/fact.ts";

/** What was said so far, by name of the fact. */
export type Said = Readonly<Record<string, FactValue>>;

const names = ["categories", "interests", "onboarding"] as const;
const mostCategories = 20;
/** Characters that the SDK keeps of `interests`. */
export const mostInterests = 500;

/** Whether the person has answered, or has said that they would not. */
export function isAnswered(said: Said): boolean {
  return names.some((name) => said[name] !== undefined);
}

/** The categories that a site asks about, each once. */
export function categoriesIn(attribute: string | null): readonly string[] {
  const named = (attribute ?? "").split(",").map((name) => name.trim());
  return [...new Set(named.filter((name) => name !== ""))];
}

/** Null takes back what was said before and is said no more. */
export function factsOf(
  categories: readonly string[],
  interests: string,
): Readonly<Record<string, FactValue | null>> {
  const text = interests.trim().slice(0, mostInterests);
  return {
    categories: categories.length === 0 ? null : categories.slice(0, mostCategories),
    interests: text === "" ? null : text,
    onboarding: categories.length === 0 && text === "" ? "skipped" : null,
  };
}

/** Says again what was said before, and takes back the rest. */
export function undoing(before: Said): Readonly<Record<string, FactValue | null>> {
  return Object.fromEntries(names.map((name) => [name, before[name] ?? null]));
}
