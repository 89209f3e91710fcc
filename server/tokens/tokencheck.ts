/**
 * What both aggregators ask of tokens: is this one good, and which one is it. Spending is theirs, with the
 * report.
 */

export type TokenVerdict =
  | {
      readonly ok: true;
      /** What is remembered so that the token is spent once, 32 bytes. */
      readonly nonce: Uint8Array;
      /** From then on no token of its issuer's key is good, so that its nonce may be forgotten. */
      readonly untilMs: number;
    }
  | { readonly ok: false; readonly why: "bad-token"; readonly detail: string };

export interface TokenCheck {
  /**
   * @param tokenKey SHA-256 of the issuer's public key in hex, as the task names it.
   * @param token whatever came with the report, not empty.
   */
  readonly check: (tokenKey: string, token: Uint8Array) => TokenVerdict | Promise<TokenVerdict>;
}
