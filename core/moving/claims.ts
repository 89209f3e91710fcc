/** Whose events a device has, and whose it may contribute; what follows from that is in rights.ts. */

/** Ids of origins are random, and made when events first leave a device or come to one. */
export interface Claims {
  /** Whose events are here. */
  readonly origins: readonly string[];
  /** Of which of them, or others, the right to contribute is here. */
  readonly rights: readonly string[];
}
