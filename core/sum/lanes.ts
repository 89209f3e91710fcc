/**
 * A block's reports are summed in lanes, so that what one liar sends spoils one lane and can be told from the
 * others.
 *
 *   lane = first log2(lanes) bits of HMAC-SHA256(secret, report id)
 *
 * The secret is drawn by the leader for each task. The task commits to it (SHA-256), so that it cannot be
 * chosen after reports have come in; senders do not know it, so nobody can choose a lane; the helper is shown
 * it at closing and checks the lane of every report it counted. A report is in one lane, so its cost is that
 * of one noisy sum; each lane has the whole noise, and the total over L lanes carries sqrt(L) times the
 * noise. Shares can be added as they come.
 */

/** Numbers of lanes that a task may have: powers of two. */
export const laneChoices = [1, 2, 4, 8, 16, 32, 64] as const;
export type Lanes = (typeof laneChoices)[number];

export const laneSecretBytes = 32;

/** HMAC-SHA256 of the platform, 32 bytes. */
export type Hmac = (key: Uint8Array, bytes: Uint8Array) => Uint8Array;

/**
 * The lane of a report, 0..lanes - 1.
 *
 * @param mac HMAC-SHA256(secret, report id).
 */
export function laneOf(mac: Uint8Array, lanes: Lanes): number {
  if (mac.length !== 32) throw new RangeError(`laneOf: mac must have 32 bytes, got ${mac.length}`);
  // lanes divides 256, so the top bits of the first byte are uniform.
  return Math.floor((mac[0] * lanes) / 256);
}
