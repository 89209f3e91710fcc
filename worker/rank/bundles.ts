/**
 * Keeps one bundle in force: the kept one at once, a newer one when the server has it.
 *
 * The request is the same for everybody but for the id of the bundle already here. A bundle is swapped whole, and only
 * after its bytes have the hash that its ETag promised; on any failure the one in force stays.
 */

import { sha256Hex } from "../digest.ts";
import type { Edges, Notify } from "../edges.ts";
import { troubleOf } from "../edges.ts";
import type { Store } from "../store/store.ts";
import { type Model, modelFrom } from "./model.ts";

export interface BundlesOptions {
  readonly server: string;
  readonly store: Store;
  readonly edges: Edges;
  readonly notify: Notify;
}

const downloadLimitMs = 60_000;

export class Bundles {
  readonly #options: BundlesOptions;
  #model: Model | null = null;
  #download: Promise<void> | null = null;
  /** Counts erasures: a download that began before one does not write to the store after it. */
  #erasures = 0;

  constructor(options: BundlesOptions) {
    this.#options = options;
  }

  /** The bundle in force, when there is one. */
  get current(): Model | null {
    return this.#model;
  }

  /** The bundle in force; waits for a download when there is none yet. @throws when that fails. */
  async inForce(): Promise<Model> {
    if (this.#model === null) await this.#downloaded();
    if (this.#model === null) throw new Error("bundle: expected one to be in force, got none");
    return this.#model;
  }

  /** Puts the bundle kept from an earlier visit in force. One that cannot be read any more counts as none. */
  async useKept(): Promise<void> {
    const { store, notify } = this.#options;
    try {
      const kept = await store.keptBundle();
      if (kept !== null) this.#swap(await verified(kept.id, kept.bytes));
    } catch (cause) {
      notify(troubleOf("kept bundle", cause));
    }
  }

  /** Asks the server for a newer bundle. Never rejects: a failure is told as trouble. */
  async refresh(): Promise<void> {
    try {
      await this.#downloaded();
    } catch (cause) {
      this.#options.notify(troubleOf("bundle", cause));
    }
  }

  /** Resolves when no download is under way. */
  async settled(): Promise<void> {
    await this.#download?.catch(() => undefined); // Whoever began it is told.
  }

  /** Lets no download that is under way write to the store. */
  forget(): void {
    this.#erasures += 1;
  }

  #downloaded(): Promise<void> {
    this.#download ??= this.#fetchNewer().finally(() => {
      this.#download = null;
    });
    return this.#download;
  }

  async #fetchNewer(): Promise<void> {
    const { server, store, edges, notify } = this.#options;
    const erasures = this.#erasures;
    const response = await edges.fetch(`${server}/v1/bundle`, {
      headers: this.#model === null ? {} : { "if-none-match": `"${this.#model.id}"` },
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(downloadLimitMs),
    });
    if (response.status === 304 && this.#model !== null) return;
    if (response.status !== 200) {
      throw new Error(`GET /v1/bundle: expected status 200, got ${response.status}`);
    }
    const id = idOfEtag(response.headers.get("etag"));
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (id === this.#model?.id) return;
    this.#swap(await verified(id, bytes));
    if (erasures !== this.#erasures) return;
    // Without room to keep it, the bundle serves this visit.
    await store.keepBundle({ id, bytes }).catch((cause) => notify(troubleOf("keeping the bundle", cause)));
  }

  #swap(model: Model): void {
    this.#model = model;
    this.#options.notify({ type: "bundle", id: model.id, round: model.bundle.round });
  }
}

async function verified(id: string, bytes: Uint8Array): Promise<Model> {
  const hash = await sha256Hex(bytes);
  if (hash !== id) throw new Error(`bundle: expected bytes with SHA-256 ${id}, got ${hash}`);
  return modelFrom(id, bytes);
}

/** The id in an ETag, `"<64 hex>"`; compression on the way may have made it weak, `W/"<64 hex>"`. */
function idOfEtag(etag: string | null): string {
  const id = /^(?:W\/)?"([0-9a-f]{64})"$/.exec(etag ?? "")?.[1];
  if (id === undefined) {
    throw new Error(`GET /v1/bundle: ETag must be 64 hex digits in quotes, got ${etag ?? "none"}`);
  }
  return id;
}
