/**
 * Part `policy`: what the site decides about its lists, signed with the edition, so that every browser keeps
 * to it and nobody on the way can change it; and which lists are on trial. JSON; keys that a reader does not
 * know are ignored, and a rule that it does not know is refused: a filter that half applies is worse than an
 * edition that waits.
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

/**
 * Which lists are on trial in their places (core/lists/trial.ts), by the page's names for them, and which
 * share of days.
 */
export interface TrialPolicy {
  readonly share: number;
  readonly lists: readonly string[];
}

/** What a site may ask of its visitors at most. */
export const trialPolicyLimits = { share: 0.2, leastShare: 1e-4, lists: 20, listName: 200 } as const;

export interface SitePolicy extends Readonly<Partial<Record<PolicyList, ListPolicy | undefined>>> {
  /** Absent: no list is. */
  readonly trials?: TrialPolicy | undefined;
}

const trialsSchema = v.strictObject({
  share: v.pipe(
    v.number(),
    v.minValue(0),
    v.maxValue(trialPolicyLimits.share),
    // A smaller one is below what is drawn by.
    v.check((share) => share === 0 || share >= trialPolicyLimits.leastShare, "0, or at least 0.0001"),
  ),
  lists: v.pipe(
    v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(trialPolicyLimits.listName))),
    v.minLength(1),
    v.maxLength(trialPolicyLimits.lists),
  ),
});

const policySchema: v.GenericSchema<SitePolicy> = v.object({
  ...Object.fromEntries(policyLists.map((list) => [list, v.optional(listPolicySchema)])),
  trials: v.optional(trialsSchema),
});
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
