/** tacit serve: runs until it is told to stop. */
import { openLog } from "../log.ts";
import { startServer } from "../main.ts";
import type { Parts } from "../parts.ts";
import { configFrom, parseFlags, strayVariables } from "./flags.ts";
import type { Command } from "./main.ts";

export const serve: Command = {
  summary: "serve bundles, take reports, learn",
  usage: `tacit serve [--config FILE] [--data DIR] [--port N] [--host NAME] [--site DIR]

  --port   port to listen on, 8787 unless told
  --host   address to listen on, 127.0.0.1 unless told; 0.0.0.0 for all
  --site   built site to serve at /`,
  flags: { port: { type: "string" }, host: { type: "string" }, site: { type: "string" } },
  run: async (args, { env, out, err }) => {
    const config = configFrom(parseFlags("serve", args, serve.flags), env);
    for (const line of strayVariables(env)) err(line);
    const log = openLog({ ...config.log, write: out });
    const { url, parts, stop } = await startServer(config, log);
    if (config.log.format === "text") for (const line of greeting(url, parts)) out(line);
    else log("started", { url, site: config.site ?? null, data: config.data });
    const signal = await new Promise<string>((resolve) => {
      process.once("SIGTERM", resolve);
      process.once("SIGINT", resolve);
    });
    log("stopping", { signal });
    await stop();
    return 0;
  },
};

function greeting(url: string, { config, bundles, admin }: Parts): readonly string[] {
  const { inForce } = bundles;
  const { noiseMultiplier } = config.training;
  const bundle =
    inForce === null
      ? "no catalogue yet: run tacit import FILE, or POST it to /v1/admin/catalogue"
      : `${inForce.encoded.id.slice(0, 12)}, ${inForce.bundle.items} items, ${inForce.bundle.round} item steps`;
  return [
    "",
    `  Tacit         ${url}`,
    ...(config.site === undefined ? [] : [`  site          ${config.site}`]),
    `  data          ${config.data}`,
    `  bundle        ${bundle}`,
    `  admin token   ${admin.file ?? "as configured; its hash alone is kept"}`,
    `  rounds        at least ${config.round.minBatch} reports a block`,
    noiseMultiplier === 0
      ? "  noise         off: sums are exact. For development only (training.noiseMultiplier)"
      : `  noise         ${noiseMultiplier} x clip, added by each aggregator`,
    "  aggregators   leader and helper run in this one process: one operator holds both halves of each report",
    "",
  ];
}
