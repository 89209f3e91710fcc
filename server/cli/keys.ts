/** tacit keys: what others pin of this party, and new keys before their time. */

import type { Config } from "../base/config.ts";
import { OperatorError } from "../base/operatorerror.ts";
import { openHelperIdentity, openHelperKeys } from "../roles/helper.ts";
import { openLeaderIdentity, openLeaderKeys } from "../roles/leader.ts";
import { publicUrlOf } from "../roles/pins.ts";
import { lockDirectory } from "../store/sqlite.ts";
import type { Command } from "./command.ts";
import { configFrom, parseFlags } from "./flags.ts";

export const keys: Command = {
  summary: "show what others pin of this party, or make new keys",
  usage: `tacit keys show   [--role leader|helper|all] [--config FILE] [--data DIR]
tacit keys rotate [--role leader|helper|all] [--config FILE] [--data DIR]

  show    prints the identity, made at the first call: give it to the other party and to the site
  rotate  makes a new key that reports are sealed to, with the server stopped; the one before is taken
          for keys.overlapDays. A running server rotates by itself every keys.rotateDays.

  The identity does not rotate: sites pin it. To replace it, remove the file, and tell sites and the other party.`,
  flags: { role: { type: "string" } },
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
    const lock = lockDirectory(config.data);
    try {
      for (const line of action === "show" ? shown(config) : await rotated(config)) out(line);
    } finally {
      lock.release();
    }
    return 0;
  },
};

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
  const rings = [
    ...(config.role === "helper" ? [] : [{ name: "leader", ring: await openLeaderKeys(config, nowMs) }]),
    ...(config.role === "leader" ? [] : [{ name: "helper", ring: await openHelperKeys(config, nowMs) }]),
  ];
  const lines: string[] = [];
  for (const { name, ring } of rings) {
    const { id } = await ring.rotateNow(nowMs);
    const taken = ring.publicKeys(nowMs).length - 1;
    lines.push(`${name}: reports are sealed to key ${id} from now on; ${taken} older still taken`);
  }
  return lines;
}
