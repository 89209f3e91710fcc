/** One request to the leader and all that can come of it, with a time limit and a length limit. */
import { messageOf } from "../../core/errors.ts";
import { mediaTypeOf } from "./content.ts";

export interface RelayRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
  readonly redirect: "error";
  readonly signal: AbortSignal;
}

export type RelayFetch = (url: string, init: RelayRequest) => Promise<Response>;

export type Asked =
  | {
      readonly state: "answered";
      readonly status: number;
      readonly mediaType: string;
      readonly bytes: Uint8Array<ArrayBuffer>;
    }
  | { readonly state: "timeout" | "unreachable" | "too-long"; readonly detail: string };

/** Never rejects for what the network or the leader does. */
export async function ask(
  reach: RelayFetch,
  url: URL,
  init: Omit<RelayRequest, "redirect" | "signal">,
  { timeoutMs, mostBytes }: { readonly timeoutMs: number; readonly mostBytes: number },
): Promise<Asked> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await reach(url.href, { ...init, redirect: "error", signal });
    const bytes = await readUpTo(response, mostBytes);
    if (bytes === null) return { state: "too-long", detail: `expected at most ${mostBytes} bytes, got more` };
    return { state: "answered", status: response.status, mediaType: mediaTypeOf(response), bytes };
  } catch (error) {
    if (signal.aborted) return { state: "timeout", detail: `no whole answer in ${timeoutMs} ms` };
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    return { state: "unreachable", detail: messageOf(cause) };
  }
}

async function readUpTo(response: Response, mostBytes: number): Promise<Uint8Array<ArrayBuffer> | null> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of response.body ?? []) {
    length += piece.length;
    if (length > mostBytes) return null;
    pieces.push(piece);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
