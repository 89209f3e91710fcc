/**
 * Which of 10,000 buckets a device is in: GrowthBook's second hash version, so that anybody can check it with
 * their libraries.
 *
 *   bucket = fnv1a(decimal(fnv1a(seed + value))) mod 10,000
 *
 * The second pass mixes what the first leaves alike: values that differ in their last digit alone. Like
 * GrowthBook's libraries for JavaScript and Python it hashes UTF-16 code units, which for ASCII are the bytes;
 * seeds and numbers of devices are ASCII.
 */
import { fnv1a } from "../fnv.ts";

export const bucketCount = 10_000;

/** 0..9,999. All values of a seed have one length: then no two pairs of seed and value are one text. */
export function hashBucket(seed: string, value: string): number {
  const first = fnv1a(value, fnv1a(seed));
  return fnv1a(String(first)) % bucketCount;
}
