/**
 * The real page, as far as the loader needs it. With browseredges.ts, which has the rest's part, and the files
 * they name, the only one of the SDK that touches window, document and navigator.
 */
import { startEarlyClicks } from "./loader/earlyclicks.ts";
import { localStore, type Page } from "./page.ts";

/** Signals and states that TypeScript's DOM library does not know yet. */
interface NewerNavigator extends Navigator {
  /** https://w3c.github.io/gpc/ */
  readonly globalPrivacyControl?: boolean;
}
interface NewerDocument extends Document {
  /** https://wicg.github.io/nav-speculation/prerendering.html */
  readonly prerendering?: boolean;
}

/** Trusted Types (https://w3c.github.io/trusted-types/), which TypeScript's DOM library does not know yet. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { readonly createScriptURL: (url: string) => string },
  ): { createScriptURL(url: string): string };
}
declare const trustedTypes: TrustedTypes | undefined;

/**
 * The page this script runs in, or null where there is none: on a server or in a worker. `Module` is what the
 * file of the rest exports.
 */
export function browserPage<Module>(): Page<Module> | null {
  // A worker has a window's names, and no document.
  if (typeof document === "undefined") return null;
  const signals: NewerNavigator = navigator;
  const lifecycle: NewerDocument = document;
  return {
    address: document.baseURI,
    store: localStore(() => window.localStorage),
    privacyControl: signals.globalPrivacyControl === true,
    isDebugged: /[?&]tacit-debug\b/.test(location.href),
    startWorker: (url) => new Worker(trusted(url), { type: "module", name: "tacit" }),
    // With the nonce of this script, where it has one: https://html.spec.whatwg.org/#hostloadimportedmodule
    loadRest: (url) => import(/* @vite-ignore */ url),
    ask: (url) =>
      handsOnStreams()
        ? fetch(url, { credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store" })
        : null,
    async hasDatabase(name) {
      // In a frame without an origin Chromium also leaves a rejection that nobody can catch.
      if (globalThis.origin === "null") return null;
      try {
        const late = new Promise<never>((_, reject) => setTimeout(reject, 2_000));
        const all = await Promise.race([indexedDB.databases(), late]);
        return all.some((database) => database.name === name);
      } catch {
        return null;
      }
    },
    deleteDatabase: (name) =>
      new Promise((done) => {
        const asked = indexedDB.deleteDatabase(name);
        asked.onsuccess = asked.onerror = asked.onblocked = done;
      }),
    onShown(run) {
      if (lifecycle.prerendering) document.addEventListener("prerenderingchange", run, { once: true });
      else run();
    },
    clicks: startEarlyClicks,
  };
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

/** Addresses of this SDK's own making: a site allows them with `trusted-types tacit`. */
let policy: { createScriptURL(url: string): string } | undefined;

function trusted(url: string): string {
  if (typeof trustedTypes === "undefined") return url;
  policy ??= trustedTypes.createPolicy("tacit", { createScriptURL: (own) => own });
  return policy.createScriptURL(url);
}
