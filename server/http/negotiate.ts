/**
 * Content negotiation: which stored form of a body a browser takes, and whether it has it already (RFC 9110,
 * 12.5.3 and 13.1.2).
 */

import type { Context } from "hono";
import { codingHeaders } from "../firstparty/headers.ts";

export type Coding = "br" | "gzip" | "identity";

/** What the reader of the answer takes; a proxy that speaks `fetch` has a header of its own for it. */
export function acceptedBy(c: Context): string | undefined {
  return c.req.header(codingHeaders.accept) ?? c.req.header("accept-encoding");
}

/** Header fields of a body in this coding, under the names that its reader asked by. */
export function codingFields(c: Context, coding: Coding, vary: string): Readonly<Record<string, string>> {
  const isForProxy = c.req.header(codingHeaders.accept) !== undefined;
  const name = isForProxy ? codingHeaders.content : "content-encoding";
  return {
    vary: isForProxy ? `${vary}, ${codingHeaders.accept}` : vary,
    ...(coding === "identity" ? {} : { [name]: coding }),
  };
}

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
