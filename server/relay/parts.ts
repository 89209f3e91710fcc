/**
 * Parts of the model on their way through the relay: public bytes under their hash, asked of the leader once
 * for a whole crowd, so that it does not see who is interested when. Kept in memory alone, the ones asked for
 * last, up to a size.
 */
import { encodedPart, refOf } from "../publishing/encode.ts";
import type { EncodedPart } from "../store/parts.ts";
import type { Asked } from "./upstream.ts";

const mostKeptBytes = 128 * 1024 * 1024;

export class RelayedParts {
  readonly #ask: (id: string) => Promise<Asked>;
  /** Least lately asked for first. */
  readonly #kept = new Map<string, Promise<EncodedPart | undefined>>();
  readonly #sizes = new Map<string, number>();

  constructor(ask: (id: string) => Promise<Asked>) {
    this.#ask = ask;
  }

  /** Undefined for what the leader does not have, or answers with other bytes for. */
  part(id: string): Promise<EncodedPart | undefined> {
    const known = this.#kept.get(id);
    this.#kept.delete(id);
    const part = known ?? this.#fetched(id);
    this.#kept.set(id, part);
    return part;
  }

  async #fetched(id: string): Promise<EncodedPart | undefined> {
    const part = await this.#checked(id);
    if (part === undefined) this.#forget(id);
    else this.#sizes.set(id, part.bytes.length + part.brotli.length + part.gzip.length);
    this.#makeRoom(id);
    return part;
  }

  async #checked(id: string): Promise<EncodedPart | undefined> {
    const asked = await this.#ask(id);
    if (asked.state !== "answered" || asked.status !== 200) return undefined;
    const ref = await refOf("part", asked.bytes);
    return ref.id === id ? encodedPart(ref, asked.bytes) : undefined;
  }

  #makeRoom(but: string): void {
    let bytes = [...this.#sizes.values()].reduce((sum, size) => sum + size, 0);
    for (const id of this.#kept.keys()) {
      if (bytes <= mostKeptBytes) return;
      // One that is still on its way has no size yet.
      if (id === but || !this.#sizes.has(id)) continue;
      bytes -= this.#sizes.get(id) ?? 0;
      this.#forget(id);
    }
  }

  #forget(id: string): void {
    this.#kept.delete(id);
    this.#sizes.delete(id);
  }
}
