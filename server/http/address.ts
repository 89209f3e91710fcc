/**
 * The address of a client, only to count by: it is never stored, never logged, and leaves this folder only as
 * a hash under a salt that is another each day (see rates.ts).
 *
 * Behind proxies it is what the outermost of them wrote into X-Forwarded-For. What cannot be read there is nobody's
 * address: it is counted by itself, is exempt from nothing, and is never taken for the proxy's own.
 */
import type { Context } from "hono";
import { type Address, parseAddress, parseForwarded } from "../base/address.ts";
import { incomingOf } from "./incoming.ts";

export interface Client {
  /** What it is counted by: IPv4 as such, IPv6 by its first 64 bits, which a household or a host has to itself. */
  readonly counted: string;
  /** The whole address; null where it cannot be read. */
  readonly exact: string | null;
}

/** Longest text that tells one unreadable address from another. */
const longestText = 64;

/**
 * Who asks: the peer of the connection, or with `trustProxy` proxies in front the address that the outermost of
 * them wrote down. null when there is no connection, as in a call within the process.
 */
export function clientOf(c: Context, trustProxy: number): Client | null {
  const peer = clientAt(incomingOf(c.env)?.socket.remoteAddress);
  if (trustProxy === 0 || peer === null) return peer;
  const forwarded = c.req.header("x-forwarded-for");
  if (forwarded !== undefined) return forwardedClient(forwarded, trustProxy);
  // Whoever came past the proxies, or made one leave the header out: counted, and nobody who is exempt.
  return { counted: `not forwarded, ${peer.counted}`, exact: null };
}

/** Each proxy adds the address it was called from, at the end; what stands before them the client wrote itself. */
export function forwardedClient(header: string, trustProxy: number): Client {
  const entries = header.split(",");
  const written = entries.at(-Math.min(trustProxy, entries.length))?.trim() ?? "";
  const address = parseForwarded(written);
  return address === null
    ? { counted: `unreadable ${written.slice(0, longestText)}`, exact: null }
    : clientFrom(address);
}

/** The client at an address; null for what is none. */
export function clientAt(written: string | undefined): Client | null {
  const address = parseAddress(written ?? "");
  return address === null ? null : clientFrom(address);
}

/** Whether limits pass this client over: it is named in `exempt`, or is this machine and "loopback" is. */
export function isExempt({ exact }: Client, exempt: readonly string[]): boolean {
  if (exact === null) return false;
  if (exempt.includes("loopback") && (exact === "::1" || exact.startsWith("127."))) return true;
  return exempt.some((one) => clientAt(one)?.exact === exact);
}

function clientFrom(address: Address): Client {
  const { family, text } = address;
  if (family === 4 || text === "::1") return { counted: text, exact: text };
  return { counted: text.split(":").slice(0, 4).join(":"), exact: text };
}
