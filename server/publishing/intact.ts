/**
 * Stored parts that are what their names say: the plain bytes have the hash, and so has what the compressed
 * forms hold. A part is looked at each time it is read, so that a bit that turned on the disk is never
 * served. Where one form is right, the others are made of it again.
 */
import { promisify } from "node:util";
import { brotliDecompress, gunzip } from "node:zlib";
import { toHex } from "../../core/bytes.ts";
import { sha256 } from "../base/platform.ts";
import type { LeaderStore } from "../store/leaderstore.ts";
import { type EncodedPart, findPart, replacePart } from "../store/parts.ts";
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

export class IntactParts {
  readonly #store: LeaderStore;
  readonly #onMended: (id: string) => void;
  /** Of parts that were opened, since the start. A hundred bytes each, of some hundred parts. */
  readonly #seen = new Map<string, SeenForms>();

  /** @param onMended called with the id of a part that was made anew of what was left of it. */
  constructor(store: LeaderStore, onMended: (id: string) => void) {
    this.#store = store;
    this.#onMended = onMended;
  }

  /** Null for one that is not stored. @throws {DamagedPart} when no form of it is right. */
  async read(id: string): Promise<EncodedPart | null> {
    const part = await findPart(this.#store, id);
    if (part === undefined) return null;
    const [whole, brotli, gzip] = await Promise.all([part.bytes, part.brotli, part.gzip].map(hashOf));
    const seen = this.#seen.get(id);
    if (whole === id && seen?.brotli === brotli && seen.gzip === gzip) return part;
    const right = await rightForms(id, part);
    const [bytes] = right.values();
    if (bytes === undefined) throw new DamagedPart(id, `bytes of ${whole.slice(0, 12)}`);
    if (right.size < 3) return this.#mend({ id, kind: part.kind, bytes: bytes.length }, bytes);
    this.#seen.set(id, { brotli, gzip });
    return part;
  }

  async #mend(ref: Parameters<typeof encodedPart>[0], bytes: Uint8Array): Promise<EncodedPart> {
    const mended = await encodedPart(ref, bytes);
    await replacePart(this.#store, mended);
    this.#seen.set(ref.id, { brotli: await hashOf(mended.brotli), gzip: await hashOf(mended.gzip) });
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
