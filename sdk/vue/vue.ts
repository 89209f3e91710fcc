/**
 * Tacit in Vue 3: `import { useRecommendations } from "tacit-sdk/vue"`.
 *
 * Lists follow what the person does by themselves, and what they are asked with: options may be refs or getters.
 * On a server, and until the first answer, they are what the page gave as `initial`, else empty.
 */
import {
  type App,
  getCurrentInstance,
  getCurrentScope,
  type InjectionKey,
  inject,
  type MaybeRefOrGetter,
  onMounted,
  onScopeDispose,
  type ShallowRef,
  shallowRef,
  toValue,
  watch,
} from "vue";
import type {
  ForYouOptions,
  ListOptions,
  ListRequest,
  Panel,
  Recommendation,
  TrendingOptions,
} from "../../worker/api.ts";
import {
  consentUnspoken,
  keyOf,
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

const key: InjectionKey<Tacit> = Symbol("tacit");

export interface TacitPluginOptions {
  /** Starts the SDK. Left out where the page starts it otherwise. */
  readonly config?: TacitConfig;
  /** Another than that of `tacit-sdk`, such as `window.tacit` of the script tag. */
  readonly tacit?: Tacit;
}

/**
 * @example
 * createApp(Shop).use(tacitPlugin, { config: { server: "https://shop.example/tacit" } }).mount("#app");
 */
export const tacitPlugin: { readonly install: (app: App, options?: TacitPluginOptions) => void } = {
  install(app, { config, tacit = entrys } = {}) {
    app.provide(key, tacit);
    if (config !== undefined) startOnce(tacit, config);
  },
};

export function useTacit(): Tacit {
  return inject(key, entrys);
}

/** A list, and whether it was answered. */
export interface List {
  readonly items: Readonly<ShallowRef<readonly Recommendation[]>>;
  /** `waiting` until the first answer, on a server always. */
  readonly state: Readonly<ShallowRef<"waiting" | "known">>;
}

export interface Initial {
  /** What is there before the first answer, and where that is empty: the list that the server drew. */
  readonly initial?: readonly Recommendation[] | undefined;
}

/** Any list: `useList(() => ({ list: "similar", item: props.item, count: 4 }))`. */
export function useList(request: MaybeRefOrGetter<ListRequest>, { initial = [] }: Initial = {}): List {
  const tacit = useTacit();
  const items = shallowRef(initial);
  const state = shallowRef<"waiting" | "known">("waiting");
  follow(
    () => keyOf(toValue(request)),
    () => liveList(tacit, toValue(request)),
    (answer) => {
      items.value = answer?.length ? answer : initial;
      state.value = answer === null ? "waiting" : "known";
    },
  );
  return { items, state };
}

/**
 * What this person may like.
 *
 * @example
 * const { items } = useRecommendations({ count: 6 });
 */
export function useRecommendations(options: MaybeRefOrGetter<ForYouOptions> = {}, given?: Initial): List {
  return useList(() => ({ list: "recommend", ...toValue(options) }), given);
}

/** What is like an item. */
export function useSimilar(
  item: MaybeRefOrGetter<string>,
  options: MaybeRefOrGetter<ListOptions> = {},
  given?: Initial,
): List {
  return useList(() => ({ list: "similar", item: toValue(item), ...toValue(options) }), given);
}

/** What goes well with some items, as with what is in a basket. */
export function useGoesWith(
  items: MaybeRefOrGetter<readonly string[]>,
  options: MaybeRefOrGetter<ListOptions> = {},
  given?: Initial,
): List {
  return useList(() => ({ list: "goesWith", items: toValue(items), ...toValue(options) }), given);
}

/** What the crowd wants. */
export function useTrending(options: MaybeRefOrGetter<TrendingOptions> = {}, given?: Initial): List {
  return useList(() => ({ list: "trending", ...toValue(options) }), given);
}

/** Several lists of one page, none of which repeats an item of another; null until they are answered. */
export function useLists<Name extends string>(
  requests: MaybeRefOrGetter<Requests<Name>>,
): Readonly<ShallowRef<Lists<Name> | null>> {
  const tacit = useTacit();
  const lists = shallowRef<Lists<Name> | null>(null);
  follow(
    () => JSON.stringify(Object.entries(toValue(requests)).map(([name, one]) => [name, keyOf(one)])),
    () => liveLists(tacit, toValue(requests)),
    (answer) => {
      lists.value = answer;
    },
  );
  return lists;
}

/** What this device holds about the person; null until it is known. */
export function usePanel(): Readonly<ShallowRef<Panel | null>> {
  const tacit = useTacit();
  return followed<Panel | null>(() => livePanel(tacit), null);
}

/**
 * The permissions; `tacit.consent(change)` changes them, only where the person acted. On a server, and until
 * a component is mounted, those that hold where nobody has chosen: hydration finds what the server drew.
 */
export function useConsent(): Readonly<ShallowRef<ConsentState>> {
  const tacit = useTacit();
  return followed(() => liveConsent(tacit), consentUnspoken);
}

function followed<T>(answer: () => Live<T>, before: T): ShallowRef<T> {
  const value = shallowRef(before) as ShallowRef<T>;
  follow(
    () => "",
    answer,
    (now) => {
      if (now !== null) value.value = now;
    },
  );
  return value;
}

/** Follows an answer from when the component is there until it goes, and another one when the question changes. */
function follow<T>(question: () => string, answer: () => Live<T>, tell: (now: T | null) => void): void {
  let leave = (): void => undefined;
  const begin = (): void => {
    leave();
    const { read, subscribe } = answer();
    tell(read());
    leave = subscribe(() => tell(read()));
  };
  const start = (): void => void watch(question, begin, { immediate: true });
  // A component is not mounted on a server; what is no component lives where it is called.
  if (getCurrentInstance() !== null) onMounted(start);
  else if (typeof document !== "undefined") start();
  if (getCurrentScope() !== undefined) onScopeDispose(() => leave());
}
