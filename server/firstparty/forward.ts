/**
 * One request to the leader and its answer back, both in pieces. It ends when the browser goes away, and when
 * for `timeoutMs` nothing has moved in either direction.
 */
import { type BodyEnd, watched } from "./bodies.ts";
import { headersForBrowser, headersForLeader } from "./headers.ts";
import { problem } from "./problem.ts";

export interface Forwarded {
  readonly url: string;
  /** The visitor's; null to say none. */
  readonly address: string | null;
  readonly bodyBytes: number;
  readonly timeoutMs: number;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
}

export async function forward(
  request: Request,
  { url, address, bodyBytes, timeoutMs, fetch }: Forwarded,
): Promise<Response> {
  const { method, body, signal } = request;
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > bodyBytes) return tooLong(bodyBytes);
  const ending = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const fate: { because: "silent" | "too long" | null } = { because: null };
  const moved = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      fate.because = "silent";
      ending.abort();
    }, timeoutMs);
  };
  const gone = () => ending.abort();
  const over = () => {
    clearTimeout(timer);
    signal.removeEventListener("abort", gone);
  };
  if (signal.aborted) gone();
  signal.addEventListener("abort", gone);
  moved();
  const onSent = (end: BodyEnd) => {
    if (end === "too long") fate.because = end;
  };
  const sent =
    bodyBytes === 0 || body === null ? null : watched(body, bodyBytes, { onPiece: moved, onEnd: onSent });
  try {
    const answer = await fetch(url, {
      method,
      headers: headersForLeader(request.headers, address),
      // What is elsewhere is not the leader's.
      redirect: "manual",
      signal: ending.signal,
      ...(sent === null ? {} : { body: sent, duplex: "half" }),
    });
    moved();
    const { status } = answer;
    const isWhole = method === "HEAD" || status === 204 || status === 304 || answer.body === null;
    const isElsewhere = status < 200 || (status >= 300 && status < 400 && status !== 304);
    if (isWhole || isElsewhere) {
      over();
      answer.body?.cancel().catch(() => undefined);
      if (isElsewhere) return badGateway(`the server must answer by itself, got status ${status}`);
    }
    const onEnd = (end: BodyEnd) => {
      over();
      if (end !== "whole") ending.abort();
    };
    const received =
      isWhole || answer.body === null
        ? null
        : watched(answer.body, Number.POSITIVE_INFINITY, { onPiece: moved, onEnd });
    const headers = headersForBrowser(answer.headers);
    if (status === 304) headers.delete("content-length");
    // Workers pack what is said to be packed, unless they are told that it is.
    const init = { status, headers, encodeBody: "manual" };
    return new Response(received, init);
  } catch {
    over();
    if (fate.because === "too long") return tooLong(bodyBytes);
    return fate.because === "silent"
      ? problem(504, "gateway-timeout", "the server took too long to answer")
      : badGateway("the server cannot be reached");
  }
}

function badGateway(detail: string): Response {
  return problem(502, "bad-gateway", detail);
}

function tooLong(most: number): Response {
  return problem(413, "too-long", `a body here must have at most ${most} bytes, got more`);
}
