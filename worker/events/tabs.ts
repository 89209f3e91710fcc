/** The other tabs of the site: they share the database, so what changes in one is said to all. */
import type { Remains } from "../api.ts";

export type TabMessage =
  | { readonly type: "events" }
  /** The journal was erased alone. */
  | { readonly type: "journal-erased" }
  /** Everything was erased; what was answered and spent must stay so in every tab. */
  | { readonly type: "all-erased"; readonly remains: Remains };

export interface Tabs {
  post(message: TabMessage): void;
  close(): void;
}

/**
 * Joins the tabs that use the same database. A browser without BroadcastChannel has tabs that find out later.
 */
export function joinTabs(database: string, onMessage: (message: TabMessage) => void): Tabs {
  if (typeof BroadcastChannel === "undefined") return { post: () => undefined, close: () => undefined };
  const channel = new BroadcastChannel(`tacit:${database}`);
  // Only this origin's own code can post here, and it posts only through `post`.
  channel.onmessage = ({ data }: MessageEvent<TabMessage>) => onMessage(data);
  return { post: (message) => channel.postMessage(message), close: () => channel.close() };
}
