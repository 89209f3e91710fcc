/**
 * The relay (RFC 9458, 5): stands in front of a leader's gateway, so that the leader never sees a browser's
 * address.
 *
 *   GET  /v1/tasks, /v1/edition  the leader's answer, the same for everybody; a crowd asks the leader once in a few seconds
 *   GET  /v1/log                 likewise, once in a minute
 *   GET  /v1/head                the head of the edition that it last got
 *   GET  /v1/parts/ID            a part of the model, asked for once and compared with its hash; see parts.ts
 *   POST /v1/relay  an encapsulated request -> the gateway's encapsulated response
 *
 * Nothing of the browser's request goes on but its content: no header field, no address, no cookie. The relay
 * keeps and logs nothing about who asked. It must be run by somebody else than the leader.
 */
import { type Context, Hono } from "hono";
import { parseEdition } from "../../core/model/edition.ts";
import { modelLimits } from "../../core/model/limits.ts";
import { parseEditionAnswer } from "../../core/wire/editions.ts";
import { ohttpMedia } from "../../core/wire/ohttp.ts";
import { parseCanonical } from "../../core/wire/signed.ts";
import { hasPassed } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { partResponse, partRoutes } from "../http/parts.ts";
import { problem } from "../http/problem.ts";
import { encapsulatedContent } from "./content.ts";
import { RelayedParts } from "./parts.ts";
import { type Asked, ask, type RelayFetch } from "./upstream.ts";

export interface RelayRoutesOptions {
  /** The leader's origin, for example https://leader.example. */
  readonly gateway: URL;
  readonly fetch?: RelayFetch;
  readonly log: Log;
  readonly nowMs?: () => number;
  /** Most bytes of an encapsulated request. */
  readonly limitBytes?: number;
  /** How long the leader may take. */
  readonly timeoutMs?: number;
  /** How long one answer to GET /v1/tasks or /v1/edition serves everybody, and one to GET /v1/log. */
  readonly tasksForMs?: number;
  readonly logForMs?: number;
}

const mostAnswerBytes = 1_048_576;
const mostProblemBytes = 4096;

/** Mounted under /v1 of an application that says whose pages may ask (http/base.ts). */
export function relayRoutes({
  gateway,
  fetch: reach = (url, init) => fetch(url, init),
  log,
  nowMs = Date.now,
  limitBytes = 524_288,
  timeoutMs = 30_000,
  tasksForMs = 3000,
  logForMs = 60_000,
}: RelayRoutesOptions): Hono {
  const app = new Hono();
  const passOn = (
    path: "/tasks" | "/edition" | "/log",
    ms: number,
    cacheControl: string,
  ): (() => Promise<Asked>) => {
    const askOnce = sharedFor({ ms, nowMs }, () => {
      const init = { method: "GET", headers: { accept: "application/json" } };
      return ask(reach, new URL(`/v1${path}`, gateway), init, { timeoutMs, mostBytes: mostAnswerBytes });
    });
    app.get(path, async (c) => {
      const asked = await askOnce();
      if (asked.state !== "answered") return unreached(c, asked, log);
      const { status, mediaType, bytes } = asked;
      if (status !== 200 || mediaType !== "application/json") return notUnderstood(c, asked, log);
      return c.body(bytes, 200, { "content-type": "application/json", "cache-control": cacheControl });
    });
    return askOnce;
  };
  passOn("/tasks", tasksForMs, "no-cache");
  /** Read once, however often the answer is given. */
  const headIds = new WeakMap<Answered, string | null>();
  const askEdition = passOn("/edition", tasksForMs, "no-store");
  passOn("/log", logForMs, "public, max-age=60");
  const parts = new RelayedParts((id) => {
    const limits = { timeoutMs, mostBytes: modelLimits.partBytes };
    return ask(reach, new URL(`/v1/parts/${id}`, gateway), { method: "GET", headers: {} }, limits);
  });
  app.route("/", partRoutes({ part: (id) => parts.part(id) }));
  app.get("/head", async (c) => {
    const asked = await askEdition();
    if (asked.state !== "answered") return unreached(c, asked, log);
    if (!headIds.has(asked)) headIds.set(asked, asked.status === 200 ? headIdIn(asked.bytes) : null);
    const id = headIds.get(asked) ?? null;
    if (id === null) return notUnderstood(c, asked, log);
    const head = await parts.part(id);
    if (head !== undefined) return partResponse(c, head, "no-store");
    const detail = `expected the head of the edition, ${id.slice(0, 12)}, got no such part`;
    log("relay-refused", { path: c.req.path, detail }, "warn");
    return problem(c, { status: 502, name: "bad-gateway", detail });
  });

  app.post("/relay", async (c) => {
    const content = await encapsulatedContent(c, limitBytes);
    if (!content.ok) return content.answer;
    const init = {
      method: "POST",
      headers: { "content-type": ohttpMedia.request },
      body: new Uint8Array(content.bytes),
    };
    const limits = { timeoutMs, mostBytes: mostAnswerBytes };
    const asked = await ask(reach, new URL("/v1/gateway", gateway), init, limits);
    return asked.state === "answered" ? passedOn(c, asked, log) : unreached(c, asked, log);
  });
  return app;
}

/** Of the head that the edition in this answer lists; null for what is no such answer. */
function headIdIn(answer: Uint8Array): string | null {
  try {
    const { edition } = parseEditionAnswer(JSON.parse(new TextDecoder().decode(answer)));
    return parseEdition(parseCanonical("edition", edition.document)).head.id;
  } catch {
    return null;
  }
}

type Answered = Extract<Asked, { state: "answered" }>;

/**
 * Encapsulated responses and the gateway's refusals (RFC 9458, 5.2) go back as they came, without their other
 * headers.
 */
function passedOn(c: Context, asked: Answered, log: Log): Response {
  const { status, mediaType, bytes } = asked;
  if (status === 200 && mediaType === ohttpMedia.response) {
    return c.body(bytes, 200, { "content-type": mediaType, "cache-control": "no-store" });
  }
  const refusals = [400, 413, 415, 429, 503] as const;
  const refused = refusals.find((one) => one === status);
  if (refused !== undefined && mediaType === "application/problem+json" && bytes.length <= mostProblemBytes) {
    return c.body(bytes, refused, { "content-type": mediaType, "cache-control": "no-store" });
  }
  return notUnderstood(c, asked, log);
}

function notUnderstood(c: Context, { status, mediaType }: Answered, log: Log): Response {
  const detail = `expected an answer that can be passed on, got status ${status} with ${mediaType || "no type"}`;
  log("relay-refused", { path: c.req.path, detail }, "warn");
  return problem(c, { status: 502, name: "bad-gateway", detail });
}

function unreached(c: Context, asked: Exclude<Asked, Answered>, log: Log): Response {
  log("relay-failed", { path: c.req.path, why: asked.state, detail: asked.detail }, "warn");
  return asked.state === "timeout"
    ? problem(c, { status: 504, name: "gateway-timeout", detail: "the leader took too long to answer" })
    : problem(c, { status: 502, name: "bad-gateway", detail: "the leader cannot be reached" });
}

/**
 * One call serves all who ask while it runs, and for `ms` after it was answered. A failure serves only those
 * who waited.
 */
function sharedFor(
  { ms, nowMs }: { readonly ms: number; readonly nowMs: () => number },
  call: () => Promise<Asked>,
): () => Promise<Asked> {
  let running: Promise<Asked> | null = null;
  let kept: { readonly asked: Answered; readonly atMs: number } | null = null;
  return () => {
    if (kept !== null && !hasPassed(ms, { sinceMs: kept.atMs, nowMs: nowMs() })) {
      return Promise.resolve(kept.asked);
    }
    running ??= call()
      .then((asked) => {
        if (asked.state === "answered" && asked.status === 200) kept = { asked, atMs: nowMs() };
        return asked;
      })
      .finally(() => {
        running = null;
      });
    return running;
  };
}
