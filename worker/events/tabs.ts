/** The other tabs of the site: they share the database, so what changes in one is said to all. */

import type { Choices } from "../../core/consent.ts";
import { channelOf } from "../../core/events/channel.ts";

export type TabMessage =
  /**
   * Events were appended. Without saying which, the journal is another now: what was read of it is to be read
   * again.
   */
  | { readonly type: "events"; readonly ids?: readonly string[] }
  /** The journal was erased alone. */
  | { readonly type: "journal-erased" }
  /** Something moved to another device or came from one: what was read of anything is to be read again. */
  | { readonly type: "moved" }
  /** Everything of before that time was erased but what is kept; a tab of an earlier version does not say when. */
  | { readonly type: "all-erased"; readonly atMs?: number }
  /**
   * The person chose; a tab of an earlier version does not say what. A tab that cannot read what another wrote,
   * because one of them has no storage, hears it all the same.
   */
  | { readonly type: "chosen"; readonly choices?: Choices };

export interface Tabs {
  post(message: TabMessage): void;
  close(): void;
}

const alone: Tabs = { post: () => undefined, close: () => undefined };

/**
 * Joins the tabs that use the same database. Where a browser has no BroadcastChannel, or denies it, tabs find
 * out later.
 */
export function joinTabs(database: string, onMessage: (message: TabMessage) => void): Tabs {
  try {
    const channel = new BroadcastChannel(channelOf(database));
    // Only this origin's own code can post here, and it posts only through `post`.
    channel.onmessage = ({ data }: MessageEvent<TabMessage>) => onMessage(data);
    return { post: (message) => quietly(() => channel.postMessage(message)), close: () => channel.close() };
  } catch {
    return alone;
  }
}

/** A channel may be closed behind its back; the others then find out later. */
function quietly(post: () => void): void {
  try {
    post();
  } catch {
    // As without a channel.
  }
}
