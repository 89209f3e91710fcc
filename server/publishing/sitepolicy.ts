/**
 * What a site decides about its lists becomes an edition: that in force, with this policy, or without any.
 */
import { messageOf, shortened, show } from "../../core/errors.ts";
import {
  checkedPolicy,
  encodePolicy,
  parsePolicy,
  policyLists,
  type SitePolicy,
} from "../../core/model/policy.ts";
import { nearestTo } from "../base/operatorerror.ts";
import { namedPolicy, notMeasured } from "./draft.ts";
import type { Editions } from "./editions.ts";
import type { InForce } from "./inforce.ts";

const policyKeys = [...policyLists, "trials"] as const;

/**
 * A policy as an operator hands it over. A list that nobody knows is a slip of the pen here; browsers ignore
 * it.
 *
 * @throws {TypeError} `policy: …` naming what is wrong.
 */
export function policyGiven(json: unknown): SitePolicy {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new TypeError(`policy: expected lists by name, got ${show(json)}`);
  }
  const stray = Object.keys(json).find((list) => !policyKeys.some((known) => known === list));
  if (stray !== undefined) {
    const near = nearestTo(stray, policyKeys);
    const hint = near === undefined ? "" : `; did you mean "${near}"?`;
    throw new TypeError(
      `policy: a key must be one of ${policyKeys.join(", ")}, got ${shortened(JSON.stringify(stray))}${hint}`,
    );
  }
  const policy = checkedPolicy(json, "policy");
  // Lists within their bounds may be too much together.
  try {
    parsePolicy(encodePolicy(policy));
  } catch (error) {
    throw new TypeError(`policy: ${messageOf(error)}`);
  }
  return policy;
}

/**
 * @param policy null: none.
 * @throws {Error} where no edition is in force. @throws {TypeError} for a policy that no browser would take.
 */
export async function publishPolicy(editions: Editions, policy: SitePolicy | null): Promise<InForce> {
  const { inForce } = editions;
  if (inForce === null) throw new Error("publishPolicy: expected an edition in force, got none");
  const { parts, edition, learned, space } = inForce;
  const draft = {
    parts: { ...parts, policy: policy === null ? null : await namedPolicy(policy) },
    settings: edition.model,
    learned,
    space: { id: space, bytes: null },
    origin: "policy",
    verdict: notMeasured,
  } as const;
  return (await editions.publish(draft, "superseded: the site's policy is another")) ?? inForce;
}

/** Ids that a policy pins and the catalogue does not have. */
export function unknownPins(policy: SitePolicy, { model }: Pick<InForce, "model">): readonly string[] {
  const known = new Set(model.catalogue.map(({ item }) => item));
  const pins = policyLists.flatMap((list) => policy[list]?.pin ?? []);
  return [...new Set(pins.map(({ item }) => item))].filter((item) => !known.has(item));
}
