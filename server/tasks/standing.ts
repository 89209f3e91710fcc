/**
 * Documents that are to be in the helper's log for as long as they are in force, such as the privacy plan:
 * whoever looks after the tasks brings them there, again and again until the helper took them.
 */
import type { SignedDocument } from "../../core/wire/signed.ts";
import type { Voucher, VouchTrouble } from "./voucher.ts";

export interface Standing {
  readonly kind: "plan" | "edition";
  /** The one in force; null while there is none. */
  readonly current: () => SignedDocument | null;
}

export class StandingDocuments {
  readonly #voucher: Pick<Voucher, "vouch">;
  readonly #documents: readonly Standing[];
  #troubles: Readonly<Record<string, VouchTrouble>> = {};

  constructor(voucher: Pick<Voucher, "vouch">, documents: readonly Standing[]) {
    this.#voucher = voucher;
    this.#documents = documents;
  }

  /** Why documents are not in the log yet, by kind. */
  get troubles(): Readonly<Record<string, VouchTrouble>> {
    return this.#troubles;
  }

  /** Brings what is not in the log into it; false when something could not be. */
  async bring(): Promise<boolean> {
    const troubles: Record<string, VouchTrouble> = {};
    for (const { kind, current } of this.#documents) {
      const signed = current();
      const trouble = signed === null ? null : await this.#voucher.vouch(kind, signed);
      if (trouble !== null) troubles[kind] = trouble;
    }
    this.#troubles = troubles;
    return Object.keys(troubles).length === 0;
  }
}
