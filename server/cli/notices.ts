/**
 * What a server of each role says at its start, as events: of what greeting.ts says in lines, all that an
 * operator must act on or pins. What is open to doubt is a warning.
 */

import type { Config } from "../base/config.ts";
import type { Log } from "../base/log.ts";
import { noiseOf } from "../kinds/noise.ts";
import { helperAddressOf, helperPins, leaderPins, relayPins } from "../roles/pins.ts";
import type { Running } from "../roles/serve.ts";

export function tellNotices(log: Log, url: string, running: Running): void {
  const { config } = running.parts;
  const { role, site, data } = config;
  log("started", { url: { verbatim: url }, role, site: site ?? null, data: role === "relay" ? null : data });
  switch (running.role) {
    case "all":
    case "leader":
      leaderNotices(log, running.parts);
      return;
    case "helper": {
      const { identity } = running.parts;
      log("identity", { helper: { verbatim: identity.publicKey } });
      log("script tag", { attributes: { verbatim: helperPins(config, identity.publicKey).join(" ") } });
      tokensNotice(log, config);
      return;
    }
    case "relay":
      log("script tag", { attributes: { verbatim: relayPins(config).join(" ") } });
      return;
  }
}

function leaderNotices(
  log: Log,
  { config, editions, admin, identities }: Extract<Running, { readonly role: "all" | "leader" }>["parts"],
): void {
  const { inForce } = editions;
  log("identity", {
    leader: { verbatim: identities.leader },
    helper: { verbatim: identities.helper },
    helperAt: { verbatim: helperAddressOf(config) },
  });
  log("script tag", { attributes: { verbatim: leaderPins(config, identities).join(" ") } });
  log("admin token", { file: admin.file });
  if (inForce === null) log("no edition", { help: "run tacit import FILE" }, "warn");
  else log("edition in force", { sequence: inForce.sequence, items: inForce.model.items });
  for (const { kind, setting, noiseMultiplier } of noiseOf(config)) {
    if (noiseMultiplier > 0) continue;
    log("noise off", { kind, help: `sums are exact: for development only (${setting})` }, "warn");
  }
  if (config.role === "all") {
    const help = "leader and helper run in this one process: who runs it holds both halves of each report";
    log("one operator", { help }, "warn");
  }
  tokensNotice(log, config);
}

function tokensNotice(log: Log, { tokens, role }: Pick<Config, "tokens" | "role">): void {
  if (tokens.required) log("tokens required", { issuedHere: tokens.issue });
  if (tokens.required && tokens.issue && role === "leader") {
    log("leader issues tokens", { help: "it could make tokens of its own" }, "warn");
  }
  if (!tokens.required) log("tokens off", { help: "nobody is kept from sending many reports" }, "warn");
}
