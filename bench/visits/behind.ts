/**
 * How long many people behind one address wait at the issuer's gate: each asks once a day until it has the one
 * token that it needs, while the rest of the site gets its own.
 */
import { dayMs } from "../../core/time.ts";
import { AddressGate } from "../../server/tokens/gate.ts";

export interface Behind {
  readonly people: number;
  /** Tokens that others, of as many addresses, get each day. */
  readonly others: number;
  readonly tokensPerDay: number;
}

/** Days until each of them has one. */
export async function daysBehind({ people, others, tokensPerDay }: Behind): Promise<number> {
  let day = 0;
  const gate = new AddressGate({ tokensPerDay, nowMs: () => day * dayMs });
  const admit = (address: string) => gate.admit({ address, headers: new Headers() });
  let left = people;
  while (left > 0) {
    for (let k = 0; k < others; k++) await admit(`10.${k >> 16}.${(k >> 8) & 255}.${k & 255}`);
    for (let asked = left; asked > 0; asked--) if ((await admit("192.0.2.7")).ok) left -= 1;
    day += 1;
  }
  return day;
}
