/**
 * The real page: the only file of the SDK, with those it names here, that touches window, document and
 * navigator.
 */
import { type DeviceClass, deviceClassOf, type Pointer } from "../core/profile/device.ts";
import { capture } from "./capture.ts";
import { emptyDatabase } from "./emptydatabase.ts";
import { localStore, type Page } from "./page.ts";
import { workerWays } from "./ways.ts";
import { within } from "./within.ts";

/** Signals and states that TypeScript's DOM library does not know yet. */
interface NewerNavigator extends Navigator {
  /** https://w3c.github.io/gpc/ */
  readonly globalPrivacyControl?: boolean;
}
interface NewerDocument extends Document {
  /** https://wicg.github.io/nav-speculation/prerendering.html */
  readonly prerendering?: boolean;
}

/** The page this script runs in, or null where there is none: on a server or in a worker. */
export function browserPage(): Page | null {
  if (typeof window === "undefined" || typeof document === "undefined") return null;
  const signals: NewerNavigator = navigator;
  const lifecycle: NewerDocument = document;
  const listeners: [kind: string, run: (event: Event) => void][] = [];
  /** Again and again: a document that is written anew has lost all listeners. */
  const listenAgain = (): void => {
    for (const [kind, run] of listeners) addEventListener(kind, run);
  };
  const listen = (...listener: (typeof listeners)[number]): void => {
    listeners.push(listener);
    listenAgain();
  };
  return {
    address: document.baseURI,
    store: localStore(() => window.localStorage),
    privacyControl: signals.globalPrivacyControl === true,
    automated: navigator.webdriver === true,
    device: deviceInHand(),
    workerWays,
    async isHeld(lock) {
      const { held } = (await navigator.locks?.query()) ?? {};
      return held?.some(({ name }) => name === lock) ?? null;
    },
    ask: (url) =>
      handsOnStreams()
        ? fetch(url, { credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store" })
        : null,
    async hasDatabase(name) {
      // In a frame without an origin Chromium also leaves a rejection that nobody can catch.
      if (globalThis.origin === "null") return null;
      try {
        const all = within(indexedDB.databases(), 2_000, new Error());
        return (await all).some((database) => database.name === name);
      } catch {
        return null;
      }
    },
    emptyDatabase,
    onShown(run) {
      if (lifecycle.prerendering) document.addEventListener("prerenderingchange", run, { once: true });
      else run();
    },
    onHidden(run) {
      // Not `unload`: it is unreliable on phones and keeps the page out of the back/forward cache.
      listen("pagehide", run);
      // It bubbles up from the document.
      listen("visibilitychange", () => {
        if (document.visibilityState === "hidden") run();
      });
    },
    onLeft(run) {
      listen("pagehide", run);
    },
    onBack(run) {
      listen("pageshow", (event) => {
        if ((event as PageTransitionEvent).persisted) run();
      });
    },
    onStoreChange(run) {
      listen("storage", (event) => {
        const { key, newValue } = event as StorageEvent;
        run(key, newValue);
      });
    },
    whenIdle(afterMs, run) {
      setTimeout(() => {
        // Safari has no requestIdleCallback: https://bugs.webkit.org/show_bug.cgi?id=164193
        if (typeof requestIdleCallback === "function") requestIdleCallback(run, { timeout: 2000 });
        else run();
      }, afterMs);
    },
    overlay: /[?&]tacit-debug\b/.test(location.href) ? (url) => import(/* @vite-ignore */ url) : null,
    capture: (track, journal) => capture(track, journal, listenAgain),
  };
}

function deviceInHand(): DeviceClass | null {
  // What stands for a browser in tests has no media.
  const is = (pointer: Pointer) => globalThis.matchMedia?.(`(pointer:${pointer})`).matches;
  const pointer = is("fine") ? "fine" : is("coarse") ? "coarse" : "none";
  return deviceClassOf(pointer, Math.min(screen.width, screen.height));
}

/** Not every browser transfers streams: https://caniuse.com/mdn-api_readablestream_transferable */
function handsOnStreams(): boolean {
  try {
    const stream = new ReadableStream();
    structuredClone(stream, { transfer: [stream] });
    return true;
  } catch {
    return false;
  }
}
