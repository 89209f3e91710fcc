/** What the device keeps of tokens: those that were fetched and not spent, and when the next may be fetched. */

/** What the wallet (contribute/wallet.ts) needs. Every operation is atomic, across tabs too. */
export interface TokenStore {
  /** Removes a token of this key and returns it; null when there is none. No token is ever returned twice. */
  take(keyId: string): Promise<Uint8Array | null>;
  add(keyId: string, tokens: readonly Uint8Array[]): Promise<void>;
  /** Drops the tokens of every other key: no task names it any more. */
  keepOnly(keyIds: readonly string[]): Promise<void>;
  count(keyId: string): Promise<number>;
  /** As last kept; null when nothing was. */
  refillPlan(): Promise<RefillPlan | null>;
  keepRefillPlan(plan: RefillPlan): Promise<void>;
}

export interface RefillPlan {
  /** Tokens are not fetched before. */
  readonly nextAtMs: number;
  /** When the issuer was first asked in vain; null when it gave what it was last asked for. */
  readonly failingSinceMs: number | null;
}
