/**
 * Content negotiation: which stored form of a body a browser takes, and whether it has it already (RFC 9110,
 * 12.5.3 and 13.1.2).
 */

export type Coding = "br" | "gzip" | "identity";

/** The best of what is offered that the header accepts; the plain form when it names nothing we have. */
export function codingFor(acceptEncoding: string | undefined, offered: readonly Coding[]): Coding {
  const accepted = new Map<string, number>();
  for (const part of (acceptEncoding ?? "").split(",")) {
    const [name, ...parameters] = part.split(";").map((word) => word.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith("q="));
    if (name !== "") accepted.set(name, quality === undefined ? 1 : Number(quality.slice(2)));
  }
  const qualityOf = (coding: Coding) =>
    accepted.get(coding) ?? (coding === "identity" ? 0.001 : (accepted.get("*") ?? 0));
  const ranked = offered.filter((coding) => qualityOf(coding) > 0);
  // Stable: equal quality keeps the order of `offered`, smallest body first.
  ranked.sort((one, two) => qualityOf(two) - qualityOf(one));
  return ranked[0] ?? "identity";
}

/** Whether If-None-Match holds the tag, by weak comparison. */
export function hasTag(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(",").some((candidate) => {
    const value = candidate.trim();
    return value === "*" || value.replace(/^W\//, "") === tag;
  });
}
