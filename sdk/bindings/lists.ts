/** Live answers of one page, shared: two components that ask the same are answered once. */
import type { ListRequest, Panel, Recommendation } from "../../worker/api.ts";
import { decide } from "../decide.ts";
import type { ConsentState, Tacit } from "../types.ts";
import { type Live, live } from "./live.ts";

/** Lists by names of the page's own, none of which repeats an item of another. */
export type Requests<Name extends string = string> = Readonly<Record<Name, ListRequest>>;
export type Lists<Name extends string = string> = Readonly<Record<Name, readonly Recommendation[]>>;

/** Of how many questions it is known that they are one. */
const mostKept = 100;

const known = new WeakMap<Tacit, Map<string, Live<unknown>>>();

function shared<T>(tacit: Tacit, key: string, make: () => Live<T>): Live<T> {
  const all = known.get(tacit) ?? new Map<string, Live<unknown>>();
  known.set(tacit, all);
  // A key says what is asked, and so what kind of answer it has.
  const found = (all.get(key) as Live<T> | undefined) ?? make();
  all.delete(key);
  all.set(key, found);
  for (const oldest of [...all.keys()].slice(0, Math.max(0, all.size - mostKept))) all.delete(oldest);
  return found;
}

/** Says what a request asks, however its object was made; the order of its fields does not matter. */
export function keyOf(request: unknown): string {
  return JSON.stringify(request, (_, value: unknown) => {
    if (value instanceof Set) return [...value];
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** The one list that is asked for. */
export function liveList(tacit: Tacit, request: ListRequest): Live<readonly Recommendation[]> {
  return shared(tacit, `list ${keyOf(request)}`, () => live(tacit, (asked) => listOf(asked, request)));
}

export function liveLists<Name extends string>(tacit: Tacit, requests: Requests<Name>): Live<Lists<Name>> {
  // Those named first choose first: here the order matters.
  const key = Object.entries(requests).map(([name, request]) => `${JSON.stringify(name)} ${keyOf(request)}`);
  return shared(tacit, `lists ${key.join(" ")}`, () => live(tacit, (asked) => asked.lists(requests)));
}

/** What this device holds about the person; null where it cannot be had. */
export function livePanel(tacit: Tacit): Live<Panel | null> {
  return shared(tacit, "panel", () => live(tacit, (asked) => asked.panel()));
}

/** What holds where nobody has spoken: what a server draws, and so what hydration has to find. */
export const consentUnspoken: ConsentState = decide({ person: {}, privacyControl: false, site: {} });

/** The permissions, as they are at every moment. */
export function liveConsent(tacit: Tacit): Live<ConsentState> {
  return shared(tacit, "consent", () => {
    let state: ConsentState | null = null;
    const answer = live(tacit, async (asked) => asked.consent());
    return {
      // It is known at once; the same object until it is another state, as frameworks want.
      read: () => {
        const now = tacit.consent();
        if (state === null || keyOf(now) !== keyOf(state)) state = now;
        return state;
      },
      subscribe: answer.subscribe,
    };
  });
}

function listOf(tacit: Tacit, request: ListRequest): Promise<readonly Recommendation[]> {
  switch (request.list) {
    case "recommend": {
      const { list: _, ...options } = request;
      return tacit.recommend(options);
    }
    case "trending": {
      const { list: _, ...options } = request;
      return tacit.trending(options);
    }
    case "similar": {
      const { list: _, item, ...options } = request;
      return tacit.similar(item, options);
    }
    case "goesWith": {
      const { list: _, items, ...options } = request;
      return tacit.goesWith(items, options);
    }
    case "search": {
      const { list: _, text, ...options } = request;
      return tacit.search(text, options);
    }
  }
}
