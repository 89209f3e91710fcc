/**
 * A browser engine as the field tests handle it: few words, the same for Chromium, Firefox and WebKit.
 *
 * What an engine cannot do has a reason, which the case that needs it is named with instead of being left out.
 */

export const engineNames = ["chromium", "firefox", "webkit"] as const;
export type EngineName = (typeof engineNames)[number];

/** What not every engine can do here. */
export type Ability =
  /** A quota of bytes for an origin. */
  | "quota"
  /** The process that renders a page ended from outside. */
  | "crash"
  /** Windows that a script opens with nobody acting. */
  | "unaskedWindow"
  /** Global Privacy Control. */
  | "privacyControl";

export interface SessionOptions {
  /** Pages left are kept to come back to; true unless given. */
  readonly pageCache?: boolean;
  /** A name that is this machine, as an office's name server has it; not a secure context. */
  readonly host?: { readonly name: string; readonly port: number };
  /** The person's browser sends Global Privacy Control. */
  readonly privacyControl?: boolean;
}

export interface Engine {
  readonly name: EngineName;
  /** A person of their own: nothing stored, no tab open. */
  open(options?: SessionOptions): Promise<Session>;
  /** Ends everything the engine started. */
  stop(): Promise<void>;
}

export interface Session {
  tab(): Promise<Tab>;
  close(): Promise<void>;
}

/** What a page's function gets and gives crosses as JSON. */
export type PageFunction<A, T> = (argument: A) => T | Promise<T>;

export interface Tab {
  /** Resolves when the document has loaded. */
  goto(url: string): Promise<void>;
  /**
   * Runs a function in the page and waits for what it gives; it sees nothing of this file.
   *
   * @throws {Error} with the page's own words; when the page has gone away meanwhile.
   */
  run<T>(work: PageFunction<undefined, T>): Promise<T>;
  run<A, T>(work: PageFunction<A, T>, argument: A): Promise<T>;
  /** A person's click, in the middle of the element. */
  click(selector: string): Promise<void>;
  /** A person's key: one letter, or `Escape`. */
  press(key: string): Promise<void>;
  back(): Promise<void>;
  /** As a person closes it: the page hears `pagehide`. */
  close(): Promise<void>;
  /** Ends the process that renders the page, without a word to it. */
  crash(): Promise<void>;
  /** From now on the page's origin may store so many bytes; as many as ever when null. */
  limitStorage(bytes: number | null): Promise<void>;
}

/** One expression that runs the function, over whatever takes an expression. */
export function expressionOf(work: (argument: never) => unknown, argument: unknown): string {
  // Compilers of TypeScript name functions by a helper that the page does not have.
  const named = "const __name = (value) => value;";
  const given = argument === undefined ? "" : JSON.stringify(argument);
  return `(async () => { ${named} return await (${work})(${given}); })()`;
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
