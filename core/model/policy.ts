/**
 * Part `policy`: what the site decides about its lists, signed with the edition, so that every browser keeps to it and
 * nobody on the way can change it. JSON; keys of lists that a reader does not know are ignored, and a rule that it does
 * not know is refused: a filter that half applies is worse than an edition that waits.
 */
import * as v from "valibot";
import { jsonFromBytes, jsonToBytes } from "../json.ts";
import type { ListPolicy } from "../policy/listpolicy.ts";
import { listPolicySchema } from "../policy/listpolicyschema.ts";
import { issueText } from "../wire/issues.ts";
import { encodePart, parsePart } from "./part.ts";

export const policyKind = "policy";

/** Lists that a policy may be about; `all` is about each of them. */
export const policyLists = ["all", "recommend", "similar", "goesWith", "search", "trending"] as const;
export type PolicyList = (typeof policyLists)[number];

export type SitePolicy = Readonly<Partial<Record<PolicyList, ListPolicy | undefined>>>;

const policySchema: v.GenericSchema<SitePolicy> = v.object(
  Object.fromEntries(policyLists.map((list) => [list, v.optional(listPolicySchema)])),
);
/** More than a policy within its limits of use has. */
const mostValues = 20_000;

/** @throws {TypeError} for what no browser would take. */
export function encodePolicy(policy: SitePolicy): Uint8Array<ArrayBuffer> {
  const json = jsonToBytes(checkedPolicy(policy, "encodePolicy"));
  return encodePart({
    kind: policyKind,
    fields: {},
    sections: [{ name: "policy", type: "json", data: json }],
  });
}

/** @throws {TypeError | RangeError} `parsePolicy: …` */
export function parsePolicy(bytes: Uint8Array): SitePolicy {
  const who = "parsePolicy";
  const json = parsePart(bytes, { kind: policyKind, who }).section({ name: "policy", type: "json" });
  return checkedPolicy(jsonFromBytes(json, who, mostValues), who);
}

/** @throws {TypeError} `who: …` naming what is wrong. */
export function checkedPolicy(value: unknown, who: string): SitePolicy {
  const parsed = v.safeParse(policySchema, value);
  if (!parsed.success) throw new TypeError(issueText(who, parsed.issues[0]));
  return parsed.output;
}
