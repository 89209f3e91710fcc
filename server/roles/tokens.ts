/**
 * Where tokens come from in a process: its own issuer, or one run by somebody else, whose directory is kept
 * on disk so that reports are taken in while it is not reached.
 */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { toHex } from "../../core/bytes.ts";
import { messageOf } from "../../core/errors.ts";
import { dayMs } from "../../core/time.ts";
import type { KeyList } from "../../core/wire/keylist.ts";
import { directoryPath, type IssuerDirectory, parseIssuerDirectory } from "../../core/wire/tokens.ts";
import type { Config } from "../base/config.ts";
import type { Log } from "../base/log.ts";
import { OperatorError } from "../base/operatorerror.ts";
import { readState, writeState } from "../base/statefile.ts";
import { longestTaskDays } from "../base/tasklives.ts";
import { tokensPath } from "../http/issuer.ts";
import { RemoteKeys } from "../tokens/directory.ts";
import { AddressGate } from "../tokens/gate.ts";
import { Issuer } from "../tokens/issuer.ts";
import { IssuerKeys } from "../tokens/keys.ts";
import type { TokenCheck } from "../tokens/tokencheck.ts";
import { tokenCheck } from "../tokens/verify.ts";
import { publicUrlOf } from "./pins.ts";

const refreshMs = 60_000;
const directoryLimitMs = 10_000;

export interface Tokens {
  readonly check: TokenCheck;
  /** Hex id of the key that a new task names. @throws {OperatorError} when the issuer was never reached. */
  readonly preferred: () => string;
  /** What the key list says of the issuer; null in a process that issues none. */
  readonly inKeyList: () => KeyList["issuer"];
  readonly issuer: Issuer | null;
  readonly close: () => void;
}

export interface TokensOptions {
  readonly config: Config;
  readonly nowMs: () => number;
  readonly log: Log;
}

/**
 * Null where the settings name no issuer.
 *
 * @throws {OperatorError} for a key file that is not what it should be.
 */
export async function openTokens(options: TokensOptions): Promise<Tokens | null> {
  const { tokens, helper, role } = options.config;
  if (tokens.issue) return ownIssuer(options);
  const url = tokens.issuer ?? (role === "leader" ? helper.url : undefined);
  if (url !== undefined && (tokens.required || tokens.issuer !== undefined))
    return remoteIssuer(options, url);
  if (!tokens.required) return null;
  throw new OperatorError(
    'config: tokens.required needs an issuer: set "tokens.issue" here, or "tokens.issuer" to where tokens are issued',
  );
}

async function ownIssuer({ config, nowMs, log }: TokensOptions): Promise<Tokens> {
  const { keys: rotation, tokens, data } = config;
  const keys = await IssuerKeys.open({
    path: join(data, "issuer-keys.json"),
    rotateMs: rotation.rotateDays * dayMs,
    overlapMs: rotation.overlapDays * dayMs,
    nowMs,
  });
  const gate = new AddressGate({ tokensPerDay: tokens.perDay, share: tokens.share, nowMs });
  const { origin, host, pathname } = new URL(publicUrlOf(config));
  let current = await keys.current();
  const timer = refreshing(log, async () => {
    current = await keys.current();
  });
  return {
    check: tokenCheck({ issuerName: host, keyOf: (id) => keys.keyOf(id), nowMs }),
    preferred: () => current[0].id,
    inKeyList: () => ({ url: origin, keys: current.map(({ bytes }) => toHex(bytes)) }),
    // The directory is at the root of the origin (RFC 8615); what it names is where this server's routes are.
    issuer: new Issuer({ keys, gate, requestUri: pathname.replace(/\/+$/, "") + tokensPath }),
    close: () => clearInterval(timer),
  };
}

async function remoteIssuer({ config, nowMs, log }: TokensOptions, url: string): Promise<Tokens> {
  const { origin, host } = new URL(url);
  const kept = join(config.data, "issuer-directory.json");
  const keys = new RemoteKeys({
    fetchDirectory: () => directoryAt(`${origin}${directoryPath}`, { kept, log }),
    nowMs,
    onTrouble: (message) => log("issuer-not-reached", { message }, "warn"),
  });
  const lifeMs = longestTaskDays(config) * dayMs;
  let preferred = await keys.preferred(lifeMs);
  const timer = refreshing(log, async () => {
    preferred = await keys.preferred(lifeMs);
  });
  return {
    check: tokenCheck({ issuerName: host, keyOf: (id) => keys.keyOf(id), nowMs }),
    preferred: () => {
      if (preferred !== null) return preferred;
      throw new OperatorError(
        `tokens: the issuer at ${origin} must have been reached once for its keys, got no answer yet: start it first`,
      );
    },
    inKeyList: () => null,
    issuer: null,
    close: () => clearInterval(timer),
  };
}

/** The directory as it is now, or as it was last when nobody answers. */
async function directoryAt(
  url: string,
  { kept, log }: { readonly kept: string; readonly log: Log },
): Promise<unknown> {
  let directory: IssuerDirectory;
  try {
    const response = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(directoryLimitMs) });
    if (response.status !== 200) throw new Error(`expected status 200 from ${url}, got ${response.status}`);
    // What is none must not take the place of the last that was one.
    directory = parseIssuerDirectory(await response.json());
  } catch (error) {
    if (existsSync(kept)) return readState(kept);
    throw error;
  }
  try {
    writeState(kept, directory);
  } catch (error) {
    log("issuer-directory-not-kept", { why: messageOf(error) }, "error");
  }
  return directory;
}

/** Runs now and then for as long as the process has something else to do. */
function refreshing(log: Log, work: () => Promise<void>): NodeJS.Timeout {
  const report = (error: unknown) => log("issuer-keys-not-refreshed", { error: messageOf(error) }, "error");
  const timer = setInterval(() => void work().catch(report), refreshMs);
  timer.unref();
  return timer;
}
