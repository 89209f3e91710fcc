/**
 * What the device keeps of the model: whole parts by their id, those under way as chunks, and the edition
 * that was last in force. Nothing here is about the person.
 */
import type { SignedDocument } from "../../core/wire/signed.ts";

/** An edition as it was signed. */
export interface KeptEdition {
  readonly sequence: number;
  readonly document: SignedDocument;
}

/** A stretch of a part, from byte `offset` on. */
export interface Chunk {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export interface PartStore {
  edition(): Promise<KeptEdition | null>;
  /** Ids of the parts that are there whole. */
  ids(): Promise<ReadonlySet<string>>;
  part(id: string): Promise<Uint8Array | null>;
  /** Keeps a whole part; its chunks are dropped. */
  keepPart(id: string, bytes: Uint8Array): Promise<void>;
  /** Drops a part, and what there is of it in chunks. */
  removePart(id: string): Promise<void>;
  /** By offset. */
  chunks(id: string): Promise<readonly Chunk[]>;
  keepChunk(id: string, chunk: Chunk): Promise<void>;
  /**
   * Keeps the edition and of parts those alone that it names, whole ones and chunks; false, and nothing is
   * changed, when one of them is not there, or when another tab has meanwhile kept a newer edition than the
   * one that stood `before`.
   */
  keepEdition(change: EditionChange): Promise<boolean>;
}

export interface EditionChange {
  readonly edition: KeptEdition;
  /** Ids of the parts it takes. */
  readonly parts: readonly string[];
  /** Ids of parts that stay where they are there; absent: none. */
  readonly also?: readonly string[];
  /** What was kept when the download began. */
  readonly before: KeptEdition | null;
}

/** Whether another tab has kept a newer edition than the one that stood before. */
export function isOvertaken({ edition, before }: EditionChange, kept: KeptEdition | undefined): boolean {
  return (
    kept !== undefined &&
    kept.sequence > edition.sequence &&
    kept.document.document !== before?.document.document
  );
}
