/**
 * The choice that a person made in the site's consent tool, told to the SDK as theirs.
 *
 * A tool states its choices on every page, also when nobody touched it, and some state a yes that nobody gave. So:
 *
 * - Each permission is told once: when the tool states another than it did last, which is kept beside the person's
 *   permissions. Who chose otherwise in Tacit's own panel since is not overruled by the next page.
 * - A no is told at once. A yes waits until it is known what the person chose before, and where nothing is
 * known of what
 *   the tool stated last it does not overrule a no.
 * - No yes of a tool overrules Global Privacy Control: that takes an explicit choice, in a panel or by a
 * site's own switch.
 *
 * While the tool was not answered nothing is told, and what the site configured holds: `consent: {
 * personalise: false }` where a permission must come first. While the SDK has not come, or is its stub, what
 * the tool stated waits.
 */
import type { ConsentFlags } from "../../worker/api.ts";
import { sharedEvent, sharedSdk } from "../shared.ts";
import type { Tacit } from "../types.ts";

/** As far as bridges use the SDK. */
export type Permitting = Pick<Tacit, "consent" | "steer">;

type Permission = keyof ConsentFlags;

const permissions: readonly Permission[] = ["personalise", "contribute"];

/** Where it is kept what a tool stated last. */
export interface Memory {
  readonly read: (key: string) => string | null;
  readonly write: (key: string, text: string) => void;
}

/** Tells the choices of one tool. */
export class ToolsChoices {
  readonly #given: Partial<Permitting>;
  readonly #memory: Memory;
  readonly #key: string;
  /** What the tool states now. */
  #stated: Partial<ConsentFlags> = {};
  /** What it states otherwise than before on this very page: somebody touched it. */
  readonly #touched = new Set<Permission>();
  #isStopped = false;

  /** @param tacit the stub too, which has no `consent`: then that of the page once it has come. */
  constructor(tacit: Partial<Permitting>, tool: string, memory: Memory = siteMemory) {
    this.#given = tacit;
    this.#memory = memory;
    this.#key = `tacit.tool.${tool}`;
  }

  /** What the person chose in the tool; what it does not name stays as it was stated. */
  tell(choices: Partial<ConsentFlags>): void {
    for (const name of permissions) {
      const [before, now] = [this.#stated[name], choices[name]];
      if (before !== undefined && now !== undefined && now !== before) this.#touched.add(name);
    }
    this.#stated = { ...this.#stated, ...choices };
    const sdk = this.#sdk();
    if (sdk === null) globalThis.addEventListener?.(sharedEvent, this.#come);
    else this.#tellTo(sdk);
  }

  stop(): void {
    this.#isStopped = true;
    globalThis.removeEventListener?.(sharedEvent, this.#come);
  }

  readonly #come = (): void => {
    const sdk = this.#sdk();
    if (sdk === null) return;
    globalThis.removeEventListener?.(sharedEvent, this.#come);
    this.#tellTo(sdk);
  };

  #sdk(): Permitting | null {
    const { consent, steer } = this.#given;
    return consent !== undefined && steer !== undefined ? { consent, steer } : sharedSdk();
  }

  #tellTo(sdk: Permitting): void {
    const news = this.#news();
    const no = news.filter((name) => this.#stated[name] === false);
    if (no.length > 0) sdk.consent(Object.fromEntries(no.map((name) => [name, false])));
    this.#note(no);
    if (no.length < news.length) void this.#tellYes(sdk);
  }

  async #tellYes(sdk: Permitting): Promise<void> {
    // Answered once the worker has said what the person chose before; nothing is asked of the shelf.
    await sdk.steer([]);
    if (this.#isStopped) return;
    const before = this.#last();
    const yes = this.#news().filter((name) => this.#stated[name] === true);
    const { because, ...now } = sdk.consent();
    const given = yes.filter((name) => {
      const isOverruling = before[name] === undefined && because[name] === "person" && !now[name];
      return because[name] !== "gpc" && !isOverruling;
    });
    if (given.length > 0) sdk.consent(Object.fromEntries(given.map((name) => [name, true])));
    this.#note(yes);
  }

  /** Of what it states what was not told. */
  #news(): readonly Permission[] {
    const before = this.#last();
    return permissions.filter((name) => {
      const stated = this.#stated[name];
      return stated !== undefined && (stated !== before[name] || this.#touched.has(name));
    });
  }

  /** What the tool stated last, as far as it is known. */
  #last(): Partial<Record<Permission, boolean>> {
    try {
      const value: unknown = JSON.parse(this.#memory.read(this.#key) ?? "{}");
      return typeof value === "object" && value !== null ? value : {};
    } catch {
      return {};
    }
  }

  #note(told: readonly Permission[]): void {
    if (told.length === 0) return;
    for (const name of told) this.#touched.delete(name);
    const stated = Object.fromEntries(told.map((name) => [name, this.#stated[name]]));
    this.#memory.write(this.#key, JSON.stringify({ ...this.#last(), ...stated }));
  }
}

const siteMemory: Memory = {
  read(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },
  write(key, text) {
    try {
      localStorage.setItem(key, text);
    } catch {
      // A browser that denies it: the next page knows nothing of it, and is careful.
    }
  },
};
