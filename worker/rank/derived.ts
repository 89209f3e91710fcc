/**
 * What is costly to make from an edition and is the same for everybody, kept among the parts under the edition's
 * name: it goes when another edition is kept. A hash before the bytes tells whether they are those that were
 * written.
 */
import { sha256 } from "../digest.ts";
import type { PartStore } from "../store/keptmodel.ts";
import type { EditionName } from "./model.ts";

/** The gram matrix of the joint rows; what reading the parts found out. */
export type Derived = "gram" | "reading";

const hashBytes = 32;

/** Raised when joint rows, cards or a reading mean something else than before: what is kept is then made anew. */
const form = 1;

/** Null when there are none, others than were written, or the store does not give them. */
export async function takeDerived(
  store: PartStore,
  what: Derived,
  edition: EditionName,
): Promise<Uint8Array | null> {
  // It can be made again, so no failure of the store may stand in the way of the parts.
  const bytes = await store.part(nameOf(what, edition)).catch(() => null);
  if (bytes === null || bytes.length < hashBytes) return null;
  const derived = bytes.subarray(hashBytes);
  const hash = await sha256(derived);
  return hash.every((byte, at) => byte === bytes[at]) ? derived : null;
}

/** Keeps them beside their edition; nothing where that is not kept, or once `mayKeep` says no. */
export async function keepDerived(
  store: PartStore,
  what: Derived,
  edition: EditionName,
  { bytes, mayKeep }: { readonly bytes: () => Uint8Array; readonly mayKeep: () => boolean },
): Promise<void> {
  if ((await store.edition())?.sequence !== edition.sequence) return;
  const derived = bytes();
  const kept = new Uint8Array(hashBytes + derived.length);
  kept.set(await sha256(derived));
  kept.set(derived, hashBytes);
  if (mayKeep()) await store.keepPart(nameOf(what, edition), kept);
}

function nameOf(what: Derived, { id }: EditionName): string {
  return `${what}-${id}-${form}`;
}
