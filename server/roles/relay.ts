/** A process of role relay. It keeps nothing: no store, no key, no directory. */
import type { Config } from "../base/config.ts";
import { type Log, silent } from "../base/log.ts";
import { gatewayOf } from "./pins.ts";

export interface RelayParts {
  readonly config: Config;
  /** Where the leader answers. */
  readonly gateway: URL;
  readonly nowMs: () => number;
  readonly log: Log;
}

/** @throws {OperatorError} when no leader is named. */
export function openRelayParts(config: Config, log: Log = silent): RelayParts {
  return { config, gateway: gatewayOf(config), nowMs: Date.now, log };
}
