/** The device's tokens, in IndexedDB or in memory. A token taken is gone before it is used, in every tab. */
import type { IDBPDatabase } from "idb";
import type { RefillPlan, TokenStore } from "./kepttokens.ts";
import type { TacitSchema } from "./upgrades.ts";

/** Does work on the open database; see database.ts. */
export type RunOnDatabase = <T>(work: (db: IDBPDatabase<TacitSchema>) => Promise<T>) => Promise<T>;

/** Against a power cut too: a token that came back would be spent twice. */
const strict = { durability: "strict" } as const;

export class DatabaseTokens implements TokenStore {
  readonly #run: RunOnDatabase;

  constructor(run: RunOnDatabase) {
    this.#run = run;
  }

  take(keyId: string): Promise<Uint8Array | null> {
    return this.#run(async (db) => {
      const transaction = db.transaction("tokens", "readwrite", strict);
      const cursor = await transaction.store.index("keyId").openCursor(keyId);
      const token = cursor?.value.token ?? null;
      await Promise.all([cursor?.delete(), transaction.done]);
      return token;
    });
  }

  add(keyId: string, tokens: readonly Uint8Array[]): Promise<void> {
    return this.#run(async (db) => {
      const transaction = db.transaction("tokens", "readwrite");
      await Promise.all([
        ...tokens.map((token) => transaction.store.add({ keyId, token })),
        transaction.done,
      ]);
    });
  }

  keepOnly(keyIds: readonly string[]): Promise<void> {
    return this.#run(async (db) => {
      const transaction = db.transaction("tokens", "readwrite");
      const { store } = transaction;
      for (const key of await store.getAllKeys()) {
        const kept = await store.get(key);
        if (kept !== undefined && !keyIds.includes(kept.keyId)) await store.delete(key);
      }
      await transaction.done;
    });
  }

  count(keyId: string): Promise<number> {
    return this.#run((db) => db.countFromIndex("tokens", "keyId", keyId));
  }

  refillPlan(): Promise<RefillPlan | null> {
    return this.#run(async (db) => ((await db.get("refills", "plan")) as RefillPlan | undefined) ?? null);
  }

  keepRefillPlan(plan: RefillPlan): Promise<void> {
    return this.#run(async (db) => {
      await db.put("refills", plan, "plan");
    });
  }
}

export class MemoryTokens implements TokenStore {
  #tokens: { readonly keyId: string; readonly token: Uint8Array }[] = [];
  #plan: RefillPlan | null = null;

  async take(keyId: string): Promise<Uint8Array | null> {
    const at = this.#tokens.findIndex((kept) => kept.keyId === keyId);
    return at === -1 ? null : this.#tokens.splice(at, 1)[0].token;
  }

  async add(keyId: string, tokens: readonly Uint8Array[]): Promise<void> {
    this.#tokens = [...this.#tokens, ...tokens.map((token) => ({ keyId, token }))];
  }

  async keepOnly(keyIds: readonly string[]): Promise<void> {
    this.#tokens = this.#tokens.filter(({ keyId }) => keyIds.includes(keyId));
  }

  async count(keyId: string): Promise<number> {
    return this.#tokens.filter((each) => each.keyId === keyId).length;
  }

  async refillPlan(): Promise<RefillPlan | null> {
    return this.#plan;
  }

  async keepRefillPlan(plan: RefillPlan): Promise<void> {
    this.#plan = plan;
  }

  clear(): void {
    this.#tokens = [];
    this.#plan = null;
  }
}
