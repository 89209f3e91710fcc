/**
 * How the script tag becomes `window.tacit`: its attributes are the configuration, calls made before are
 * answered.
 *
 * `window.tacitConfig`, a `TacitConfig`, goes before the attributes. Included twice, the first one stays.
 */
import { isStub, replay } from "./early.ts";
import { Loader, type LoaderOptions } from "./loader/loader.ts";
import { share } from "./shared.ts";
import { makeEarly, surfaceOf } from "./surface.ts";
import type { Tacit, TacitConfig } from "./types.ts";

/** The globals the tag reads and writes. */
export interface Host {
  tacit?: unknown;
  readonly tacitConfig?: TacitConfig;
}

/** The script element, as far as the tag reads it. */
export interface TagScript {
  readonly src: string;
  readonly dataset: Readonly<Record<string, string | undefined>>;
}

/** Puts the SDK into the host, once. */
export function install({
  host,
  script,
  page,
}: {
  readonly host: Host;
  readonly script: TagScript | null;
  readonly page: NonNullable<LoaderOptions["page"]>;
}): void {
  const before = host.tacit;
  if (isTacit(before)) return;
  const from = script?.src || page.address;
  const loader = new Loader({ page, files: (name) => new URL(name, from).href });
  const tacit = surfaceOf(loader);
  host.tacit = tacit;
  tacit.init({
    server: new URL(from).origin,
    ...configFromAttributes(script?.dataset ?? {}),
    ...host.tacitConfig,
  });
  if (isStub(before)) replay(before, (call) => makeEarly(loader, call));
  share(tacit);
}

/**
 * The configuration in the attributes of the script element. One that means nothing is a key that is refused:
 * a relay that is mistyped is not done without in silence.
 */
export function configFromAttributes(data: TagScript["dataset"]): TacitConfig {
  const said = Object.fromEntries(
    Object.entries(data)
      .filter(([name]) => /^tacit[A-Z]/.test(name))
      .map(([name, value]) => [name.charAt(5).toLowerCase() + name.slice(6), value]),
  );
  const { siteKey, helper, helperKey, consent, ...others } = said;
  return {
    ...others,
    ...(consent !== undefined && { consent: consentFromWords(consent) }),
    // Any of the three makes pins, so that one that was forgotten is missed.
    ...((siteKey ?? helper ?? helperKey) !== undefined && {
      pins: { siteKey: siteKey ?? "", helper: helper ?? "", helperKey: helperKey ?? "" },
    }),
  };
}

/**
 * `"personalise contribute"`: what is named holds, what is not named does not; other words are refused later.
 */
function consentFromWords(words: string): NonNullable<TacitConfig["consent"]> {
  const named = words.split(/[\s,]+/).filter((word) => word !== "");
  return { personalise: false, contribute: false, ...Object.fromEntries(named.map((word) => [word, true])) };
}

/** An element whose id is `tacit` is a global of that name, too. */
function isTacit(value: unknown): value is Tacit {
  return Object(value).version && Object(value).track;
}
