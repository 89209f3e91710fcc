/**
 * The two permissions and who decided them: person > Global Privacy Control > site > default.
 *
 * Only the person's own choices are stored, so a site that changes its default does not overrule anybody and
 * a browser that starts to send the signal is heard at once. The signal speaks about what leaves the device:
 * it decides `contribute` and leaves `personalise`, which stays here, to the site and the person.
 */
import type { ConsentFlags } from "../worker/api.ts";
import type { TextStore } from "./page.ts";
import type { ConsentSource, ConsentState } from "./types.ts";

const key = "tacit.consent";
const defaults: ConsentFlags = { personalise: true, contribute: false };

type Choices = Partial<ConsentFlags>;

/** What holds, given everyone's word. */
export function decide({
  person,
  privacyControl,
  site,
}: {
  readonly person: Choices;
  readonly privacyControl: boolean;
  readonly site: Choices;
}): ConsentState {
  const word = (permission: keyof ConsentFlags): readonly [boolean, ConsentSource] => {
    const own = person[permission];
    if (own !== undefined) return [own, "person"];
    if (privacyControl && permission === "contribute") return [false, "gpc"];
    const sites = site[permission];
    return sites === undefined ? [defaults[permission], "default"] : [sites, "site"];
  };
  const [personalise, personaliseBecause] = word("personalise");
  const [contribute, contributeBecause] = word("contribute");
  return {
    personalise,
    contribute,
    because: { personalise: personaliseBecause, contribute: contributeBecause },
  };
}

/** The person's choices in the store, over what the site and the browser say. */
export class Consent {
  readonly #store: TextStore;
  readonly #privacyControl: boolean;
  #site: Choices = {};

  constructor({ store, privacyControl }: { readonly store: TextStore; readonly privacyControl: boolean }) {
    this.#store = store;
    this.#privacyControl = privacyControl;
  }

  /** What holds now, whichever tab decided it. */
  state(): ConsentState {
    const person = pickChoices(this.#stored());
    return decide({ person, privacyControl: this.#privacyControl, site: this.#site });
  }

  /** What holds where the person has not chosen. */
  siteSays(choices: Choices): void {
    this.#site = choices;
  }

  /** Records the person's choice; what it does not name stays as it was chosen. */
  choose(choices: Choices): ConsentState {
    this.#store.write(key, JSON.stringify({ ...pickChoices(this.#stored()), ...choices }));
    return this.state();
  }

  #stored(): unknown {
    try {
      return JSON.parse(this.#store.read(key) ?? "{}");
    } catch {
      // Something else wrote this key: nobody has chosen.
      return {};
    }
  }
}

/**
 * Checks permissions that come from a page.
 *
 * @throws {TypeError} `who: …` naming the permission, what was expected and what came.
 */
export function parseChoices(who: string, value: unknown): Choices {
  if (typeof value !== "object" || value === null) {
    throw new TypeError(`${who}: consent must be an object, got ${typeof value}`);
  }
  for (const [name, flag] of Object.entries(value)) {
    if (!(name in defaults)) {
      throw new TypeError(`${who}: consent must name personalise or contribute, got ${name}`);
    }
    if (flag !== undefined && typeof flag !== "boolean") {
      throw new TypeError(`${who}: ${name} must be true or false, got ${typeof flag}`);
    }
  }
  return pickChoices(value);
}

function pickChoices(value: unknown): Choices {
  if (typeof value !== "object" || value === null) return {};
  const { personalise, contribute } = value as Record<string, unknown>;
  return {
    ...(typeof personalise === "boolean" ? { personalise } : {}),
    ...(typeof contribute === "boolean" ? { contribute } : {}),
  };
}
