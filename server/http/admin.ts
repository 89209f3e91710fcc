/**
 * /v1/admin of a leader, behind a bearer token: what the operator sees and does.
 *
 *   GET  /status                  rounds, batches, findings, what was refused, what runs
 *   GET  /editions                every edition, newest first
 *   POST /editions/:id/publish    put its parts in force again (roll back)
 *   POST /rounds/close?kind=NAME  end the round of a kind, or of all, now, with the lanes that have minBatch
 *   POST /keys/rotate             new keys to seal reports to, before their time
 *
 * What takes long is in adminwork.ts.
 */
import { Hono } from "hono";
import type { Edition } from "../../core/model/edition.ts";
import type { Config } from "../base/config.ts";
import { ExperimentDesk } from "../publishing/experiments.ts";
import { DamagedPart } from "../publishing/intact.ts";
import { editionOf } from "../publishing/loading.ts";
import type { Cycle } from "../tasks/cycle.ts";
import type { KeyRing } from "../tasks/keys/keyring.ts";
import { rotateNow } from "../tasks/keys/rotating.ts";
import { adminExperimentRoutes } from "./adminexperiments.ts";
import { type StatusParts, statusOf } from "./adminstatus.ts";
import { type AdminDoor, requireToken } from "./admintoken.ts";
import { adminWorkRoutes } from "./adminwork.ts";
import { noBody } from "./body.ts";
import { problem } from "./problem.ts";

/** What the operator's routes look at and set going. */
export interface AdminParts extends AdminDoor, StatusParts {
  readonly config: Config;
  readonly cycle: Pick<Cycle, "serial" | "troubles" | "waits" | "openNext" | "closeNow" | "knows">;
  /** Of the aggregators in this process. */
  readonly keyRings: readonly KeyRing[];
}

export function adminRoutes(parts: AdminParts): Hono {
  const { editions, cycle } = parts;
  const app = new Hono();
  app.use(requireToken(parts));
  app.route("/", adminWorkRoutes(parts));
  const { leaderStore: store, config } = parts;
  const desk = new ExperimentDesk({ store, editions, config, nowMs: editions.nowMs });
  app.route("/", adminExperimentRoutes({ desk, store, cycle, lookDays: config.experiments.days }));
  app.get("/status", async (c) => c.json(await statusOf(parts)));
  app.get("/editions", async (c) => {
    const inForce = editions.inForce?.sequence;
    const list = await editions.list();
    return c.json({
      editions: list.map(({ signed, verdict, createdAtMs, factors, ...row }) => ({
        ...row,
        // Its name for what was learned begins with the factors part.
        factors: factors.split(":")[0],
        createdAt: new Date(createdAtMs).toISOString(),
        inForce: row.sequence === inForce,
        parts: partsIn(signed.document),
        verdict: JSON.parse(verdict),
      })),
    });
  });
  app.post("/editions/:id/publish", noBody, async (c) => {
    const id = c.req.param("id");
    try {
      if (await cycle.serial.run(() => editions.rollBack(id))) {
        await cycle.openNext();
        return c.json({ edition: editions.inForce?.id, sequence: editions.inForce?.sequence });
      }
    } catch (error) {
      if (!(error instanceof DamagedPart)) throw error;
      return problem(c, { status: 409, name: "damaged-edition", detail: error.message });
    }
    const detail = `edition must be the id of a stored edition, got ${JSON.stringify(id)}`;
    return problem(c, { status: 404, name: "unknown-edition", detail });
  });
  app.post("/rounds/close", noBody, async (c) => {
    const kind = c.req.query("kind");
    if (kind !== undefined && !cycle.knows(kind)) {
      const detail = `kind must be one that is summed here, got ${JSON.stringify(kind.slice(0, 40))}`;
      return problem(c, { status: 404, name: "unknown-kind", detail });
    }
    if (await cycle.closeNow(kind)) return c.json(await statusOf(parts));
    const detail = "a round can be closed when a lane has minBatch reports, got none";
    return problem(c, { status: 409, name: "too-few-reports", detail });
  });
  app.post("/keys/rotate", noBody, async (c) => c.json({ keys: await rotateNow(parts) }));
  return app;
}

/** What an edition lists; nothing for one whose document is damaged. */
function partsIn(document: string): Edition["parts"] {
  try {
    return editionOf(document).parts;
  } catch {
    return [];
  }
}
