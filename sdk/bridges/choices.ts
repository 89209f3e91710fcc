/**
 * The choice that a person made in the site's consent tool, told to the SDK as theirs.
 *
 * A tool tells its state on every page, also when nobody touched it. A person who chose otherwise in Tacit's own
 * panel since would be overruled by each page, so a state is told once: when it is another than the one told last,
 * which is kept beside the person's permissions. While the tool has not been answered nothing is told, and what the
 * site configured holds: `consent: { personalise: false }` where a permission must come first.
 */
import type { ConsentFlags } from "../../worker/api.ts";
import type { Tacit } from "../types.ts";

/** As far as bridges use the SDK. */
export type Permitting = Pick<Tacit, "consent">;

/** Where the state told last is kept; a browser that denies it has each page tell it. */
export interface Memory {
  readonly read: (key: string) => string | null;
  readonly write: (key: string, text: string) => void;
}

/** Tells the choices of one tool. */
export class ToolsChoices {
  readonly #tacit: Permitting;
  readonly #memory: Memory;
  readonly #key: string;

  constructor(tacit: Permitting, tool: string, memory: Memory = siteMemory) {
    this.#tacit = tacit;
    this.#memory = memory;
    this.#key = `tacit.tool.${tool}`;
  }

  /** What the person chose in the tool; nothing for what it does not ask about. */
  tell(choices: Partial<ConsentFlags>): void {
    const state = JSON.stringify([choices.personalise ?? null, choices.contribute ?? null]);
    if (this.#memory.read(this.#key) === state) return;
    this.#memory.write(this.#key, state);
    this.#tacit.consent(choices);
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
      // The next page tells it again.
    }
  },
};
