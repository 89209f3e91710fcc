/**
 * The page's copy of the arms that this device is in, so that the next page shows them from its first moment.
 * It is there only while the person contributes (rest/variants.ts); stub.js reads it, too.
 */
import type { PageArm } from "../worker/api.ts";

export const armsKey = "tacit.arms";

/** The arm of an experiment; empty where the device is in none. @param arms whatever wrote them. */
export function armIn(arms: unknown, name: unknown): Partial<PageArm> {
  return Object(Object(arms)[name as string]);
}
