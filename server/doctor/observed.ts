/** What a visit to a page saw, as plain data: findings.ts says what it means. */

/** A file or an answer that the page or its worker asked for. */
export interface Request {
  readonly url: string;
  /** Null where no answer came. */
  readonly status: number | null;
  /** The browser's reason where none came, as `net::ERR_BLOCKED_BY_CLIENT`; "" otherwise. */
  readonly failure: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A script element that may be Tacit's. */
export interface ScriptTag {
  /** Absolute; "" for one with its code inline. */
  readonly src: string;
  readonly integrity: string;
  readonly crossOrigin: string | null;
  /** Whether it has `data-tacit-server` or another attribute of ours. */
  readonly isOurs: boolean;
}

/** What the SDK of the page says of itself. */
export interface SdkObserved {
  readonly version: string;
  /** When the first items of the catalogue were there, milliseconds after the page began; null: never. */
  readonly readyMs: number | null;
  /** What it told `onError`, each once. */
  readonly errors: readonly string[];
  readonly consent: {
    readonly personalise: boolean;
    readonly contribute: boolean;
    readonly because: string;
  } | null;
  /** Where events are kept; null where the panel did not come. */
  readonly storage: string | null;
  /** Who sums: two parties, one, or none. */
  readonly parties: "two" | "one" | "none" | null;
  readonly items: number | null;
  readonly isWhole: boolean | null;
  /** What `recommend({ count: 6 })` gave, and how long it took. */
  readonly shelf: { readonly items: number; readonly ms: number };
}

export interface MarksObserved {
  readonly elements: number;
  readonly lists: number;
  /** Distinct ids, those of `unknown` among them. */
  readonly items: number;
  /** Ids of elements that the catalogue does not have; a sample where there are many. */
  readonly unknown: readonly string[];
}

export interface Observed {
  readonly url: string;
  /** Of the page itself; null where it did not come. */
  readonly status: number | null;
  readonly failure: string;
  readonly isSecure: boolean;
  readonly scripts: readonly ScriptTag[];
  readonly requests: readonly Request[];
  /** What the page's policy refused: the directive, and what it refused. */
  readonly violations: readonly { readonly directive: string; readonly blocked: string }[];
  /** Errors on the console, and of scripts. */
  readonly console: readonly string[];
  /** `stub` where only the stub ever came. */
  readonly found: "sdk" | "stub" | "nothing";
  readonly sdk: SdkObserved | null;
  readonly marks: MarksObserved;
}
