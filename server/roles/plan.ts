/**
 * The privacy plan of a leader: what its settings promise to devices, signed once and given out until they
 * change.
 */
import { type PrivacyPlan, parsePlan, plannedRhoOf } from "../../core/sum/plan.ts";
import { nullIfUnbounded } from "../../core/sum/spending.ts";
import { openSigned, type SignedDocument } from "../../core/wire/signed.ts";
import { isAhead } from "../base/clock.ts";
import type { Config } from "../base/config.ts";
import type { KindSetup } from "../kinds/kind.ts";
import { findDocument, storeDocument } from "../store/documents.ts";
import type { LeaderStore } from "../store/leaderstore.ts";
import { type Identity, verifyEd25519 } from "../tasks/keys/identity.ts";

/** What the settings promise: the kinds they ask for, and no more in all than these cost together. */
export function planOf(config: Config, setups: readonly KindSetup[], issuedAtMs: number): PrivacyPlan {
  const kinds = setups.flatMap(({ planned }) => planned(config) ?? []);
  const rhoPer30Days = nullIfUnbounded(plannedRhoOf({ kinds }));
  return parsePlan({ version: 3, kinds, rhoPer30Days, issuedAtMs });
}

export interface PlanParts {
  readonly config: Config;
  readonly setups: readonly KindSetup[];
  readonly store: LeaderStore;
  readonly identity: Identity;
  readonly nowMs: () => number;
}

/** The plan that was signed before, when it says the same; else a new one, stored. */
export async function signedPlan(parts: PlanParts): Promise<SignedDocument> {
  const { config, setups, store, identity, nowMs } = parts;
  const wanted = planOf(config, setups, nowMs());
  const kept = await findDocument(store, "plan");
  if (kept !== undefined && (await saysTheSame(kept, wanted, identity))) return kept;
  const signed = identity.sign("plan", { ...wanted });
  await storeDocument(store, "plan", signed);
  return signed;
}

async function saysTheSame(
  kept: SignedDocument,
  wanted: PrivacyPlan,
  { publicKey }: Identity,
): Promise<boolean> {
  try {
    const plan = parsePlan(await openSigned("plan", kept, { key: publicKey, verify: verifyEd25519 }));
    const { issuedAtMs } = plan;
    // Signed while the clock was ahead: it is signed again.
    if (isAhead(issuedAtMs, wanted.issuedAtMs)) return false;
    return JSON.stringify(plan) === JSON.stringify({ ...wanted, issuedAtMs });
  } catch {
    // Signed by another identity, or of a version before.
    return false;
  }
}
