/** A worker for relay.spec.ts: sends one report through a relay and says what became of it. */
import { encapsulate, gatewayKeyOf, readRelayAnswer } from "../../worker/door/ohttp.ts";

export interface RelayTry {
  readonly relay: string;
  /** application/ohttp-keys. */
  readonly keys: Uint8Array;
  readonly body: Uint8Array;
}

export type RelayTried =
  | { readonly state: "answered"; readonly status: number; readonly text: string }
  | { readonly state: "stale-key" }
  | { readonly state: "failed"; readonly status: number }
  /** The browser did not let the request through, or its answer. */
  | { readonly state: "refused" };

addEventListener("message", async ({ data }: MessageEvent<RelayTry>) => postMessage(await tried(data)));

async function tried({ relay, keys, body }: RelayTry): Promise<RelayTried> {
  const url = "https://leader.example/v1/reports";
  const exchange = await encapsulate({
    config: gatewayKeyOf(keys),
    request: { method: "POST", url, headers: { "content-type": "application/octet-stream" }, body },
  });
  let answer: Response;
  try {
    const headers = { "content-type": "message/ohttp-req" };
    answer = await fetch(`${relay}/v1/relay`, { method: "POST", headers, body: exchange.body });
  } catch {
    return { state: "refused" };
  }
  const read = await readRelayAnswer(exchange, answer);
  if (read.state !== "answered") return read;
  return { state: "answered", status: read.response.status, text: await read.response.text() };
}
