/**
 * The address of a client, only to count by: it is never stored, never logged, and leaves this folder only as
 * a hash under a salt that is another each day (see rates.ts).
 */
import type { IncomingMessage } from "node:http";
import { isIP, isIPv4 } from "node:net";
import type { Context } from "hono";

/**
 * Who asks: the peer of the connection, or with `trustProxy` proxies in front the address that the outermost
 * of them wrote into X-Forwarded-For. null when there is no connection, as in a call within the process.
 */
export function addressOf(c: Context, trustProxy: number): string | null {
  const peer = normalAddress(incomingOf(c.env)?.socket.remoteAddress);
  if (trustProxy === 0 || peer === null) return peer;
  // Each proxy adds the address it was called from, at the end; what stands before them the client wrote
  // itself.
  const forwarded = (c.req.header("x-forwarded-for") ?? "").split(",").map((part) => part.trim());
  return normalAddress(forwarded.at(-Math.min(trustProxy, forwarded.length))) ?? peer;
}

/**
 * One spelling for one client: IPv4 as such, IPv6 by its first 64 bits, which a household or a host has to
 * itself.
 */
export function normalAddress(address: string | undefined): string | null {
  const plain = (address ?? "").replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
  if (isIP(plain) === 0) return null;
  if (isIPv4(plain)) return plain;
  const [head, tail] = plain.toLowerCase().split("::");
  const groups = head === "" ? [] : head.split(":");
  if (tail === undefined) return groups.slice(0, 4).join(":");
  if (groups.length === 0 && tail === "1") return "::1";
  const rest = tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: Math.max(0, 8 - groups.length - rest.length) }, () => "0");
  return [...groups, ...zeros, ...rest].slice(0, 4).join(":");
}

/** Whether limits pass this client over: it is named in `exempt`, or is this machine and "loopback" is. */
export function isExempt(address: string, exempt: readonly string[]): boolean {
  if (exempt.includes("loopback") && (address === "::1" || address.startsWith("127."))) return true;
  return exempt.some((one) => normalAddress(one) === address);
}

/** The request below Hono's, which @hono/node-server hands over as a binding. */
function incomingOf(env: unknown): IncomingMessage | null {
  if (typeof env !== "object" || env === null || !("incoming" in env)) return null;
  const { incoming } = env;
  return isIncoming(incoming) ? incoming : null;
}

function isIncoming(value: unknown): value is IncomingMessage {
  return typeof value === "object" && value !== null && "socket" in value;
}
