/** The request below Hono's, which @hono/node-server hands over as a binding. */
import type { IncomingMessage } from "node:http";

/** Null for a call within the process. */
export function incomingOf(env: unknown): IncomingMessage | null {
  if (typeof env !== "object" || env === null || !("incoming" in env)) return null;
  const { incoming } = env;
  return isIncoming(incoming) ? incoming : null;
}

function isIncoming(value: unknown): value is IncomingMessage {
  return typeof value === "object" && value !== null && "socket" in value;
}
