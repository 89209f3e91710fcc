/**
 * What an operator has done that takes long: a catalogue, factors learned elsewhere. It runs beside what
 * answers requests, one after another; GET /work says how far it is.
 */
import { type Context, Hono } from "hono";
import { messageOf } from "../../core/errors.ts";
import { jsonFromUtf8 } from "../../core/json.ts";
import type { SitePolicy } from "../../core/model/policy.ts";
import { parseRanker } from "../../core/model/ranker.ts";
import { encodeSegments, parseSegments } from "../../core/model/segments.ts";
import type { Config } from "../base/config.ts";
import { OperatorError } from "../base/operatorerror.ts";
import { keptEncoders } from "../encoders/kept.ts";
import { keptWordFiles } from "../encoders/words/kept.ts";
import { hasLearned } from "../kinds/itemfactors/learned.ts";
import { type AskedReading, askedBy, readingAsked } from "../publishing/asked.ts";
import { importFrom } from "../publishing/catalogue.ts";
import type { Editions } from "../publishing/editions.ts";
import { itemsToLearn } from "../publishing/model.ts";
import { outcomeText, rankerText } from "../publishing/outcome.ts";
import { publishRanker } from "../publishing/rankerrounds.ts";
import { publishSegments } from "../publishing/segmentrounds.ts";
import { policyGiven, publishPolicy, unknownPins } from "../publishing/sitepolicy.ts";
import type { AskedEncoder, AskedWords } from "../publishing/texts.ts";
import { publishTrained, readTrained } from "../publishing/trained.ts";
import type { Cycle } from "../tasks/cycle.ts";
import { readBody } from "./body.ts";
import { problem } from "./problem.ts";

const bodyLimit = 256 * 1024 * 1024;
/** Bodies that wait are held: more than these are turned away. */
const mostAtOnce = 4;
const busySeconds = 30;

export interface AdminWorkParts {
  readonly config: Config;
  readonly editions: Editions;
  readonly cycle: Pick<Cycle, "serial" | "openNext">;
}

/**
 *   GET  /work        what runs, how far it is, how much waits
 *   GET  /items       ids of the items that factors are to be learned for, in the order of their rows; whether
 *                     anything is learned of them
 *   GET  /facts       the cards of the catalogue in force: prices and categories, which people's features are of
 *   GET  /segments    the part of segments in force, in base64
 *   POST /segments    segments that `tacit train --segments` learned elsewhere, as a part
 *   GET  /policy      what the site decides about its lists, as JSON; null for nothing
 *   POST /policy      another, as JSON; null for none
 *   POST /catalogue   a table, JSON or XML, also gzip; ?refit=1 fits the content space again, ?if-empty=1 does
 *                     nothing where an edition is in force; ?format, ?map, ?decimal, ?skip-faults,
 *                     ?variants as the flags; ?encoder names a kept encoder by its id, or none;
 *                     ?text-encoder likewise, for browsers; ?image-encoder one of images, ?words a kept word file likewise
 *   GET  /model       what the edition in force lists, as it was signed
 *   POST /ranker      a ranker that `tacit train --ranker` learned elsewhere, as a part; ?force=1 as below
 *   POST /learned     factors that `tacit train` learned elsewhere; ?force=1 publishes what the gate refuses
 */
export function adminWorkRoutes({ editions, cycle, config }: AdminWorkParts): Hono {
  const app = new Hono();
  let handedIn = 0;
  let waiting = 0;
  /**
   * Reads the body, which must be there within `limits.requestSeconds`, and works on it when all before it is
   * done.
   */
  const inTurn = async (c: Context, work: (bytes: Uint8Array) => Promise<Response>): Promise<Response> => {
    if (handedIn >= mostAtOnce) {
      c.header("retry-after", String(busySeconds));
      const detail = `work must wait for at most ${mostAtOnce - 1} others, got as many: ask again later (GET /v1/admin/work)`;
      return problem(c, { status: 503, name: "busy", detail });
    }
    handedIn += 1;
    try {
      const body = await readBody(c, bodyLimit);
      if (!body.ok) {
        const detail = `a body must have at most ${body.limit} bytes, got ${body.got}`;
        return problem(c, { status: 413, name: "too-long", detail });
      }
      waiting += 1;
      return await cycle.serial.run(() => {
        waiting -= 1;
        return work(body.bytes);
      });
    } finally {
      handedIn -= 1;
    }
  };
  app.get("/work", (c) => c.json({ ...workOf(editions), waiting }));
  app.get("/items", (c) => {
    const { inForce } = editions;
    if (inForce === null) return noCatalogue(c);
    const items = itemsToLearn(inForce.learned, inForce.model, (item) => editions.isKept(item));
    return c.json({ edition: inForce.id, items, isLearned: hasLearned(inForce.learned) });
  });
  app.get("/facts", (c) => {
    const { inForce } = editions;
    return inForce === null ? noCatalogue(c) : c.json({ cards: inForce.model.catalogue });
  });
  app.post("/catalogue", async (c) => {
    const asked = askedBy(c.req.query());
    const encoder = encoderIn(c.req.query("encoder"));
    const textEncoder = encoderIn(c.req.query("text-encoder"));
    if (encoder === null || textEncoder === null) {
      const detail = `${encoder === null ? "encoder" : "text-encoder"} must be 64 hex digits, or none`;
      return problem(c, { status: 400, name: "bad-query", detail });
    }
    const imageEncoder = encoderIn(c.req.query("image-encoder"));
    if (imageEncoder === null) {
      const detail = "image-encoder must be 64 hex digits, or none";
      return problem(c, { status: 400, name: "bad-query", detail });
    }
    const words = wordsIn(c.req.query("words"));
    if (words === null) {
      const detail = "words must be 64 hex digits, or none";
      return problem(c, { status: 400, name: "bad-query", detail });
    }
    const fault = faultOf(asked);
    if (fault !== null) return problem(c, { status: 400, name: "bad-query", detail: fault });
    const answer = await inTurn(c, async (bytes) => {
      const { inForce: before } = editions;
      if (before !== null && c.req.query("if-empty") === "1") return c.json(inForceAnswer(before, false));
      const charset = charsetIn(c.req.header("content-type"));
      const settings = {
        contentDim: config.catalogue.contentDim,
        dim: config.training.dim,
        refit: c.req.query("refit") === "1",
        encoder,
        textEncoder,
        imageEncoder,
        encoders: keptEncoders(config.data),
        words,
        wordFiles: keptWordFiles(config.data),
      };
      const outcome = await importFrom(
        editions,
        { from: "bytes", name: "catalogue", bytes, charset, asked },
        settings,
      );
      if (outcome.ok) {
        const { faults, variants, unread, unpriced } = outcome;
        const told = { faults, variants, unread, unpriced };
        return c.json({ ...inForceAnswer(outcome.inForce, outcome.isNew), ...told });
      }
      const more = { faults: outcome.faults };
      return problem(c, { status: 400, name: "bad-catalogue", detail: outcome.faults[0], more });
    });
    if (answer.status === 200) await cycle.openNext();
    return answer;
  });
  app.post("/learned", async (c) => {
    const answer = await inTurn(c, async (bytes) => {
      const { inForce } = editions;
      if (inForce === null) return noCatalogue(c);
      const items = itemsToLearn(inForce.learned, inForce.model, (item) => editions.isKept(item));
      const read = readTrained(bytes, { items, dim: config.training.dim });
      if (!read.ok) return problem(c, { status: 409, name: "other-items", detail: read.detail });
      const isForced = c.req.query("force") === "1";
      const { verdict, isPublished, became } = await publishTrained(
        editions,
        inForce,
        read.learned,
        isForced,
      );
      if (!isPublished)
        return problem(c, { status: 409, name: "gate-refused", detail: outcomeText(verdict, became) });
      const after = editions.inForce ?? inForce;
      return c.json({
        ...inForceAnswer(after, after.id !== inForce.id),
        verdict: outcomeText(verdict, became),
      });
    });
    if (answer.status === 200) await cycle.openNext();
    return answer;
  });
  app.get("/model", (c) => {
    const { inForce } = editions;
    return inForce === null ? noCatalogue(c) : c.json({ document: inForce.signed.document });
  });
  app.post("/ranker", async (c) => {
    const answer = await inTurn(c, async (bytes) => {
      const { inForce } = editions;
      if (inForce === null) return noCatalogue(c);
      const part = partIn(bytes, parseRanker);
      if (typeof part === "string") return problem(c, { status: 400, name: "bad-ranker", detail: part });
      const { verdict, became } = await publishRanker(editions, part, c.req.query("force") === "1");
      const after = editions.inForce ?? inForce;
      return c.json({
        ...inForceAnswer(after, after.id !== inForce.id),
        verdict: rankerText(verdict, became),
      });
    });
    if (answer.status === 200) await cycle.openNext();
    return answer;
  });
  app.get("/segments", (c) => {
    const part = editions.inForce?.parts.segments?.part ?? null;
    return c.json({ part: part === null ? null : Buffer.from(encodeSegments(part)).toString("base64") });
  });
  app.post("/segments", (c) =>
    inTurn(c, async (bytes) => {
      const { inForce } = editions;
      if (inForce === null) return noCatalogue(c);
      const part = partIn(bytes, parseSegments);
      if (typeof part === "string") return problem(c, { status: 400, name: "bad-segments", detail: part });
      const after = await publishSegments(editions, part);
      return c.json(inForceAnswer(after, after.id !== inForce.id));
    }),
  );
  app.get("/policy", (c) => c.json({ policy: editions.inForce?.parts.policy?.part ?? null }));
  app.post("/policy", (c) =>
    inTurn(c, async (bytes) => {
      const { inForce } = editions;
      if (inForce === null) return noCatalogue(c);
      const asked = policyIn(bytes);
      if (!asked.ok) return problem(c, { status: 400, name: "bad-policy", detail: asked.detail });
      const after = await publishPolicy(editions, asked.policy);
      const unknown = asked.policy === null ? [] : unknownPins(asked.policy, after);
      return c.json({ ...inForceAnswer(after, after.id !== inForce.id), unknown });
    }),
  );
  return app;
}

type PolicyAsked =
  | { readonly ok: true; readonly policy: SitePolicy | null }
  | { readonly ok: false; readonly detail: string };

/** JSON null takes away what is in force. */
function policyIn(bytes: Uint8Array): PolicyAsked {
  try {
    const json = jsonFromUtf8(bytes, "policy");
    return { ok: true, policy: json === null ? null : policyGiven(json) };
  } catch (error) {
    return { ok: false, detail: messageOf(error) };
  }
}

/** The part, or why these bytes are none. */
function partIn<Part>(bytes: Uint8Array, parse: (bytes: Uint8Array) => Part): Part | string {
  try {
    return parse(bytes);
  } catch (error) {
    return messageOf(error);
  }
}

/** What runs, as JSON. */
export function workOf({ work }: Pick<Editions, "work">) {
  const { running } = work;
  if (running === null) return { running: null };
  const { sinceMs, ...rest } = running;
  return { running: { ...rest, since: new Date(sinceMs).toISOString() } };
}

function inForceAnswer({ id, sequence, model }: NonNullable<Editions["inForce"]>, isNew: boolean) {
  return { edition: id, sequence, items: model.items, isNew };
}

function noCatalogue(c: Context): Response {
  const detail = "expected a catalogue in force, got none: import one first";
  return problem(c, { status: 409, name: "no-edition", detail });
}

/** What means nothing in how a catalogue is to be read. */
function faultOf(asked: AskedReading): string | null {
  try {
    readingAsked(asked);
    return null;
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return error.message;
  }
}

/** What a content type says of it (RFC 9110, 8.3.1). */
function charsetIn(contentType = ""): string | undefined {
  return /;\s*charset="?([^\s;"]+)/i.exec(contentType)?.[1];
}

/** Null for what is no id: it becomes the name of a file. */
function wordsIn(text: string | undefined): AskedWords | null {
  if (text === undefined) return { ask: "as before" };
  if (text === "none") return { ask: "none" };
  return /^[0-9a-f]{64}$/.test(text) ? { ask: "file", id: text } : null;
}

/** Null for what is no id: it becomes the name of a folder. */
function encoderIn(text: string | undefined): AskedEncoder | null {
  if (text === undefined) return { ask: "as before" };
  if (text === "none") return { ask: "none" };
  return /^[0-9a-f]{64}$/.test(text) ? { ask: "encoder", id: text } : null;
}
