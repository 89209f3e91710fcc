/**
 * How the script tag becomes `window.tacit`: its attributes are the configuration, calls made before are
 * answered.
 *
 * `window.tacitConfig`, a `TacitConfig`, goes before the attributes. Included twice, the first one stays.
 */
import { given } from "../core/given.ts";
import type { Pins } from "../worker/api.ts";
import { Client } from "./client.ts";
import { isStub, replay } from "./early.ts";
import type { Page } from "./page.ts";
import { share } from "./shared.ts";
import { surfaceOf } from "./surface.ts";
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
  readonly page: Page;
}): void {
  const before = host.tacit;
  if (isTacit(before)) return;
  const from = script?.src || page.address;
  const client = new Client({ page, files: (name) => new URL(name, from).href });
  const tacit = surfaceOf(client);
  host.tacit = tacit;
  client.init({
    server: new URL(from).origin,
    ...configFromAttributes(script?.dataset ?? {}),
    ...host.tacitConfig,
  });
  if (isStub(before)) replay(before, (call) => client.early(call));
  share(tacit);
}

/** The configuration in the attributes of the script element. */
export function configFromAttributes(data: TagScript["dataset"]): TacitConfig {
  const { tacitServer, tacitWorker, tacitDatabase, tacitConsent, tacitRelay, tacitAutomation } = data;
  return given({
    ...strayIn(data),
    server: tacitServer,
    worker: tacitWorker,
    // Checked with the rest of the configuration (config.ts).
    automation: tacitAutomation as "count" | undefined,
    database: tacitDatabase,
    consent: tacitConsent === undefined ? undefined : consentFromWords(tacitConsent),
    pins: pinsFromAttributes(data),
    relay: tacitRelay,
  });
}

/**
 * Attributes that mean nothing, as keys that are refused: a relay that is mistyped is not done without in
 * silence.
 */
function strayIn(data: TagScript["dataset"]): object {
  const stray = Object.entries(data).filter(
    ([name]) => /^tacit[A-Z]/.test(name) && !attributes.includes(name),
  );
  return Object.fromEntries(
    stray.map(([name, value]) => [name.charAt(5).toLowerCase() + name.slice(6), value]),
  );
}

const attributes = "Server Worker Database Consent Relay Automation SiteKey Helper HelperKey"
  .split(" ")
  .map((name) => `tacit${name}`);

/** Any of the three makes pins, so that one that was forgotten is missed. */
function pinsFromAttributes(data: TagScript["dataset"]): Pins | undefined {
  const { tacitSiteKey: siteKey, tacitHelper: helper, tacitHelperKey: helperKey } = data;
  if ((siteKey ?? helper ?? helperKey) === undefined) return undefined;
  return { siteKey: siteKey ?? "", helper: helper ?? "", helperKey: helperKey ?? "" };
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
  return typeof value === "object" && value !== null && "version" in value && "track" in value;
}
