/** What a server of each role says at its start: where it is, what it holds, what others pin of it. */

import type { HelperParts } from "../roles/helper.ts";
import type { Parts } from "../roles/leader.ts";
import { publicUrlOf, tagAttributes } from "../roles/pins.ts";
import type { RelayParts } from "../roles/relay.ts";
import type { Running } from "../roles/serve.ts";

export function greeting(url: string, running: Running): readonly string[] {
  switch (running.role) {
    case "all":
    case "leader":
      return ["", ...leaderLines(url, running.parts), ""];
    case "helper":
      return ["", ...helperLines(url, running.parts), ""];
    case "relay":
      return ["", ...relayLines(url, running.parts), ""];
  }
}

function leaderLines(url: string, { config, editions, admin, identities }: Parts): readonly string[] {
  const { inForce } = editions;
  const { noiseMultiplier } = config.training;
  const edition =
    inForce === null
      ? "no catalogue yet: run tacit import FILE, or POST it to /v1/admin/catalogue"
      : `${inForce.sequence}, ${inForce.id.slice(0, 12)}, ${inForce.model.items} items, ${inForce.model.round} item steps`;
  const alone = config.role === "all";
  const helper = alone ? publicUrlOf(config) : (config.helper.url ?? "");
  const tag = tagAttributes({
    server: publicUrlOf(config),
    siteKey: identities.leader,
    helper: new URL(helper).origin,
    helperKey: identities.helper,
    relay: config.relay.url ?? null,
  });
  return [
    `  Tacit         ${url}${alone ? "" : ", role leader"}`,
    ...(config.site === undefined ? [] : [`  site          ${config.site}`]),
    `  data          ${config.data}`,
    `  edition       ${edition}`,
    `  admin token   ${admin.file ?? "as configured; its hash alone is kept"}`,
    `  rounds        at least ${config.round.minBatch} reports a block`,
    noiseMultiplier === 0
      ? "  noise         off: sums are exact. For development only (training.noiseMultiplier)"
      : `  noise         ${noiseMultiplier} x clip, added by each aggregator`,
    tokensLine(config),
    `  identity      ${identities.leader}`,
    ...tag.map((attribute, k) => `${k === 0 ? "  script tag    " : "                "}${attribute}`),
    alone
      ? "  aggregators   leader and helper run in this one process: one operator holds both halves of each report"
      : `  aggregators   leader here; helper at ${helper}, identity ${identities.helper.slice(0, 12)}…`,
  ];
}

function helperLines(url: string, { config, identity, leader }: HelperParts): readonly string[] {
  const { minBatch, noiseMultiplier } = config.helper;
  return [
    `  Tacit         ${url}, role helper`,
    `  data          ${config.data}`,
    `  floors        at least ${minBatch} reports a bucket, noise of at least ${noiseMultiplier} x clip`,
    tokensLine(config),
    `  identity      ${identity.publicKey}`,
    `  script tag    data-tacit-helper="${new URL(publicUrlOf(config)).origin}"`,
    `                data-tacit-helper-key="${identity.publicKey}"`,
    `  aggregators   helper here, for the leader of identity ${leader.slice(0, 12)}…`,
  ];
}

function relayLines(url: string, { config, gateway }: RelayParts): readonly string[] {
  return [
    `  Tacit         ${url}, role relay`,
    "  data          none: a relay keeps nothing",
    `  script tag    data-tacit-relay="${publicUrlOf(config)}"`,
    `  gateway       ${gateway.origin}`,
  ];
}

function tokensLine({ tokens, role }: Parts["config"]): string {
  const asked = tokens.required ? "a report spends one" : "off: nobody is kept from sending many reports";
  const issued = tokens.issue ? `; issued here, ${tokens.perDay} a day and address` : "";
  const alone =
    tokens.issue && role === "leader" ? ". The leader issues: it could make tokens of its own" : "";
  return `  tokens        ${asked}${issued}${alone}`;
}
