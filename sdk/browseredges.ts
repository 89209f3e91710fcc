/** The real browser, as far as the rest of the SDK (rest/) needs it and the loader does not (browser.ts). */
import { type DeviceClass, deviceClassOf, type Pointer } from "../core/profile/device.ts";
import { hitBy } from "./capture/marks.ts";
import { capture } from "./capture.ts";
import type { Edges } from "./edges.ts";
import { emptyDatabase } from "./emptydatabase.ts";
import { workerWays } from "./ways.ts";

/** @param startWorker how the loader starts a worker at an address */
export function browserEdges(startWorker: Parameters<typeof workerWays>[2]): Edges {
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
    automated: navigator.webdriver === true,
    device: deviceInHand(),
    path: () => location.pathname,
    workerWays: (url, first) => workerWays(url, first, startWorker),
    async isHeld(lock) {
      const { held } = (await navigator.locks?.query()) ?? {};
      return held?.some(({ name }) => name === lock) ?? null;
    },
    emptyDatabase,
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
    mayCompute: () => document.visibilityState === "visible" && !asksToBeSpared(),
    onIntent(run) {
      const onTurn = (event: Event): void => {
        const { mark } = hitBy(event);
        if (mark !== null) run(mark.item);
      };
      for (const kind of ["pointerover", "focusin", "touchstart"]) {
        addEventListener(kind, onTurn, { capture: true, passive: true });
      }
    },
    whenIdle(afterMs, run) {
      setTimeout(() => {
        // Safari has no requestIdleCallback: https://bugs.webkit.org/show_bug.cgi?id=164193
        if (typeof requestIdleCallback === "function") requestIdleCallback(run, { timeout: 2000 });
        else run();
      }, afterMs);
    },
    overlay: (url) => import(/* @vite-ignore */ url),
    capture: (track, behaviour, stamp) => capture({ track, behaviour, stamp, listenAgain }),
  };
}

/** What Chromium says and others do not: https://wicg.github.io/savedata/, https://w3c.github.io/battery/ */
export interface SparingNavigator extends Navigator {
  readonly connection?: { readonly saveData?: boolean };
  getBattery?(): Promise<Battery>;
}
interface Battery {
  readonly charging: boolean;
  /** 0..1 */
  readonly level: number;
}
const lowBattery = 0.2;

/**
 * Null where the browser does not say; it is asked when that is first of use, and never waited for: until
 * then it may be low.
 */
let battery: Battery | "asked" | null | undefined;

export function asksToBeSpared(browser: SparingNavigator = navigator): boolean {
  if (battery === undefined) {
    battery = browser.getBattery === undefined ? null : "asked";
    browser.getBattery?.().then(
      (said) => {
        battery = said;
      },
      () => {
        battery = null;
      },
    );
  }
  const isLow = battery === "asked" || (battery !== null && !battery.charging && battery.level <= lowBattery);
  return browser.connection?.saveData === true || isLow;
}

function deviceInHand(): DeviceClass | null {
  // What stands for a browser in tests has no media.
  const is = (pointer: Pointer) => globalThis.matchMedia?.(`(pointer:${pointer})`).matches;
  const pointer = is("fine") ? "fine" : is("coarse") ? "coarse" : "none";
  return deviceClassOf(pointer, Math.min(screen.width, screen.height));
}
