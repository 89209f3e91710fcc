/** A SDK whose answers a test gives, and whose news it tells. */
import type { ListRequest, Recommendation, Tacit } from "../../../sdk/index.ts";

export interface Fake {
  readonly tacit: Tacit;
  /** What was asked, in order. */
  readonly asked: ListRequest[];
  /** Answers the oldest question that was not answered yet. */
  readonly answer: (...items: readonly string[]) => Promise<void>;
  readonly tell: (name: "ready" | "change" | "edition" | "consent") => void;
  readonly listeners: () => number;
  readonly inits: unknown[];
}

export function recommendation(item: string): Recommendation {
  return {
    item,
    title: item,
    categories: [],
    score: 1,
    reasons: [],
    from: "history",
  } as unknown as Recommendation;
}

export function fake(): Fake {
  const asked: ListRequest[] = [];
  const open: ((items: readonly Recommendation[]) => void)[] = [];
  const listeners = new Set<readonly [string, () => void]>();
  const inits: unknown[] = [];
  let personalise = true;
  const list = (request: ListRequest) =>
    new Promise<readonly Recommendation[]>((resolve) => {
      asked.push(request);
      open.push(resolve);
    });
  const some = {
    init: (config: unknown) => void inits.push(config),
    recommend: (options = {}) => list({ list: "recommend", ...options }),
    trending: (options = {}) => list({ list: "trending", ...options }),
    similar: (item: string, options = {}) => list({ list: "similar", item, ...options }),
    goesWith: (items: readonly string[], options = {}) => list({ list: "goesWith", items, ...options }),
    search: (text: string, options = {}) => list({ list: "search", text, ...options }),
    lists: async (requests: Readonly<Record<string, ListRequest>>) => {
      const all = Object.entries(requests).map(
        async ([name, request]) => [name, await list(request)] as const,
      );
      return Object.fromEntries(await Promise.all(all));
    },
    panel: async () => ({ interests: [] }),
    consent: (change?: { readonly personalise?: boolean }) => {
      if (change?.personalise !== undefined) {
        personalise = change.personalise;
        tell("consent");
      }
      return { personalise, contribute: false, because: { personalise: "default", contribute: "default" } };
    },
    on: (name: string, run: () => void) => {
      const listener = [name, run] as const;
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const tell = (name: string): void => {
    for (const [heard, run] of [...listeners]) if (heard === name) run();
  };
  return {
    // As much of it as bindings use.
    tacit: some as unknown as Tacit,
    asked,
    answer: async (...items) => {
      open.shift()?.(items.map(recommendation));
      await new Promise((resolve) => setTimeout(resolve));
    },
    tell,
    listeners: () => listeners.size,
    inits,
  };
}

/** Lets what waits for a moment of quiet happen. */
export function quiet(ms = 80): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
