/** tacit serve: runs until it is told to stop. */
import { openLog } from "../base/log.ts";
import { sdkBuilds } from "../http/sdkbuild.ts";
import { startServer } from "../roles/serve.ts";
import type { Command } from "./command.ts";
import { configFrom, parseFlags, strayVariables } from "./flags.ts";
import { greeting } from "./greeting.ts";
import { tellNotices } from "./notices.ts";

export const serve: Command = {
  summary: "serve the model, take reports, learn",
  usage: `tacit serve [--role ROLE] [--config FILE] [--data DIR] [--port N] [--host NAME] [--site DIR]

  --role   leader   takes reports and learns, together with a helper that somebody else runs
           helper   holds the other half of each report for one leader
           relay    stands in front of a leader, so that it sees no addresses
           all      leader and helper in one process, for development: one operator holds both halves (default)
  --port   port to listen on, 8787 unless told
  --host   address to listen on, 127.0.0.1 unless told; 0.0.0.0 for all
  --site   built site to serve at /`,
  flags: {
    role: { type: "string" },
    port: { type: "string" },
    host: { type: "string" },
    site: { type: "string" },
  },
  run: async (args, { env, out, err }) => {
    const config = configFrom(parseFlags("serve", args, serve.flags), env);
    for (const line of strayVariables(env)) err(line);
    const log = openLog({ ...config.log, write: out });
    const server = await startServer(config, log);
    const { url, stop } = server;
    // A person at a terminal reads it as one; a collector gets the same in events.
    if (config.log.format === "text") {
      const build = await sdkBuilds()(config.sdk);
      for (const line of greeting(url, server, build)) out(line);
    } else tellNotices(log, url, server);
    const signal = await new Promise<string>((resolve) => {
      process.once("SIGTERM", resolve);
      process.once("SIGINT", resolve);
    });
    log("stopping", { signal });
    await stop();
    return 0;
  },
};
