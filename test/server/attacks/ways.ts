/**
 * The two ways by which a report reaches the leader, and what is answered on each: by itself, and sealed to
 * the gateway.
 */
import type { Hono } from "hono";
import { expect } from "vitest";
import { fromHex } from "../../../core/bytes.ts";
import { ohttpMedia } from "../../../core/wire/ohttp.ts";
import { parseReportAnswer } from "../../../core/wire/report.ts";
import { encapsulate, gatewayKeyOf, readRelayAnswer } from "../../../worker/door/ohttp.ts";
import { type OpenTasks, outcomeIn } from "../harness.ts";

export interface Answered {
  readonly status: number;
  /** What became of the report's one sum. */
  readonly answer: ReturnType<typeof outcomeIn>;
}

export const wayNames = ["direct", "gateway"] as const;
export type WayName = (typeof wayNames)[number];
export type Way = (bytes: Uint8Array) => Promise<Answered>;

/** Both ways in; the gateway's key is the one that its signed list names. */
export function waysOf(app: Hono, { lists }: Pick<OpenTasks, "lists">): Readonly<Record<WayName, Way>> {
  const { gateway } = lists.leader;
  if (gateway === null) throw new TypeError("waysOf: expected a gateway in the leader's list, got none");
  const config = gatewayKeyOf(fromHex(gateway));
  return {
    direct: async (bytes) =>
      answeredIn(await app.request("/v1/reports", { method: "POST", body: Uint8Array.from(bytes) })),
    gateway: async (bytes) => {
      const url = "https://leader.example/v1/reports";
      const headers = { "content-type": "application/octet-stream" };
      const exchange = await encapsulate({ config, request: { method: "POST", url, headers, body: bytes } });
      const read = await readRelayAnswer(exchange, await postSealed(app, exchange.body));
      if (read.state !== "answered") throw new Error(`expected an answer in the seal, got ${read.state}`);
      return answeredIn(read.response);
    },
  };
}

export function postSealed(
  app: Hono,
  body: Uint8Array,
  type: string = ohttpMedia.request,
): Promise<Response> {
  const headers = { "content-type": type };
  return Promise.resolve(
    app.request("/v1/gateway", { method: "POST", headers, body: Uint8Array.from(body) }),
  );
}

/**
 * The answer, which must be in the documented form: JSON when the report is taken, a problem when it is not.
 */
export async function answeredIn(response: Response): Promise<Answered> {
  const { status } = response;
  const value: unknown = await response.json();
  const whole = parseReportAnswer(value);
  if (whole.state === "answered") expect(whole.sums).toHaveLength(1);
  const answer = outcomeIn(whole);
  const type = response.headers.get("content-type") ?? "";
  if (answer.state === "refused") {
    expect(type).toBe("application/problem+json");
    expect(value).toMatchObject({ type: `urn:tacit:problem:${answer.why}`, status });
  } else {
    expect(type).toMatch(/^application\/json/);
    expect(value).toEqual({ state: "answered", sums: [{ ...answer, task: expect.any(String) }] });
  }
  return { status, answer };
}
