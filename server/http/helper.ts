/** The helper's routes for the leader; see tasks/helperwire.ts. */
import { type Context, Hono } from "hono";
import { messageOf } from "../../core/errors.ts";
import type { Helper } from "../tasks/helper.ts";
import type { HelperReply } from "../tasks/helperclient.ts";
import {
  checkHeaders,
  messageRefusals,
  parseVouchRequest,
  type RefusalStatus,
  vouchRefusals,
  wireLimits,
} from "../tasks/helperwire.ts";
import { verifyEd25519 } from "../tasks/keys/identity.ts";
import { notVouched, type VouchRequest } from "../tasks/vouchreply.ts";
import { readBody } from "./body.ts";
import { problem } from "./problem.ts";

export interface HelperRouteParts {
  readonly helper: Helper;
  /** The leader's identity, as the helper pinned it: Ed25519 public key in hex. */
  readonly leader: string;
}

/** Mounted at /v1/helper. */
export function helperRoutes({ helper, leader }: HelperRouteParts): Hono {
  const app = new Hono();
  app.get("/keys", async (c) => c.json(await helper.keys(), 200, { "cache-control": "no-store" }));
  // Public: whoever wants to may keep it and compare.
  app.get("/log", async (c) => c.json(await helper.log(), 200, { "cache-control": "public, max-age=60" }));
  app.post("/documents", async (c) => {
    const body = await readBody(c, wireLimits.documentBytes);
    if (!body.ok) return problem(c, tooLong(body.limit, body.got));
    const request = vouchRequestIn(new TextDecoder().decode(body.bytes));
    const reply =
      request instanceof Error ? notVouched("malformed", messageOf(request)) : await helper.vouch(request);
    if (reply.ok) return c.json({ state: "vouched" }, 200, { "cache-control": "no-store" });
    return problem(c, refused(vouchRefusals[reply.why], reply));
  });
  app.post("/chunks", (c) => answered(c, leader, (request) => helper.chunk(request)));
  app.post("/closings", (c) => answered(c, leader, (request) => helper.close(request)));
  return app;
}

function vouchRequestIn(text: string): VouchRequest | Error {
  try {
    return parseVouchRequest(text);
  } catch {
    return new TypeError("expected a kind and a signed document, got something else");
  }
}

/** Of a signed message; a stranger's is not read. */
async function answered(
  c: Context,
  leader: string,
  answer: (request: Uint8Array) => Promise<HelperReply>,
): Promise<Response> {
  const headers = await checkHeaders((name) => c.req.header(name), { key: leader, verify: verifyEd25519 });
  if (!headers.ok) return problem(c, { status: 401, name: "not-the-leader", detail: headers.detail });
  const body = await readBody(c, wireLimits.requestBytes);
  if (!body.ok) return problem(c, tooLong(body.limit, body.got));
  if (!headers.covers(body.bytes)) {
    const detail = "the body must have the digest that was signed, got another";
    return problem(c, { status: 401, name: "not-the-leader", detail });
  }
  const reply = await answer(body.bytes);
  if (!reply.ok) return problem(c, refused(messageRefusals[reply.why], reply));
  return c.body(new Uint8Array(reply.answer), 200, {
    "content-type": "application/octet-stream",
    "cache-control": "no-store",
  });
}

function refused(status: RefusalStatus, { why, detail }: { readonly why: string; readonly detail: string }) {
  return { status, name: why, detail, more: { why } };
}

function tooLong(limit: number, got: number) {
  const detail = `a body must have at most ${limit} bytes, got ${got}`;
  return { status: 413, name: "too-long", detail } as const;
}
