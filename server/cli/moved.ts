/** tacit moved: a data directory that was moved by hand is the one that was last used, not an older copy. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { OperatorError } from "../base/operatorerror.ts";
import { helperPath } from "../roles/helper.ts";
import { openHelperStore } from "../store/helperstore.ts";
import { openLeaderStore } from "../store/leaderstore.ts";
import { forgetPlace } from "../store/place.ts";
import { lockDirectory } from "../store/sqlite.ts";
import type { Command } from "./command.ts";
import { configFrom, parseFlags } from "./flags.ts";

export const moved: Command = {
  summary: "say that a data directory was moved, and is no older copy",
  usage: `tacit moved [--config FILE] [--data DIR]

  A server knows its data directory again. One that was copied there may be older than what others have seen of
  it, so a helper refuses it, and a leader sums nothing that was open in it. Say "tacit moved" when the directory
  was moved, or copied to another disk, and nothing has run on it since: then all goes on as it was.

  Never say it of a backup: what was counted since could be counted again.`,
  flags: {},
  run: async (args, { env, out }) => {
    const flags = parseFlags("moved", args, moved.flags);
    if (flags.positionals.length > 0) {
      throw new OperatorError(`moved: expected no more words, got ${flags.positionals.join(" ")}`);
    }
    const config = configFrom(flags, env);
    const paths = [
      { path: join(config.data, "leader.sqlite"), open: openLeaderStore },
      { path: helperPath(config), open: openHelperStore },
    ].filter(({ path }) => existsSync(path));
    if (paths.length === 0) {
      throw new OperatorError(`moved: ${config.data} must have a leader's or a helper's store, got none`);
    }
    const lock = lockDirectory(config.data);
    try {
      for (const { path, open } of paths) {
        const store = open(path);
        await forgetPlace(store);
        await store.destroy();
        out(`${path} is taken as it is at the next start`);
      }
    } finally {
      lock.release();
    }
    return 0;
  },
};
