/**
 * The edition, and on a first visit its head, asked for while ranking.js is on its way, where the page has
 * not: not every browser lets a page hand an answer on. The same is asked by everybody; the answers are
 * bounded, read and judged by what ranks (rank/download.ts), as if it had asked itself.
 */
import type { Prefetch, Prefetched, PrefetchPath } from "../api.ts";
import type { Edges, Fetch } from "../edges.ts";

export interface EarlyOptions {
  readonly edges: Pick<Edges, "fetch">;
  /** Where the model comes from: the relay, else the server. No slash at its end. */
  readonly from: string;
  /** What the page has asked for already; null: nothing. */
  readonly prefetch: Prefetch | null;
}

export interface Early {
  readonly ask: (path: PrefetchPath) => void;
  /** The page's answer, once; null where there is none. */
  readonly prefetch: Prefetch;
  /** As the edge's: what was asked for early, once, for its first asker. */
  readonly fetch: Fetch;
}

interface Own {
  readonly controller: AbortController;
  readonly response: Promise<Response>;
}

export function askEarly({ edges, from, prefetch }: EarlyOptions): Early {
  const pages = new Map<PrefetchPath, Promise<Prefetched | null>>();
  const own = new Map<string, Own>();
  const fromPage = async (path: PrefetchPath): Promise<Prefetched | null> => (await prefetch?.(path)) ?? null;
  const askOurselves = (url: string): void => {
    const controller = new AbortController();
    const init = { cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer" } as const;
    const response = edges.fetch(url, { ...init, signal: controller.signal });
    response.catch(() => undefined); // Whoever takes it gets the failure.
    own.set(url, { controller, response });
  };
  return {
    ask: (path) => {
      const answered = fromPage(path).catch(() => null);
      pages.set(
        path,
        answered.then((answer) => {
          if (answer === null) askOurselves(from + path);
          return answer;
        }),
      );
    },
    prefetch: (path) => {
      const answered = pages.get(path) ?? fromPage(path);
      pages.delete(path);
      return answered;
    },
    fetch: (url, init) => {
      const begun = own.get(url);
      own.delete(url);
      if (begun === undefined) return edges.fetch(url, init);
      const { signal } = init;
      const abort = (): void => begun.controller.abort(signal?.reason);
      if (signal?.aborted === true) abort();
      signal?.addEventListener("abort", abort);
      return begun.response;
    },
  };
}
