/** New keys to seal reports to before their time, in a server that runs or one that does not. */
import type { KeyRing } from "./keyring.ts";

export interface RotatedKey {
  readonly aggregator: string;
  readonly id: number;
  /** Older keys that are still taken. */
  readonly stillTaken: number;
}

export async function rotateNow({
  keyRings,
  nowMs,
}: {
  readonly keyRings: readonly KeyRing[];
  readonly nowMs: () => number;
}): Promise<readonly RotatedKey[]> {
  const rotated: RotatedKey[] = [];
  for (const ring of keyRings) {
    const { id } = await ring.rotateNow(nowMs());
    const stillTaken = ring.publicKeys(nowMs()).length - 1;
    rotated.push({ aggregator: ring.aggregator, id, stillTaken });
  }
  return rotated;
}

export function rotatedText({ aggregator, id, stillTaken }: RotatedKey): string {
  return `${aggregator}: reports are sealed to key ${id} from now on; ${stillTaken} older still taken`;
}
