/**
 * The one door out: how the open tasks are asked for, and how a report leaves. Either straight to the server,
 * or through a relay (Oblivious HTTP, RFC 9458), which sees the address and not the report, while the server
 * sees the report and not the address. Whoever set a relay is never sent a report around it.
 *
 * The requests are the same whatever the person likes, and carry nothing of the browser's own.
 */
import { fromHex } from "../../core/bytes.ts";
import { ohttpMedia } from "../../core/wire/ohttp.ts";
import { parseReportAnswer, type ReportAnswer } from "../../core/wire/report.ts";
import { parseTasksAnswer, type TasksAnswer } from "../../core/wire/tasksanswer.ts";
import type { Edges } from "../edges.ts";
import type { Trusted } from "../trust/trust.ts";
import { jsonOf } from "./body.ts";
import { endOf } from "./end.ts";
import { encapsulate, gatewayKeyOf, readRelayAnswer } from "./ohttp.ts";

const requestLimitMs = 60_000;

export interface Door {
  readonly edges: Edges;
  readonly server: string;
  /** Null: there is none, and reports go to the server. */
  readonly relay: string | null;
  /** Ends what is under way: consent was taken back. */
  readonly signal?: AbortSignal;
}

export async function fetchTasks({ edges, server, relay, signal }: Door): Promise<TasksAnswer> {
  const response = await edges.fetch(`${relay ?? server}/v1/tasks`, withoutTraces({}, signal));
  if (response.status !== 200) throw new Error(`GET /v1/tasks: expected status 200, got ${response.status}`);
  return parseTasksAnswer(await jsonOf(response, "GET /v1/tasks"));
}

/** The helper's whole log, unchecked. */
export async function fetchLog({ edges, server, relay, signal }: Door): Promise<unknown> {
  const response = await edges.fetch(`${relay ?? server}/v1/log`, withoutTraces({}, signal));
  if (response.status !== 200) throw new Error(`GET /v1/log: expected status 200, got ${response.status}`);
  return jsonOf(response, "GET /v1/log");
}

/**
 * The answer that is trusted now, and how to ask again when the gateway's keys in it have been rotated away.
 */
export interface CurrentTrust {
  readonly now: Trusted;
  readonly refetch: () => Promise<Trusted>;
}

/** A door, and whether a report may still leave through it. */
export interface Sender extends Door {
  /** Asked at the last moment, when nothing is waited for any more before the bytes leave. */
  readonly allowed: () => boolean;
}

/**
 * Sends a report's bytes; null when it may not leave any more. An end of `allowed` ends an upload by `signal`:
 * what of its bytes is gone by then cannot be called back, and whoever got all of them counts them.
 *
 * @throws when no answer came that can be read: it may have arrived or not, and may be sent again.
 */
export async function deliver(
  door: Sender,
  body: Uint8Array,
  trust: CurrentTrust,
): Promise<ReportAnswer | null> {
  const response =
    door.relay === null ? await straight(door, body) : await throughRelay(door, door.relay, { body, trust });
  if (response === null) return null;
  const isAnswer = response.status < 500 && response.status !== 429;
  if (!isAnswer) throw new Error(`POST /v1/reports: expected an answer, got status ${response.status}`);
  return parseReportAnswer(await jsonOf(response, "POST /v1/reports"));
}

const reportMedia = { "content-type": "application/octet-stream" } as const;

async function straight(
  { edges, server, allowed, signal }: Sender,
  body: Uint8Array,
): Promise<Response | null> {
  if (!allowed()) return null;
  const init = { method: "POST", headers: reportMedia, body: new Uint8Array(body) };
  return edges.fetch(`${server}/v1/reports`, withoutTraces(init, signal));
}

async function throughRelay(
  { edges, server, allowed, signal }: Sender,
  relay: string,
  { body, trust }: { readonly body: Uint8Array; readonly trust: CurrentTrust },
): Promise<Response | null> {
  // The gateway serves this address alone, wherever the server's prefix puts the others.
  const url = `${new URL(server).origin}/v1/reports`;
  for (const trusted of [async () => trust.now, trust.refetch]) {
    const config = gatewayKeyOf(gatewayOf(await trusted()));
    const exchange = await encapsulate({
      config,
      request: { method: "POST", url, headers: reportMedia, body },
    });
    const init = { method: "POST", headers: { "content-type": ohttpMedia.request }, body: exchange.body };
    if (!allowed()) return null;
    const answer = await readRelayAnswer(
      exchange,
      await edges.fetch(`${relay}/v1/relay`, withoutTraces(init, signal)),
    );
    if (answer.state === "answered") return answer.response;
    if (answer.state === "failed") {
      throw new Error(`POST /v1/relay: expected the gateway's answer, got status ${answer.status}`);
    }
  }
  throw new Error(
    "POST /v1/relay: expected the gateway to have a key of its list, got two that it does not know",
  );
}

function gatewayOf({ leader }: Trusted): Uint8Array {
  if (leader.gateway !== null) return fromHex(leader.gateway);
  throw new Error("relay: the leader's key list must name a gateway for a report to go to, got none");
}

function withoutTraces(init: RequestInit, stop?: AbortSignal): RequestInit {
  return {
    ...init,
    credentials: "omit",
    referrerPolicy: "no-referrer",
    cache: "no-store",
    signal: endOf(requestLimitMs, stop),
  };
}
