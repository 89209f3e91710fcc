/** Paths of categories, `Clothing > Shirts > T-Shirts`, as the categories that they lead through. */

/** A mark that people would not write in the name of a category. */
const step = /\s*(?:>|›|»|→)\s*/;

/** Each once, in the order in which they come: what is general before what is special. */
export function categoriesIn(paths: readonly string[]): string[] {
  const categories = paths.flatMap((path) => path.split(step)).map((category) => category.trim());
  return [...new Set(categories.filter((category) => category !== ""))];
}
