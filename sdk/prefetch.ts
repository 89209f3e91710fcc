/**
 * Asks for the edition, and on a first visit for its head, while the worker's file is still on its way: the
 * first shelf waits for all three. The page hands the answers on unread; the worker bounds, reads and judges
 * them as if it had asked itself.
 */
import type { PrefetchPath } from "../worker/api.ts";
import type { Page } from "./page.ts";

export interface PrefetchFrom {
  /** Where the model comes from: the relay, else the server. No slash at its end. */
  readonly from: string;
  /** Whether there is a database: a visit without one is the first. */
  readonly hasDatabase: Promise<boolean | null>;
}

/** Gives what was answered away, once; null where nothing was. */
export type Asked = (path: PrefetchPath) => Promise<Response | null>;

/** Asks at once. */
export function prefetch(page: Pick<Page, "ask">, { from, hasDatabase }: PrefetchFrom): Asked {
  const asked = new Map<PrefetchPath, Promise<Response | null>>();
  const ask = (path: PrefetchPath): void => {
    try {
      const response = page.ask(from + path);
      if (response !== null)
        asked.set(
          path,
          response.catch(() => null),
        );
    } catch {
      // A site's own `fetch` may throw: the worker asks.
    }
  };
  ask("/v1/edition");
  const headIsAsked = hasDatabase
    .then((has) => {
      if (has === false) ask("/v1/head");
    })
    .catch(() => undefined);
  return async (path) => {
    if (path === "/v1/head") await headIsAsked;
    const answer = asked.get(path);
    asked.delete(path);
    const response = await answer;
    return response?.body ? response : null;
  };
}
