/**
 * /v1/admin of a helper, behind a bearer token:
 *
 *   GET  /status        what it vouched for last, what it summed, which keys it gives out
 *   POST /keys/rotate   a new key to seal reports to, before its time
 */
import { Hono } from "hono";
import type { Config } from "../base/config.ts";
import { countBatches } from "../store/helperbatches.ts";
import type { HelperStore } from "../store/helperstore.ts";
import { newestOfAll, readLog } from "../store/vouched.ts";
import type { KeyRing } from "../tasks/keys/keyring.ts";
import { rotateNow } from "../tasks/keys/rotating.ts";
import { type AdminDoor, requireToken } from "./admintoken.ts";
import { noBody } from "./body.ts";

export interface HelperAdminParts extends AdminDoor {
  readonly config: Pick<Config, "limits" | "helper" | "role">;
  readonly store: HelperStore;
  readonly keys: KeyRing;
}

export function helperAdminRoutes(parts: HelperAdminParts): Hono {
  const { nowMs, keys } = parts;
  const app = new Hono();
  app.use(requireToken(parts));
  app.get("/status", async (c) => c.json(await helperStatus(parts)));
  app.post("/keys/rotate", noBody, async (c) =>
    c.json({ keys: await rotateNow({ keyRings: [keys], nowMs }) }),
  );
  return app;
}

async function helperStatus({ config, store, keys, nowMs }: HelperAdminParts) {
  const vouched = await newestOfAll(store, nowMs());
  const { minBatch, noiseMultiplier, tasksPerDay, documentsPerDay } = config.helper;
  return {
    role: config.role,
    floors: { minBatch, noiseMultiplier, tasksPerDay, documentsPerDay },
    /** Entries of its log. */
    entries: (await readLog(store, 0)).head.size,
    /** The newest of each sort that is of use. */
    vouched: vouched.map(({ kind, subject, id, atMs }) => ({
      kind,
      subject,
      id: id.slice(0, 12),
      at: new Date(atMs).toISOString(),
    })),
    /** Batches and the reports in them, of all tasks that are remembered. */
    batches: await countBatches(store),
    keys: keys.publicKeys(nowMs()).map(({ id }) => id),
  };
}
