/** What the rest of the SDK (rest/) wants from the browser, beyond what the loader has of it (page.ts). */
import type { DeviceClass } from "../core/profile/device.ts";
import type { KeptErased } from "../worker/api.ts";
import type { TrackCaptured } from "./capture/clicking.ts";
import type { Capture } from "./capture.ts";
import type { Behaviour } from "./defaults.ts";
import type { OverlayModule } from "./notes.ts";
import type { WorkerPort } from "./page.ts";

/** A way to run the worker's code: the first that the page allows is taken. */
export interface WorkerWay {
  readonly name: string;
  /** @throws {Error} when the browser refuses; some only tell the port, by an error event. */
  start(): WorkerPort | Promise<WorkerPort>;
}

export interface Edges {
  /** The browser says that a program drives it (WebDriver, https://w3c.github.io/webdriver/#interface). */
  readonly automated: boolean;
  /** Null where it is not known. */
  readonly device: DeviceClass | null;
  /** Of the page, from its "/": where it is now. */
  path(): string;
  /** How the worker at this address may be run, best first; `first` starts one in the best way. */
  workerWays(url: string, first: () => WorkerPort): readonly WorkerWay[];
  /**
   * Whether anybody of this origin holds a lock of that name (Web Locks); null where the browser does not
   * say.
   */
  isHeld(lock: string): Promise<boolean | null>;
  /**
   * Empties an IndexedDB database without the worker's help; nothing where there is none.
   *
   * @param known what the database is to know afterwards (emptydatabase.ts)
   * @throws {Error} when the browser does not do so now
   */
  emptyDatabase(name: string, known: KeptErased): Promise<void>;
  /** Calls whenever the page may be about to end: hidden or left. */
  onHidden(run: () => void): void;
  /** Calls when the page is left; it may come back from the back/forward cache. */
  onLeft(run: () => void): void;
  /** Calls when the page has come back from there. */
  onBack(run: () => void): void;
  /**
   * Calls when another tab wrote to the store.
   *
   * @param run told the key, null for all, and what another page wrote there.
   */
  onStoreChange(run: (key: string | null, text: string | null) => void): void;
  /** Whether the page is visible, and nothing asks to be spared: Save-Data, or a battery that is low. */
  mayCompute(): boolean;
  /** Calls when a person turns to a marked element: a pointer enters it, it is touched, or has the focus. */
  onIntent(run: (item: string) => void): void;
  /** Calls when the browser has nothing better to do, `afterMs` from now at the earliest. */
  whenIdle(afterMs: number, run: () => void): void;
  /** Loads the file of the overlay. */
  overlay(url: string): Promise<OverlayModule>;
  /** Watches what is seen and clicked of the elements that carry data attributes. */
  capture(track: TrackCaptured, behaviour: Behaviour, stamp: () => string): Capture;
}
