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
  return { url, key };
}

/** The leader's identity as a helper's settings name it. @throws {OperatorError} saying how to get it. */
export function pinnedLeader({ leader }: Pick<Config, "leader">): string {
  if (leader.key === undefined) throw missing("helper", "leader.key", "the leader's identity");
  return leader.key;
}

/** The leader that a relay stands in front of. @throws {OperatorError} when the settings name none. */
export function gatewayOf({ relay }: Pick<Config, "relay">): URL {
  if (relay.gateway === undefined) throw missing("relay", "relay.gateway", "the address of the leader");
  return new URL(relay.gateway);
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
