/**
 * /v1/admin, behind a bearer token: what the operator sees and does.
 *
 *   GET  /status                  rounds, batches, findings, what was refused
 *   GET  /editions                every edition, newest first
 *   POST /editions/:id/publish    put its parts in force again (roll back)
 *   POST /catalogue               a table or JSON, also gzip: a new catalogue; ?refit=1 fits the content space again
 *   POST /rounds/close?kind=NAME  end the round of a kind, or of all, now, with the lanes that have minBatch
 */
import { Hono, type MiddlewareHandler } from "hono";
import { toHex } from "../../core/bytes.ts";
import type { Edition } from "../../core/model/edition.ts";
import type { Config } from "../base/config.ts";
import { publishCatalogue } from "../publishing/catalogue.ts";
import type { Editions } from "../publishing/editions.ts";
import { readCatalogue } from "../publishing/import/readcatalogue.ts";
import type { InForce } from "../publishing/inforce.ts";
import { inputOfBytes } from "../publishing/input/input.ts";
import { DamagedPart } from "../publishing/intact.ts";
import { editionOf } from "../publishing/loading.ts";
import { batchesOf } from "../store/batches.ts";
import { listFindings } from "../store/findings.ts";
import type { LeaderStore } from "../store/leaderstore.ts";
import { countReports } from "../store/reports.ts";
import { listTasks, type TaskRecord } from "../store/tasks.ts";
import type { Cycle } from "../tasks/cycle.ts";
import type { Intake } from "../tasks/intake.ts";
import { addressOf } from "./address.ts";
import { type AdminKey, holdsAdminToken } from "./adminkey.ts";
import { noBody, readBody } from "./body.ts";
import { problem } from "./problem.ts";
import { RateLimit, tooManyRequests } from "./rates.ts";

const catalogueLimit = 256 * 1024 * 1024;
const roundsShown = 20;
const findingsShown = 10;

/** What the operator's routes look at and set going. */
export interface AdminParts {
  readonly config: Config;
  readonly admin: AdminKey;
  readonly editions: Editions;
  readonly cycle: Pick<Cycle, "serial" | "troubles" | "openNext" | "closeNow">;
  readonly intake: Pick<Intake, "refused">;
  readonly leaderStore: LeaderStore;
  readonly nowMs: () => number;
}

export function adminRoutes(parts: AdminParts): Hono {
  const { editions, cycle, config } = parts;
  const app = new Hono();
  app.use(requireToken(parts));
  app.get("/status", async (c) => c.json(await statusOf(parts)));
  app.get("/editions", async (c) => {
    const inForce = editions.inForce?.sequence;
    const list = await editions.list();
    return c.json({
      editions: list.map(({ signed, verdict, createdAtMs, ...row }) => ({
        ...row,
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
  app.post("/catalogue", async (c) => {
    const body = await readBody(c.req.raw, catalogueLimit);
    if (!body.ok) {
      const detail = `a catalogue must have at most ${body.limit} bytes, got ${body.got}`;
      return problem(c, { status: 413, name: "too-long", detail });
    }
    const charset = charsetIn(c.req.header("content-type"));
    const parsed = await readCatalogue(inputOfBytes("catalogue", body.bytes, charset));
    if (!parsed.ok) {
      const more = { faults: parsed.faults };
      return problem(c, { status: 400, name: "bad-catalogue", detail: parsed.faults[0], more });
    }
    const { contentDim } = config.catalogue;
    const settings = { contentDim, dim: config.training.dim, refit: c.req.query("refit") === "1" };
    const { inForce, isNew } = await cycle.serial.run(() =>
      publishCatalogue(editions, parsed.items, settings),
    );
    await cycle.openNext();
    const { id, sequence, model } = inForce;
    return c.json({ edition: id, sequence, items: model.items, isNew });
  });
  app.post("/rounds/close", noBody, async (c) => {
    if (await cycle.closeNow(c.req.query("kind"))) return c.json(await statusOf(parts));
    const detail = "a round can be closed when a lane has minBatch reports, got none";
    return problem(c, { status: 409, name: "too-few-reports", detail });
  });
  return app;
}

/** What a content type says of it (RFC 9110, 8.3.1). */
function charsetIn(contentType = ""): string | undefined {
  return /;\s*charset="?([^\s;"]+)/i.exec(contentType)?.[1];
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

async function statusOf({ editions, leaderStore, intake, cycle, config }: AdminParts) {
  const { inForce } = editions;
  const tasks = await listTasks(leaderStore, roundsShown);
  const rounds = await Promise.all(tasks.map((task) => roundOf(task, leaderStore)));
  const findings = await listFindings(leaderStore, findingsShown);
  return {
    edition:
      inForce === null
        ? null
        : {
            id: inForce.id,
            sequence: inForce.sequence,
            round: inForce.model.round,
            items: inForce.model.items,
            /** Items that nobody has learned yet: they wait for the next round. */
            waiting: waitingIn(inForce),
          },
    noiseMultiplier: config.training.noiseMultiplier,
    /** Why tasks are not open yet, by kind. */
    opening: cycle.troubles,
    /** Sums of uploads refused since the server started, by reason. */
    refused: intake.refused,
    /** Accepted reports that went into no sum, in the rounds shown, by reason. */
    leftOut: totalOf(rounds.flatMap(({ batches }) => batches.map(({ leftOut }) => leftOut))),
    rounds,
    findings: findings.map(({ atMs, finding, ...row }) => ({
      ...row,
      at: new Date(atMs).toISOString(),
      finding: JSON.parse(finding),
    })),
  };
}

function waitingIn({ model, learned }: InForce): number {
  const known = new Set(learned.items);
  return model.catalogue.filter(({ item }) => !known.has(item)).length;
}

function totalOf(counts: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const total: Record<string, number> = {};
  for (const [why, count] of counts.flatMap(Object.entries)) total[why] = (total[why] ?? 0) + count;
  return total;
}

async function roundOf({ seq, id, openedAtMs, ...record }: TaskRecord, store: LeaderStore) {
  const counts = await countReports(store, seq);
  const batches = await batchesOf(store, seq);
  return {
    ...record,
    task: id,
    openedAt: new Date(openedAtMs).toISOString(),
    /** Sealed reports that are in no sum yet, by block; blocks without are left out. */
    waiting: Object.fromEntries(counts),
    batches: batches.map(({ task: _task, id: batch, ...rest }) => ({ id: toHex(batch), ...rest })),
  };
}

/** What an edition lists; nothing for one whose document is damaged. */
function partsIn(document: string): Edition["parts"] {
  try {
    return editionOf(document).parts;
  } catch {
    return [];
  }
}
