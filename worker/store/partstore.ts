/** What is kept of the model, in IndexedDB or in memory. */
import type { IDBPDatabase, IDBPObjectStore } from "idb";
import {
  type Chunk,
  type EditionChange,
  isOvertaken,
  type KeptEdition,
  type PartStore,
} from "./keptmodel.ts";
import type { RunOnDatabase } from "./tokenstore.ts";
import type { TacitSchema } from "./upgrades.ts";

export class DatabaseParts implements PartStore {
  readonly #run: RunOnDatabase;

  constructor(run: RunOnDatabase) {
    this.#run = run;
  }

  edition(): Promise<KeptEdition | null> {
    return this.#run(async (db) => (await db.get("kv", "edition")) ?? null);
  }

  ids(): Promise<ReadonlySet<string>> {
    return this.#run(async (db) => new Set(await db.getAllKeys("parts")));
  }

  part(id: string): Promise<Uint8Array | null> {
    return this.#run(async (db) => (await db.get("parts", id)) ?? null);
  }

  keepPart(id: string, bytes: Uint8Array): Promise<void> {
    return this.#run(async (db) => {
      const transaction = db.transaction(["parts", "chunks"], "readwrite");
      await Promise.all([
        transaction.objectStore("parts").put(bytes, id),
        transaction.objectStore("chunks").delete(chunksOf(id)),
        transaction.done,
      ]);
    });
  }

  removePart(id: string): Promise<void> {
    return this.#run(async (db) => {
      const transaction = db.transaction(["parts", "chunks"], "readwrite");
      await Promise.all([
        transaction.objectStore("parts").delete(id),
        transaction.objectStore("chunks").delete(chunksOf(id)),
        transaction.done,
      ]);
    });
  }

  chunks(id: string): Promise<readonly Chunk[]> {
    return this.#run(async (db) => {
      const chunks = await db.getAll("chunks", chunksOf(id));
      return chunks.map(({ offset, bytes }) => ({ offset, bytes }));
    });
  }

  keepChunk(id: string, { offset, bytes }: Chunk): Promise<void> {
    return this.#run(async (db) => {
      await db.put("chunks", { part: id, offset, bytes });
    });
  }

  keepEdition(change: EditionChange): Promise<boolean> {
    // Where the one that stands there cannot be read, nobody can say that it is newer.
    return this.#run((db) => keepEdition(db, change)).catch(() =>
      this.#run((db) => keepEdition(db, change, async () => undefined)),
    );
  }
}

const editionIn = (kv: KvStore): Promise<KeptEdition | undefined> => kv.get("edition");

async function keepEdition(
  db: IDBPDatabase<TacitSchema>,
  change: EditionChange,
  standing = editionIn,
): Promise<boolean> {
  const transaction = db.transaction(["kv", "parts", "chunks"], "readwrite");
  const kv = transaction.objectStore("kv");
  const parts = transaction.objectStore("parts");
  const chunks = transaction.objectStore("chunks");
  const wanted = wantedBy(change);
  const [kept, whole, begun] = await Promise.all([standing(kv), parts.getAllKeys(), chunks.getAllKeys()]);
  const isComplete = change.parts.every((id) => whole.includes(id));
  const isKept = isComplete && !isOvertaken(change, kept);
  const writes = isKept
    ? [
        kv.put(change.edition, "edition"),
        ...whole.filter((id) => !wanted.has(id)).map((id) => parts.delete(id)),
        ...begun.filter(([id]) => !wanted.has(id)).map((key) => chunks.delete(key)),
      ]
    : [];
  await Promise.all([...writes, transaction.done]);
  return isKept;
}

/** Ids of the parts that stay. */
function wantedBy({ parts, also = [] }: EditionChange): ReadonlySet<string> {
  return new Set([...parts, ...also]);
}

type KvStore = IDBPObjectStore<TacitSchema, ("kv" | "parts" | "chunks")[], "kv", "readwrite">;

function chunksOf(id: string): IDBKeyRange {
  return IDBKeyRange.bound([id, 0], [id, Number.POSITIVE_INFINITY]);
}

export class MemoryParts implements PartStore {
  #edition: KeptEdition | null = null;
  #parts = new Map<string, Uint8Array>();
  #chunks = new Map<string, readonly Chunk[]>();

  async edition(): Promise<KeptEdition | null> {
    return this.#edition;
  }

  async ids(): Promise<ReadonlySet<string>> {
    return new Set(this.#parts.keys());
  }

  async part(id: string): Promise<Uint8Array | null> {
    return this.#parts.get(id) ?? null;
  }

  async keepPart(id: string, bytes: Uint8Array): Promise<void> {
    this.#parts.set(id, bytes);
    this.#chunks.delete(id);
  }

  async removePart(id: string): Promise<void> {
    this.#parts.delete(id);
    this.#chunks.delete(id);
  }

  async chunks(id: string): Promise<readonly Chunk[]> {
    return this.#chunks.get(id) ?? [];
  }

  async keepChunk(id: string, chunk: Chunk): Promise<void> {
    const others = (this.#chunks.get(id) ?? []).filter(({ offset }) => offset !== chunk.offset);
    this.#chunks.set(
      id,
      [...others, chunk].sort((a, b) => a.offset - b.offset),
    );
  }

  async keepEdition(change: EditionChange): Promise<boolean> {
    const wanted = wantedBy(change);
    if (isOvertaken(change, this.#edition ?? undefined)) return false;
    if (change.parts.some((id) => !this.#parts.has(id))) return false;
    this.#edition = change.edition;
    this.#parts = new Map([...this.#parts].filter(([id]) => wanted.has(id)));
    this.#chunks = new Map([...this.#chunks].filter(([id]) => wanted.has(id)));
    return true;
  }

  clear(): void {
    this.#edition = null;
    this.#parts.clear();
    this.#chunks.clear();
  }
}
