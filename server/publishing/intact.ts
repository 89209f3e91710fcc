/**
 * Stored parts that are what their names say: the plain bytes have the hash, and so has what the compressed
 * forms hold. A part is looked at each time it is read from the store, so that a bit that turned on the disk
 * is never served. Where one form is right, the others are made of it again. Reading writes nothing: what
 * was mended or lost is noted, and put into the store with whatever is stored next.
 */
import { promisify } from "node:util";
import { brotliDecompress, gunzip } from "node:zlib";
import { toHex } from "../../core/bytes.ts";
import { sha256 } from "../base/platform.ts";
import type { LeaderQueries, LeaderStore } from "../store/leaderstore.ts";
import { deletePart, type EncodedPart, findPart, replacePart } from "../store/parts.ts";
import { encodedPart } from "./encode.ts";

const unbrotli = promisify(brotliDecompress);
const ungzip = promisify(gunzip);

export class DamagedPart extends Error {
  readonly part: string;

  constructor(part: string, detail: string) {
    super(`part ${part.slice(0, 12)} must be what its name says, got ${detail}`);
    this.part = part;
  }
}

/** Hashes of the compressed forms, once they were seen to hold the part: to tell by without opening them. */
type SeenForms = Readonly<Record<"brotli" | "gzip", string>>;

/** So many parts that are asked for stay in memory. */
const keptParts = 4;

export class IntactParts {
  readonly #store: LeaderStore;
  readonly #onMended: (id: string) => void;
  /** Of parts that were opened, since the start. A hundred bytes each, of some hundred parts. */
  readonly #seen = new Map<string, SeenForms>();
  /** Made anew, and not in the store yet. */
  readonly #mended = new Map<string, EncodedPart>();
  /** Of which the store has no form that is right. */
  readonly #lost = new Set<string>();
  /** Those asked for last, or on their way; the latest last. */
  readonly #recent = new Map<string, Promise<EncodedPart | null>>();

  /** @param onMended called with the id of a part that was made anew of what was left of it. */
  constructor(store: LeaderStore, onMended: (id: string) => void) {
    this.#store = store;
    this.#onMended = onMended;
  }

  /** Null for one that is not stored. @throws {DamagedPart} when no form of it is right. */
  async read(id: string): Promise<EncodedPart | null> {
    const mended = this.#mended.get(id);
    if (mended !== undefined) return mended;
    const part = await findPart(this.#store, id);
    if (part === undefined) return null;
    const [whole, brotli, gzip] = await Promise.all([part.bytes, part.brotli, part.gzip].map(hashOf));
    const seen = this.#seen.get(id);
    if (whole === id && seen?.brotli === brotli && seen.gzip === gzip) return part;
    const right = await rightForms(id, part);
    const [bytes] = right.values();
    if (bytes === undefined) {
      this.#lost.add(id);
      throw new DamagedPart(id, `bytes of ${whole.slice(0, 12)}`);
    }
    if (right.size < 3) return this.#mend({ id, kind: part.kind, bytes: bytes.length }, bytes);
    this.#seen.set(id, { brotli, gzip });
    return part;
  }

  /** As `read`, for whoever asks: the same few are not read and hashed for each. */
  recent(id: string): Promise<EncodedPart | null> {
    const part = this.#recent.get(id) ?? this.read(id);
    this.#recent.delete(id);
    this.#recent.set(id, part);
    for (const oldest of this.#recent.keys()) {
      if (this.#recent.size <= keptParts) break;
      this.#recent.delete(oldest);
    }
    part.catch(() => this.#recent.delete(id));
    return part;
  }

  /**
   * Puts into the store what was found out about it: before parts are stored, so that the lost ones can be.
   */
  async settle(transaction: LeaderQueries): Promise<void> {
    for (const part of this.#mended.values()) await replacePart(transaction, part);
    for (const id of this.#lost) await deletePart(transaction, id);
  }

  /**
   * To be called once that transaction is committed. @param kept ids of the parts that the store has then.
   */
  settled(kept: ReadonlySet<string>): void {
    this.#mended.clear();
    this.#lost.clear();
    for (const ids of [this.#seen, this.#recent]) {
      for (const id of ids.keys()) if (!kept.has(id)) ids.delete(id);
    }
  }

  async #mend(ref: Parameters<typeof encodedPart>[0], bytes: Uint8Array): Promise<EncodedPart> {
    const mended = await encodedPart(ref, bytes);
    this.#mended.set(ref.id, mended);
    this.#onMended(ref.id);
    return mended;
  }
}

/** Form -> the part's bytes, of the forms that hold them. */
async function rightForms(
  id: string,
  { bytes, brotli, gzip }: EncodedPart,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const forms = { bytes: async () => bytes, brotli: () => unbrotli(brotli), gzip: () => ungzip(gzip) };
  const right = new Map<string, Uint8Array>();
  for (const [form, open] of Object.entries(forms)) {
    // What cannot be opened is not right either.
    const found = await open().catch(() => null);
    if (found !== null && (await hashOf(found)) === id) right.set(form, found);
  }
  return right;
}

async function hashOf(bytes: Uint8Array): Promise<string> {
  return toHex(await sha256(bytes));
}
