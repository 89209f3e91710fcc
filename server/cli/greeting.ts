/** What a server of each role says at its start: where it is, what it holds, what others pin of it. */

import { parsePlan } from "../../core/sum/plan.ts";
import type { SdkBuild } from "../http/sdkbuild.ts";
import { type KindNoise, noiseOf } from "../kinds/noise.ts";
import type { HelperParts } from "../roles/helper.ts";
import type { Parts } from "../roles/leader.ts";
import { helperAddressOf, helperPins, leaderPins, publicUrlOf, relayPins } from "../roles/pins.ts";
import type { RelayParts } from "../roles/relay.ts";
import type { Running } from "../roles/serve.ts";

/** @param build the SDK's that it gives out; null where there is none */
export function greeting(url: string, running: Running, build: SdkBuild | null): readonly string[] {
  switch (running.role) {
    case "all":
    case "leader":
      return ["", ...leaderLines(url, running.parts, build), ""];
    case "helper":
      return ["", ...helperLines(url, running.parts), ""];
    case "relay":
      return ["", ...relayLines(url, running.parts), ""];
  }
}

function leaderLines(
  url: string,
  { config, editions, admin, identities, plan }: Parts,
  build: SdkBuild | null,
): readonly string[] {
  const { inForce } = editions;
  const edition =
    inForce === null
      ? "no catalogue yet: run tacit import FILE, or POST it to /v1/admin/catalogue"
      : `${inForce.sequence}, ${inForce.id.slice(0, 12)}, ${inForce.model.items} items, ${inForce.model.round} item steps`;
  const alone = config.role === "all";
  const helper = helperAddressOf(config);
  return [
    `  Tacit         ${url}${alone ? "" : ", role leader"}`,
    ...(config.site === undefined ? [] : [`  site          ${config.site}`]),
    `  data          ${config.data}`,
    `  edition       ${edition}`,
    `  admin token   ${admin.file ?? "kept elsewhere; its hash alone is here"}`,
    `  rounds        at least ${config.round.minBatch} reports a lane`,
    `  kinds         ${kindsText(plan)}`,
    ...noiseLines(noiseOf(config)),
    tokensLine(config),
    `  identity      ${identities.leader}`,
    ...scriptLines([...sourceOf(config, build), ...leaderPins(config, identities)]),
    alone
      ? "  aggregators   leader and helper run in this one process: one operator holds both halves of each report"
      : `  aggregators   leader here; helper at ${helper}, identity ${identities.helper.slice(0, 12)}…`,
  ];
}

function noiseLines(noise: readonly KindNoise[]): readonly string[] {
  const off = noise.filter(({ noiseMultiplier }) => noiseMultiplier === 0);
  const on = noise.filter(({ noiseMultiplier }) => noiseMultiplier > 0);
  const told = on.map(({ kind, noiseMultiplier }) => `${kind} ${noiseMultiplier}`).join(", ");
  const settings = off.map(({ setting }) => setting).join(", ");
  const kinds = on.length === 0 ? "" : ` for ${off.map(({ kind }) => kind).join(", ")}`;
  return [
    ...(on.length === 0 ? [] : [`  noise         ${told} x a report's bound, added by each aggregator`]),
    ...(off.length === 0
      ? []
      : [`  noise         off${kinds}: sums are exact. For development only (${settings})`]),
  ];
}

function helperLines(url: string, { config, identity, leader }: HelperParts): readonly string[] {
  const { minBatch, noiseMultiplier } = config.helper;
  return [
    `  Tacit         ${url}, role helper`,
    `  data          ${config.data}`,
    `  floors        at least ${minBatch} reports a lane, noise of at least ${noiseMultiplier} x sensitivity`,
    tokensLine(config),
    `  identity      ${identity.publicKey}`,
    ...tagLines(helperPins(config, identity.publicKey)),
    `  aggregators   helper here, for the leader of identity ${leader.slice(0, 12)}…`,
  ];
}

function relayLines(url: string, { config, gateway }: RelayParts): readonly string[] {
  return [
    `  Tacit         ${url}, role relay`,
    "  data          none: a relay keeps nothing",
    ...tagLines(relayPins(config)),
    `  gateway       ${gateway.origin}`,
  ];
}

/** Attributes of a tag that is written once: the file of this build, for ever, and what is in it. */
function sourceOf(
  config: Pick<Parts["config"], "publicUrl" | "port">,
  build: SdkBuild | null,
): readonly string[] {
  const integrity = build?.integrity["tacit.js"];
  if (build === null || integrity === undefined) return [];
  const server = publicUrlOf(config).replace(/\/+$/, "");
  // Below a path of a site's own there is a neutral name for it (server/firstparty/).
  const isBelowPath = new URL(server).pathname !== "/";
  const path = isBelowPath ? `/${build.name}/main.js` : `/tacit/${build.name}/tacit.js`;
  return [`async src="${server}${path}"`, `integrity="${integrity}"`, "crossorigin"];
}

/** The whole tag, to be pasted as it stands. */
function scriptLines(attributes: readonly string[]): readonly string[] {
  const lines = tagLines(
    attributes.map((attribute, k) => (k === 0 ? `<script ${attribute}` : `        ${attribute}`)),
  );
  return lines.map((line, k) => (k === lines.length - 1 ? `${line}></script>` : line));
}

function tagLines(attributes: readonly string[]): readonly string[] {
  return attributes.map((attribute, k) => `${k === 0 ? "  script tag    " : "                "}${attribute}`);
}

/** The kinds of the privacy plan that the server gives out. */
function kindsText({ document }: Parts["plan"]): string {
  const { kinds } = parsePlan(JSON.parse(document));
  return kinds.map(({ kind }) => kind).join(", ");
}

function tokensLine({ tokens, role }: Parts["config"]): string {
  const asked = tokens.required ? "a report spends one" : "off: nobody is kept from sending many reports";
  const issued = tokens.issue ? `; issued here, ${tokens.perDay} a day and address` : "";
  const alone =
    tokens.issue && role === "leader" ? ". The leader issues: it could make tokens of its own" : "";
  return `  tokens        ${asked}${issued}${alone}`;
}
