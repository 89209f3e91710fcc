/**
 * Tacit in React, 18 or later: `import { useRecommendations } from "tacit-sdk/react"`.
 *
 * Lists follow what the person does by themselves. On a server, and until the first answer, they are what the page
 * gave as `initial`, else empty and `state: "waiting"`: hydration finds what the server drew.
 */
import {
  type Context,
  createContext,
  createElement,
  type ReactElement,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useSyncExternalStore,
} from "react";
import type {
  ConsentFlags,
  ForYouOptions,
  ListOptions,
  ListRequest,
  Panel,
  Recommendation,
  TrendingOptions,
} from "../../worker/api.ts";
import {
  consentUnspoken,
  type Lists,
  liveConsent,
  liveList,
  liveLists,
  livePanel,
  type Requests,
} from "../bindings/lists.ts";
import type { Live } from "../bindings/live.ts";
import { startOnce } from "../bindings/start.ts";
import { tacit as entrys } from "../index.ts";
import type { ConsentState, Tacit, TacitConfig } from "../types.ts";

export type { Lists, Requests } from "../bindings/lists.ts";

/** The SDK that components below use; that of `tacit-sdk` without a provider. */
export const TacitContext: Context<Tacit> = createContext(entrys);

export interface TacitProviderProps {
  /** Starts the SDK, once a page however often it is drawn. Left out where the page starts it otherwise. */
  readonly config?: TacitConfig;
  /** Another than that of `tacit-sdk`, such as `window.tacit` of the script tag. */
  readonly tacit?: Tacit;
  readonly children?: ReactNode;
}

/**
 * @example
 * <TacitProvider config={{ server: "https://shop.example/tacit" }}><App /></TacitProvider>
 */
export function TacitProvider({ config, tacit = entrys, children }: TacitProviderProps): ReactElement {
  useEffect(() => {
    if (config !== undefined) startOnce(tacit, config);
  }, [tacit, config]);
  return createElement(TacitContext.Provider, { value: tacit }, children);
}

export function useTacit(): Tacit {
  return useContext(TacitContext);
}

/** A list, and whether it was answered. */
export interface List {
  readonly items: readonly Recommendation[];
  /** `waiting` until the first answer, on a server always; what is in `items` then is the page's own. */
  readonly state: "waiting" | "known";
}

export interface Initial {
  /** What is there before the first answer, and where that is empty: the list that the server drew. */
  readonly initial?: readonly Recommendation[] | undefined;
}

/** Any list: `useList({ list: "similar", item, count: 4 })`. */
export function useList(request: ListRequest, { initial = none }: Initial = {}): List {
  const answer = useLive(liveList(useTacit(), request));
  return { items: answer?.length ? answer : initial, state: answer === null ? "waiting" : "known" };
}

/**
 * What this person may like.
 *
 * @example
 * const { items } = useRecommendations({ count: 6 });
 */
export function useRecommendations({ initial, ...options }: ForYouOptions & Initial = {}): List {
  return useList({ list: "recommend", ...options }, { initial });
}

/** What is like an item. */
export function useSimilar(item: string, { initial, ...options }: ListOptions & Initial = {}): List {
  return useList({ list: "similar", item, ...options }, { initial });
}

/** What goes well with some items, as with what is in a basket. */
export function useGoesWith(
  items: readonly string[],
  { initial, ...options }: ListOptions & Initial = {},
): List {
  return useList({ list: "goesWith", items, ...options }, { initial });
}

/** What the crowd wants. */
export function useTrending({ initial, ...options }: TrendingOptions & Initial = {}): List {
  return useList({ list: "trending", ...options }, { initial });
}

/** Several lists of one page, none of which repeats an item of another; null until they are answered. */
export function useLists<Name extends string>(requests: Requests<Name>): Lists<Name> | null {
  return useLive(liveLists(useTacit(), requests));
}

/** What this device holds about the person; null until it is known. */
export function usePanel(): Panel | null {
  return useLive(livePanel(useTacit()));
}

/**
 * The permissions, and what changes them: only where the person acted. On a server, and while a page is
 * hydrated, those that hold where nobody has chosen.
 *
 * @example const [consent, choose] = useConsent(); <input type="checkbox" checked={consent.contribute}
 * onChange={(event) => choose({ contribute: event.target.checked })} />
 */
export function useConsent(): readonly [ConsentState, (change: Partial<ConsentFlags>) => void] {
  const tacit = useTacit();
  const choose = useCallback((change: Partial<ConsentFlags>) => void tacit.consent(change), [tacit]);
  return [useLive(liveConsent(tacit)) ?? consentUnspoken, choose];
}

const none: readonly Recommendation[] = [];

/** Null on a server, and while a page is hydrated: what is known here the server did not know. */
function useLive<T>({ subscribe, read }: Live<T>): T | null {
  return useSyncExternalStore(subscribe, read, () => null);
}
