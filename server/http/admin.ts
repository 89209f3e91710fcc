/**
 * /v1/admin, behind a bearer token: what the operator sees and does.
 *
 *   GET  /status                  rounds, batches, what was refused
 *   GET  /bundles                 every bundle, newest first
 *   POST /bundles/:id/publish     put one in force again (roll back)
 *   POST /catalogue               CSV or JSON: a new catalogue
 *   POST /rounds/close            end the round now, with the blocks that have minBatch
 */
import { Hono, type MiddlewareHandler } from "hono";
import { toHex } from "../../core/bytes.ts";
import { blocksOf } from "../../core/tasks/task.ts";
import type { Config } from "../base/config.ts";
import type { Bundles } from "../publishing/bundles.ts";
import { parseCatalogue } from "../publishing/import/formats.ts";
import { publishCatalogue } from "../publishing/publish.ts";
import type { Rounds } from "../publishing/rounds.ts";
import { listBatches } from "../store/batches.ts";
import type { LeaderStore } from "../store/leaderstore.ts";
import { countReports } from "../store/reports.ts";
import { listTasks, type StoredTask } from "../store/tasks.ts";
import type { CurrentTask } from "../tasks/currenttask.ts";
import type { Intake } from "../tasks/intake.ts";
import { addressOf } from "./address.ts";
import { type AdminKey, holdsAdminToken } from "./adminkey.ts";
import { noBody, readBody } from "./body.ts";
import { problem } from "./problem.ts";
import { RateLimit, tooManyRequests } from "./rates.ts";

const catalogueLimit = 256 * 1024 * 1024;
const roundsShown = 20;

/** What the operator's routes look at and set going. */
export interface AdminParts {
  readonly config: Config;
  readonly admin: AdminKey;
  readonly bundles: Bundles;
  readonly rounds: Rounds;
  readonly intake: Pick<Intake, "refused">;
  readonly task: Pick<CurrentTask, "trouble">;
  readonly leaderStore: LeaderStore;
  readonly nowMs: () => number;
}

export function adminRoutes(parts: AdminParts): Hono {
  const { bundles, rounds, config } = parts;
  const app = new Hono();
  app.use(requireToken(parts));
  app.get("/status", async (c) => c.json(await statusOf(parts)));
  app.get("/bundles", async (c) => {
    const inForce = bundles.inForce?.encoded.id;
    const list = await bundles.list();
    return c.json({
      bundles: list.map(({ verdict, ...summary }) => ({
        ...summary,
        inForce: summary.id === inForce,
        verdict: JSON.parse(verdict),
      })),
    });
  });
  app.post("/bundles/:id/publish", noBody, async (c) => {
    const id = c.req.param("id");
    if (await rounds.serial.run(() => bundles.rollBack(id))) return c.json({ bundle: id });
    const detail = `bundle must be the id of a stored bundle, got ${JSON.stringify(id)}`;
    return problem(c, { status: 404, name: "unknown-bundle", detail });
  });
  app.post("/catalogue", async (c) => {
    const body = await readBody(c.req.raw, catalogueLimit);
    if (!body.ok) {
      const detail = `a catalogue must have at most ${body.limit} bytes, got ${body.got}`;
      return problem(c, { status: 413, name: "too-long", detail });
    }
    const parsed = parseCatalogue(new TextDecoder().decode(body.bytes), "catalogue");
    if (!parsed.ok) {
      const more = { faults: parsed.faults };
      return problem(c, { status: 400, name: "bad-catalogue", detail: parsed.faults[0], more });
    }
    const dimensions = { contentDim: config.catalogue.contentDim, dim: config.training.dim };
    const published = await rounds.serial.run(() => publishCatalogue(bundles, parsed.items, dimensions));
    return c.json({ bundle: published.encoded.id, items: parsed.items.length });
  });
  app.post("/rounds/close", noBody, async (c) => {
    if (await rounds.closeNow()) return c.json(await statusOf(parts));
    const detail = "a round can be closed when a block has minBatch reports, got none";
    return problem(c, { status: 409, name: "too-few-reports", detail });
  });
  return app;
}

/** Opens to the token alone. Who guesses too often waits a minute, even with the right one. */
function requireToken({
  admin,
  config,
  nowMs,
}: Pick<AdminParts, "admin" | "config" | "nowMs">): MiddlewareHandler {
  const { adminFailuresPerMinute, trustProxy } = config.limits;
  const failures = new RateLimit({ perMinute: adminFailuresPerMinute, nowMs });
  return async (c, next) => {
    const address = addressOf(c, trustProxy) ?? "in process";
    const waitSeconds = failures.waitSeconds(address);
    if (waitSeconds > 0) return tooManyRequests(c, waitSeconds);
    if (holdsAdminToken(admin, c.req.header("authorization"))) return next();
    failures.take(address);
    c.header("www-authenticate", 'Bearer realm="tacit admin"');
    const detail = "authorization must be the admin token as a bearer token, got none or another";
    return problem(c, { status: 401, name: "unauthorized", detail });
  };
}

async function statusOf({ bundles, leaderStore, intake, task, config }: AdminParts) {
  const { inForce } = bundles;
  const tasks = await listTasks(leaderStore, roundsShown);
  const rounds = await Promise.all(tasks.map((task) => roundOf(task, leaderStore)));
  return {
    bundle:
      inForce === null
        ? null
        : { id: inForce.encoded.id, round: inForce.bundle.round, items: inForce.bundle.items },
    noiseMultiplier: config.training.noiseMultiplier,
    /** Why the current task is not open yet. */
    opening: task.trouble,
    /** Uploads refused since the server started, by reason. */
    refused: intake.refused,
    /** Accepted reports that went into no sum, in the rounds shown, by reason. */
    leftOut: totalOf(rounds.flatMap(({ batches }) => batches.map(({ leftOut }) => leftOut))),
    rounds,
  };
}

function totalOf(counts: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const total: Record<string, number> = {};
  for (const [why, count] of counts.flatMap(Object.entries)) total[why] = (total[why] ?? 0) + count;
  return total;
}

async function roundOf(stored: StoredTask, store: LeaderStore) {
  const { seq, id, task, state, openedAtMs, outcome } = stored;
  const counts = await countReports(store, seq);
  const batches = await listBatches(store, seq);
  return {
    round: task.round,
    task: id,
    bundle: task.bundle,
    state,
    openedAt: new Date(openedAtMs).toISOString(),
    outcome,
    minBatch: task.minBatch,
    /** Sealed reports of each block that wait. */
    waiting: Array.from({ length: blocksOf(task) }, (_, block) => counts.get(block) ?? 0),
    batches: batches.map((batch) => ({
      id: toHex(batch.id),
      block: batch.block,
      state: batch.state,
      reports: batch.reports,
      counted: batch.counted,
      buckets: batch.buckets,
      leftOut: batch.leftOut,
    })),
  };
}
