/** The requests that the SDK made, of all that page and worker have in their Resource Timing. */
import type { MadeRequests } from "../../worker/api.ts";

export interface ShownRequest {
  /** Since the Unix epoch. */
  readonly atMs: number;
  readonly tookMs: number;
  /** `server`, `relay`, or a host. */
  readonly whom: string;
  readonly path: string;
  /** 0 where none came, or the browser does not say. */
  readonly status: number;
  /** Of the answer as it travelled; 0 likewise. */
  readonly bytes: number;
}

export interface Addresses {
  readonly server: string;
  readonly relay: string | null;
}

/** Files of the SDK, and what it asks servers for. */
const ours = /\/(?:tacit|index|stub|worker|tokens|debug)[\w.-]*\.js$|\/v1\/[\w/-]+$/;

/** Newest first; what two logs have, once. */
export function requestsIn(
  logs: readonly MadeRequests[],
  { server, relay }: Addresses,
): readonly ShownRequest[] {
  const shown = new Map<string, ShownRequest>();
  for (const { originMs, entries } of logs) {
    for (const entry of entries) {
      const { name = "", startTime = 0, duration = 0, responseStatus = 0, encodedBodySize = 0 } = entry;
      const url = addressOf(name);
      if (url === null || !ours.test(url.pathname)) continue;
      const atMs = originMs + startTime;
      shown.set(`${name} ${Math.round(atMs)}`, {
        atMs,
        tookMs: duration,
        whom: whomIn(name, { server, relay }) ?? url.host,
        // Parts are named by a digest: its beginning tells them apart.
        path: url.pathname.replace(/([0-9a-f]{8})[0-9a-f]{24,}/g, "$1\u2026"),
        status: responseStatus,
        bytes: encodedBodySize,
      });
    }
  }
  return [...shown.values()].sort((a, b) => b.atMs - a.atMs);
}

function whomIn(url: string, { server, relay }: Addresses): string | null {
  if (relay !== null && url.startsWith(`${relay}/`)) return "relay";
  return url.startsWith(`${server}/`) ? "server" : null;
}

function addressOf(name: string): URL | null {
  try {
    return new URL(name);
  } catch {
    return null;
  }
}
