/** POST /v1/gateway: encapsulated requests from the relay. The same answers whoever relays. */
import { Hono } from "hono";
import { keyProblemType, ohttpMedia } from "../../core/wire/ohttp.ts";
import { problem } from "../http/problem.ts";
import { encapsulatedContent } from "./content.ts";
import type { Gateway } from "./gateway.ts";

export interface GatewayRoutesOptions {
  readonly gateway: Gateway;
  /** Most bytes of an encapsulated request: of the largest report, and a few kilobytes more. */
  readonly limitBytes: number;
}

export function gatewayRoutes({ gateway, limitBytes }: GatewayRoutesOptions): Hono {
  return new Hono().post("/gateway", async (c) => {
    const content = await encapsulatedContent(c, limitBytes);
    if (!content.ok) return content.answer;
    const reply = await gateway.answer(content.bytes);
    switch (reply.state) {
      case "answered":
        return c.body(reply.bytes, 200, {
          "content-type": ohttpMedia.response,
          "cache-control": "no-store",
        });
      case "unknown-key": {
        const document = {
          type: keyProblemType,
          title: "key identifier unknown",
          status: 400,
          detail: reply.detail,
        };
        return c.body(JSON.stringify(document), 400, {
          "content-type": "application/problem+json",
          "cache-control": "no-store",
        });
      }
      case "malformed":
        return problem(c, { status: 400, name: "malformed", detail: reply.detail });
    }
  });
}
