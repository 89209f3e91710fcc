/** What a visitor does and what a page can tell of it, through the SDK's public surface alone. */
import type { Tacit } from "../../sdk/index.ts";
import { sleep, type Tab } from "./engines/engine.ts";

declare global {
  interface Window {
    /** What the console was told, and what nobody caught (witness.js). */
    said: string[];
    /** Every worker of the page (workers.js). */
    workers: Worker[];
    /** To what was asked (beginAsking). */
    answers: Promise<Readonly<Record<string, Asked>>>;
  }
}

/** Items of the demo's catalogue. */
export const mug = "20725";
export const bag = "20728";
export const tin = "22383";

const loadsWithinMs = 20_000;

/** Asks the page until it says yes; a page on its way says nothing. */
export async function until(tab: Tab, what: string, holds: () => Promise<boolean>, limitMs = loadsWithinMs) {
  let last = "no";
  for (const end = Date.now() + limitMs; Date.now() < end; await sleep(25)) {
    try {
      if (await holds()) return;
    } catch (error) {
      last = String(error).split("\n")[0];
    }
  }
  const at = await tab.run(() => location.href).catch(() => "nowhere");
  throw new Error(`${at}: expected ${what} within ${limitMs} ms, got ${last}`);
}

/** The script has taken over from the stub. */
export async function loaded(tab: Tab): Promise<void> {
  await until(tab, "the SDK", () => tab.run(() => "version" in (window.tacit ?? {})));
}

/** The script is there and ranks. */
export async function ready(tab: Tab): Promise<void> {
  await loaded(tab);
  await until(tab, "a list", () =>
    tab.run(async () => {
      const never = new Promise<readonly unknown[]>((resolve) => setTimeout(resolve, 5_000, []));
      return (await Promise.race([window.tacit?.recommend({ count: 1 }) ?? [], never])).length > 0;
    }),
  );
}

export async function visit(tab: Tab, url: string): Promise<void> {
  await tab.goto(url);
  await ready(tab);
}

/** Leaves the page by what the function does, and waits for the page it leads to. */
export async function leave(tab: Tab, path: string, by: () => Promise<void>): Promise<void> {
  await tab.run(() => {
    Reflect.set(window, "isBefore", true);
  });
  await by();
  await until(tab, `to come to ${path}`, () =>
    tab.run((wanted) => location.pathname === wanted && !("isBefore" in window), path),
  );
}

export async function track(tab: Tab, item: string, kind = "view"): Promise<void> {
  await tab.run(({ kind, item }) => window.tacit?.track(kind as "view", { item }), { kind, item });
}

export interface Recorded {
  readonly kind: string;
  readonly item?: string;
  readonly amount?: number;
}

/** Newest first; null without a panel. */
export function journal(tab: Tab): Promise<readonly Recorded[] | null> {
  return tab.run(async () => {
    const never = new Promise<null>((resolve) => setTimeout(resolve, 12_000, null));
    const panel = await Promise.race([window.tacit?.panel(), never]);
    if (!panel) return null;
    return panel.events.map(({ kind, item, amount }) => ({
      kind,
      ...(item === undefined ? {} : { item }),
      ...(amount === undefined ? {} : { amount }),
    }));
  });
}

/** The journal once it holds as many events of the kind, or what it holds after a while. */
export async function journalOf(tab: Tab, kind: string, count: number): Promise<readonly Recorded[]> {
  const of = async () => ((await journal(tab)) ?? []).filter((event) => event.kind === kind);
  for (const end = Date.now() + 10_000; Date.now() < end; await sleep(100)) {
    const found = await of();
    if (found.length >= count) return found;
  }
  return of();
}

export interface Asked {
  readonly settled: boolean;
  readonly tookMs: number;
  readonly value?: unknown;
}

export type Question = Exclude<keyof Tacit, "version" | "on" | "init" | "consent" | "track" | "optIn">;

/** Asks all at once; what has not settled by the limit never does, for this test. */
export async function ask(
  tab: Tab,
  questions: readonly (readonly [name: Question, ...given: readonly unknown[]])[],
  limitMs: number,
): Promise<Readonly<Record<string, Asked>>> {
  await beginAsking(tab, questions, limitMs);
  return answersTo(tab);
}

/** Asks, and leaves the answers in the page: several pages can be waiting at once. */
export function beginAsking(
  tab: Tab,
  questions: readonly (readonly [name: Question, ...given: readonly unknown[]])[],
  limitMs: number,
): Promise<void> {
  return tab.run(
    ({ questions, limitMs }) => {
      const begun = performance.now();
      const answers = questions.map(async ({ name, given }) => {
        const never = new Promise((resolve) => setTimeout(resolve, limitMs));
        const asked = Promise.resolve(
          Reflect.apply(Reflect.get(window.tacit ?? {}, name), window.tacit, given),
        );
        const value = await Promise.race([asked, never]);
        const tookMs = Math.round(performance.now() - begun);
        return [
          name,
          tookMs >= limitMs ? { settled: false, tookMs } : { settled: true, tookMs, value },
        ] as const;
      });
      window.answers = Promise.all(answers).then(Object.fromEntries);
    },
    { questions: questions.map(([name, ...given]) => ({ name, given })), limitMs },
  );
}

export function answersTo(tab: Tab): Promise<Readonly<Record<string, Asked>>> {
  return tab.run(() => window.answers);
}

/** Names of those that have not settled. */
export function pending(answers: Readonly<Record<string, Asked>>): readonly string[] {
  return Object.entries(answers).flatMap(([name, { settled }]) => (settled ? [] : [name]));
}

export interface Shelf {
  readonly items: number;
  /** How many of them are there because of an event of the person's. */
  readonly follow: number;
  readonly storage: string;
}

/** A list for the person, and where the panel says that the journal lives. */
export function shelf(tab: Tab, limitMs = 20_000): Promise<Shelf> {
  return tab.run(async (limitMs) => {
    const asked = async (): Promise<Shelf> => {
      const list = (await window.tacit?.recommend({ count: 6 })) ?? [];
      const follow = list.filter(({ reasons }) => reasons.some(({ why }) => why === "event")).length;
      return { items: list.length, follow, storage: (await window.tacit?.panel())?.storage ?? "no panel" };
    };
    const none: Shelf = { items: 0, follow: 0, storage: "no answer" };
    return Promise.race([asked(), new Promise<Shelf>((resolve) => setTimeout(resolve, limitMs, none))]);
  }, limitMs);
}

export function said(tab: Tab): Promise<readonly string[]> {
  return tab.run(() => window.said);
}

/** Whatever the browser stores for the page that holds the text, and where. */
export function traces(tab: Tab, text: string): Promise<readonly string[]> {
  return tab.run(async (text) => {
    const found: string[] = [];
    for (const [key, value] of Object.entries(localStorage)) if (`${value}`.includes(text)) found.push(key);
    for (const { name = "" } of await indexedDB.databases()) {
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const open = indexedDB.open(name);
        open.onsuccess = () => resolve(open.result);
        open.onerror = () => reject(open.error);
        open.onblocked = () => reject(new Error("blocked"));
      });
      for (const store of ["events", "writeahead"].filter((one) => database.objectStoreNames.contains(one))) {
        const all = database.transaction(store).objectStore(store).getAll();
        await new Promise((resolve) => {
          all.onsuccess = resolve;
        });
        if (JSON.stringify(all.result).includes(text)) found.push(`${name}/${store}`);
      }
      database.close();
    }
    return found;
  }, text);
}
