/** The public surface of the SDK: what `window.tacit` and `import { tacit } from "tacit"` offer. */
import type { EventKind } from "../core/event.ts";
import type {
  ConsentFlags,
  Explanation,
  ForYouOptions,
  ListOptions,
  Panel,
  Recommendation,
  SentReport,
  TacitExport,
} from "../worker/api.ts";

export interface TacitConfig {
  /** Origin (and path prefix) of the Tacit server. The script tag defaults to its own origin. */
  readonly server?: string;
  /** URL of `worker.js`, same origin as the page. Defaults to the file beside the script. */
  readonly worker?: string;
  /**
   * What holds until the person decides. `personalise` is true and `contribute` false unless told:
   * nothing leaves a device by default. Global Privacy Control turns `contribute` off whatever stands here.
   */
  readonly consent?: Partial<ConsentFlags>;
  /** IndexedDB name; `tacit` unless told. */
  readonly database?: string;
  /** Told about everything that went wrong; the page never sees an exception otherwise. */
  readonly onError?: (error: Error) => void;
}

/** Who decided a permission: the person's own choice wins over all. */
export type ConsentSource = "person" | "gpc" | "site" | "default";

export interface ConsentState extends ConsentFlags {
  readonly because: { readonly personalise: ConsentSource; readonly contribute: ConsentSource };
}

export interface TrackProperties {
  readonly item?: string;
  readonly amount?: number;
  readonly query?: string;
}

export interface TacitEventMap {
  /** The first bundle is loaded: recommendations are possible. */
  ready: undefined;
  /** The journal changed, here or in another tab. */
  change: undefined;
  bundle: { readonly id: string; readonly round: number };
  report: SentReport;
  consent: ConsentState;
  error: Error;
}

export interface Tacit {
  init(config?: TacitConfig): void;
  /** Records what the person did. Never throws, never waits. */
  track(kind: EventKind, properties?: TrackProperties): void;
  /** The best items for this person; the most wanted or newest ones while nothing is known. Empty on failure. */
  recommend(options?: ForYouOptions): Promise<readonly Recommendation[]>;
  similar(item: string, options?: ListOptions): Promise<readonly Recommendation[]>;
  trending(options?: ListOptions): Promise<readonly Recommendation[]>;
  /** Null when the item is unknown or nothing can be said. */
  explain(item: string): Promise<Explanation | null>;
  /** Reads the permissions, or sets them as the person's own choice. */
  consent(change?: Partial<ConsentFlags>): ConsentState;
  /** Both permissions off, and everything on this device erased. */
  optOut(): Promise<void>;
  optIn(): void;
  panel(): Promise<Panel | null>;
  reportBytes(id: string): Promise<Uint8Array | null>;
  exportData(): Promise<TacitExport | null>;
  erase(): Promise<void>;
  /** Listens; returns the function that stops listening. */
  on<Name extends keyof TacitEventMap>(
    name: Name,
    listener: (detail: TacitEventMap[Name]) => void,
  ): () => void;
  readonly version: string;
}
