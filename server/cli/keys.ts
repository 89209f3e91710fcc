/** tacit keys: what others pin of this party, and new keys before their time. */

import * as v from "valibot";
import type { Config } from "../base/config.ts";
import { OperatorError } from "../base/operatorerror.ts";
import { openHelperIdentity, openHelperKeys } from "../roles/helper.ts";
import { openLeaderIdentity, openLeaderKeys } from "../roles/leader.ts";
import { publicUrlOf } from "../roles/pins.ts";
import { type DirectoryLock, DirectoryTaken, lockDirectory } from "../store/sqlite.ts";
import { rotatedText, rotateNow } from "../tasks/keys/rotating.ts";
import type { Command } from "./command.ts";
import { configFrom, parseFlags } from "./flags.ts";
import { AdminApi, tokenFrom } from "./reach.ts";

export const keys: Command = {
  summary: "show what others pin of this party, or make new keys",
  usage: `tacit keys show   [--role leader|helper|all] [--config FILE] [--data DIR]
tacit keys rotate [--role leader|helper|all] [--config FILE] [--data DIR] [--port N]

  show    prints the identity, made at the first call: give it to the other party and to the site
  rotate  makes a new key that reports are sealed to; the one before is taken for keys.overlapDays. Where a
          server runs on the data directory, it is asked to at its admin API. It rotates by itself every
          keys.rotateDays.

  The identity does not rotate: sites pin it. To replace it, remove the file, and tell sites and the other party.`,
  flags: { role: { type: "string" }, port: { type: "string" } },
  run: async (args, { env, out }) => {
    const flags = parseFlags("keys", args, keys.flags);
    const [action, ...others] = flags.positionals;
    if ((action !== "show" && action !== "rotate") || others.length > 0) {
      throw new OperatorError(
        `keys: expected show or rotate, got ${flags.positionals.join(" ") || "nothing"}`,
      );
    }
    const config = configFrom(flags, env);
    if (config.role === "relay") throw new OperatorError("keys: a relay has no keys: its role keeps nothing");
    let lock: DirectoryLock;
    try {
      lock = lockDirectory(config.data);
    } catch (error) {
      if (!(error instanceof DirectoryTaken)) throw error;
      // Whoever has the directory has made its identity.
      const api = new AdminApi("keys", config, tokenFrom(config, env));
      for (const line of action === "show" ? shown(config) : await rotatedThere(api)) out(line);
      return 0;
    }
    try {
      for (const line of action === "show" ? shown(config) : await rotated(config)) out(line);
    } finally {
      lock.release();
    }
    return 0;
  },
};

const rotatedSchema = v.object({
  keys: v.array(v.object({ aggregator: v.string(), id: v.number(), stillTaken: v.number() })),
});

async function rotatedThere(api: AdminApi): Promise<readonly string[]> {
  const { keys: rotated } = v.parse(rotatedSchema, await api.post("/keys/rotate", null, () => {}));
  return rotated.map(rotatedText);
}

function shown(config: Config): readonly string[] {
  const lines: string[] = [];
  if (config.role !== "helper") {
    const { publicKey } = openLeaderIdentity(config);
    lines.push(`leader identity  ${publicKey}`);
    lines.push(`  site           data-tacit-site-key="${publicKey}"`);
    if (config.role === "leader") lines.push(`  helper         "leader": { "key": "${publicKey}" }`);
  }
  if (config.role !== "leader") {
    const { publicKey } = openHelperIdentity(config);
    const { origin } = new URL(publicUrlOf(config));
    lines.push(`helper identity  ${publicKey}`);
    lines.push(`  site           data-tacit-helper="${origin}" data-tacit-helper-key="${publicKey}"`);
    if (config.role === "helper") {
      lines.push(`  leader         "helper": { "url": "${origin}", "key": "${publicKey}" }`);
    }
  }
  return lines;
}

async function rotated(config: Config): Promise<readonly string[]> {
  const nowMs = Date.now();
  const keyRings = [
    ...(config.role === "helper" ? [] : [await openLeaderKeys(config, nowMs)]),
    ...(config.role === "leader" ? [] : [await openHelperKeys(config, nowMs)]),
  ];
  return (await rotateNow({ keyRings, nowMs: () => nowMs })).map(rotatedText);
}
