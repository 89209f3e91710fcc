/** IP addresses in one spelling each, whatever they are written as (RFC 4291, 2.2): the only reader of them. */
import { isIPv4, isIPv6 } from "node:net";

export type Address =
  | { readonly family: 4; readonly text: string }
  /** Its eight numbers, and all of them in hex. */
  | { readonly family: 6; readonly text: string; readonly groups: readonly number[] };

/**
 * Null for what is no address. IPv4 within IPv6 (`::ffff:0:0/96`) is IPv4, zones are left out, and of `::1` the
 * text is short.
 */
export function parseAddress(written: string): Address | null {
  const plain = written.replace(/%.*$/s, "");
  if (isIPv4(plain)) return { family: 4, text: plain };
  if (!isIPv6(plain)) return null;
  const groups = groupsOf(plain);
  const mapped = mappedIPv4(groups);
  if (mapped !== null) return { family: 4, text: mapped };
  const text = groups.map((group) => group.toString(16)).join(":");
  return { family: 6, text: text === "0:0:0:0:0:0:0:1" ? "::1" : text, groups };
}

/**
 * As proxies write it: `192.0.2.1:80` and `[2001:db8::1]:80` without their ports, `[2001:db8::1]` without its
 * brackets (RFC 7239, 6).
 */
export function parseForwarded(written: string): Address | null {
  const parts = /^(?:\[([^[\]]*)\]|([^:[\]]*))(?::\d{1,5})?$/.exec(written);
  return parseAddress(parts?.[1] ?? parts?.[2] ?? written);
}

function groupsOf(address: string): readonly number[] {
  // A dotted end is two groups more.
  const spelled = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_all, ...bytes: readonly string[]) => {
    const [a, b, c, d] = bytes.map(Number);
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
  const [head, tail] = spelled.split("::").map((side) => (side === "" ? [] : side.split(":")));
  const rest = tail ?? [];
  const zeros = Array.from({ length: 8 - head.length - rest.length }, () => "0");
  return [...head, ...zeros, ...rest].map((group) => Number.parseInt(group, 16));
}

/** Null for another address. */
function mappedIPv4(groups: readonly number[]): string | null {
  if (groups.slice(0, 5).some((group) => group !== 0) || groups[5] !== 0xffff) return null;
  const [high, low] = groups.slice(6);
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}
