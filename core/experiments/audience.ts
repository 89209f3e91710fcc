/**
 * Whom an experiment is open to. All that an audience names must hold, of several values one; what is not
 * known of a person holds for nobody.
 */
import type { FactValue } from "../events/fact.ts";
import type { Audience } from "./experiment.ts";
import type { Visitor } from "./visitor.ts";

export function isOpenTo(audience: Audience, visitor: Visitor): boolean {
  const { devices, segments, returning, languages, facts } = audience;
  const { device, segment, isReturning, language } = visitor;
  return (
    (devices === undefined || (device !== null && devices.includes(device))) &&
    (segments === undefined || (segment !== null && segments.includes(segment))) &&
    (returning === undefined || returning === isReturning) &&
    (languages === undefined || (language !== null && languages.some((range) => isIn(range, language)))) &&
    (facts === undefined ||
      Object.entries(facts).every(([name, wanted]) => hasOne(visitor.facts.get(name), wanted))) &&
    isOnPage(audience, visitor.path)
  );
}

/**
 * Whether a page is one that the experiment is about: elsewhere nothing is an exposure.
 */
export function isOnPage({ pages }: Pick<Audience, "pages">, path: string | null): boolean {
  return pages === undefined || (path !== null && pages.some((beginning) => path.startsWith(beginning)));
}

/** Basic filtering of RFC 4647, 3.3.1: "de" has "de" and "de-AT", not "den". */
function isIn(range: string, language: string): boolean {
  const [wide, narrow] = [range.toLowerCase(), language.toLowerCase()];
  return narrow === wide || narrow.startsWith(`${wide}-`);
}

/** Numbers, yes and no are compared as their text. */
function hasOne(said: FactValue | undefined, wanted: string | readonly string[]): boolean {
  if (said === undefined) return false;
  const all = typeof said === "object" ? said : [String(said)];
  const some = typeof wanted === "string" ? [wanted] : wanted;
  return all.some((one) => some.includes(one));
}
