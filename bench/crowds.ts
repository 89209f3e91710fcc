/** Crowds that a bench makes of the people it has, and dice for them that fall the same way every time. */
import { createCipheriv } from "node:crypto";
import type { RandomFill } from "../core/bytes.ts";
import { sample } from "./sample.ts";

/** `count` people: everybody as often as everybody else, what is left over drawn by chance. */
export function crowdOf<T>(people: readonly T[], count: number, random: () => number): readonly T[] {
  const whole = Math.floor(count / people.length);
  const crowd = Array.from({ length: whole }, () => people).flat();
  return [...crowd, ...sample(people, count - crowd.length, random)];
}

/**
 * Dice that fall the same way every time, for figures that can be reproduced: AES-128-CTR under the seed.
 * Never for reports.
 */
export function seededFill(seed: number): RandomFill {
  const key = new Uint8Array(16);
  new DataView(key.buffer).setUint32(0, seed, true);
  const cipher = createCipheriv("aes-128-ctr", key, new Uint8Array(16));
  return (bytes) => {
    bytes.set(cipher.update(new Uint8Array(bytes.length)));
  };
}
