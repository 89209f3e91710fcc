/**
 * Whom a process pins, and what a site pins of it: public addresses, identities, the attributes of the script
 * tag.
 */
import type { Config } from "../base/config.ts";
import { OperatorError } from "../base/operatorerror.ts";

/** Where browsers and the other party reach this server. */
export function publicUrlOf({ publicUrl, port }: Pick<Config, "publicUrl" | "port">): string {
  return publicUrl ?? `http://localhost:${port}`;
}

export interface PinnedHelper {
  readonly url: string;
  /** Ed25519 public key in hex. */
  readonly key: string;
}

/** The helper as a leader's settings name it. @throws {OperatorError} saying how to get what is missing. */
export function pinnedHelper({ helper }: Pick<Config, "helper">): PinnedHelper {
  const { url, key } = helper;
  if (url === undefined) throw missing("leader", "helper.url", "the address of the helper");
  if (key === undefined) throw missing("leader", "helper.key", "the helper's identity");
  requireReal("helper.key", key);
  return { url, key };
}

/** The leader's identity as a helper's settings name it. @throws {OperatorError} saying how to get it. */
export function pinnedLeader({ leader }: Pick<Config, "leader">): string {
  if (leader.key === undefined) throw missing("helper", "leader.key", "the leader's identity");
  requireReal("leader.key", leader.key);
  return leader.key;
}

/** The leader that a relay stands in front of. @throws {OperatorError} when the settings name none. */
export function gatewayOf({ relay }: Pick<Config, "relay">): URL {
  if (relay.gateway === undefined) throw missing("relay", "relay.gateway", "the address of the leader");
  return new URL(relay.gateway);
}

/** Fewer different bytes than this no key has that was drawn: one in 10^25 has. */
const leastDifferentBytes = 12;

/** @throws {OperatorError} for what stands in examples where a key belongs: whoever pins it trusts nobody, or all. */
function requireReal(setting: string, key: string): void {
  const different = new Set(key.match(/../g)).size;
  if (different >= leastDifferentBytes) return;
  const whose = setting.split(".")[0];
  throw new OperatorError(
    `config: ${setting} must be the ${whose}'s own key, got a placeholder: its operator reads it off "tacit keys show --role ${whose}"`,
  );
}

function missing(role: string, setting: string, what: string): OperatorError {
  const how = setting.endsWith(".key")
    ? `: its operator reads it off "tacit keys show --role ${setting.split(".")[0]}", and hands it over by another way than this network`
    : "";
  return new OperatorError(`config: role ${role} needs ${setting}, ${what}${how}`);
}

export interface TagPins {
  readonly server: string;
  /** The leader's identity. */
  readonly siteKey: string;
  readonly helper: string;
  /** The helper's identity. */
  readonly helperKey: string;
  readonly relay: string | null;
}

/** Where the helper answers: its own address, or this one where it runs in the same process. */
export function helperAddressOf(config: Pick<Config, "role" | "helper" | "publicUrl" | "port">): string {
  return config.role === "all" ? publicUrlOf(config) : (config.helper.url ?? "");
}

/** The script tag's attributes as a leader knows them all. */
export function leaderPins(
  config: Pick<Config, "role" | "helper" | "relay" | "publicUrl" | "port">,
  identities: { readonly leader: string; readonly helper: string },
): readonly string[] {
  return tagAttributes({
    server: publicUrlOf(config),
    siteKey: identities.leader,
    helper: new URL(helperAddressOf(config)).origin,
    helperKey: identities.helper,
    relay: config.relay.url ?? null,
  });
}

/** Those that a helper knows. */
export function helperPins(config: Pick<Config, "publicUrl" | "port">, key: string): readonly string[] {
  const { origin } = new URL(publicUrlOf(config));
  return [`data-tacit-helper="${origin}"`, `data-tacit-helper-key="${key}"`];
}

/** The one that a relay knows. */
export function relayPins(config: Pick<Config, "publicUrl" | "port">): readonly string[] {
  return [`data-tacit-relay="${publicUrlOf(config)}"`];
}

/** The attributes by which a site's pages pin both parties. */
export function tagAttributes({ server, siteKey, helper, helperKey, relay }: TagPins): readonly string[] {
  return [
    `data-tacit-server="${server}"`,
    `data-tacit-site-key="${siteKey}"`,
    `data-tacit-helper="${helper}"`,
    `data-tacit-helper-key="${helperKey}"`,
    ...(relay === null ? [] : [`data-tacit-relay="${relay}"`]),
  ];
}
