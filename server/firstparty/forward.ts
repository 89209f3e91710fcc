/**
 * One request to the leader and its answer back, both in pieces. It ends when the browser goes away, and when
 * for `timeoutMs` nothing has moved in either direction.
 */
import { type BodyEnd, watched } from "./bodies.ts";
import { headersForBrowser, headersForLeader } from "./headers.ts";
import { problem } from "./problem.ts";
import { untilSilent } from "./silence.ts";

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
  const { method, body, headers } = request;
  if (Number(headers.get("content-length") ?? 0) > bodyBytes) return tooLong(bodyBytes);
  const line = untilSilent(timeoutMs, request.signal);
  let sentEnd: BodyEnd | null = null;
  const onSent = (end: BodyEnd) => {
    sentEnd = end;
  };
  const sent =
    bodyBytes === 0 || body === null
      ? null
      : watched(body, bodyBytes, { onPiece: line.moved, onEnd: onSent });
  try {
    const answer = await fetch(url, {
      method,
      headers: headersForLeader(headers, address),
      // What is elsewhere is not the leader's.
      redirect: "manual",
      signal: line.signal,
      ...(sent === null ? {} : { body: sent, duplex: "half" }),
    });
    line.moved();
    return answerFrom(answer, method, line);
  } catch {
    line.over();
    if (isTooLong(sentEnd)) return tooLong(bodyBytes);
    return line.isSilent()
      ? problem(504, "gateway-timeout", "the server took too long to answer")
      : badGateway("the server cannot be reached");
  }
}

/** Set by a callback, which the compiler does not follow. */
const isTooLong = (end: BodyEnd | null) => end === "too long";

function answerFrom(answer: Response, method: string, line: ReturnType<typeof untilSilent>): Response {
  const { status, body } = answer;
  const isElsewhere = status < 200 || (status >= 300 && status < 400 && status !== 304);
  const hasBody = body !== null && method !== "HEAD" && status !== 204 && status !== 304 && !isElsewhere;
  if (!hasBody) {
    line.over();
    body?.cancel().catch(() => undefined);
  }
  if (isElsewhere) return badGateway(`the server must answer by itself, got status ${status}`);
  const onEnd = (end: BodyEnd) => {
    line.over();
    if (end !== "whole") line.end();
  };
  const received = hasBody ? watched(body, Number.POSITIVE_INFINITY, { onPiece: line.moved, onEnd }) : null;
  const headers = headersForBrowser(answer.headers);
  if (status === 304) headers.delete("content-length");
  // Workers pack what is said to be packed, unless they are told that it is.
  const init = { status, headers, encodeBody: "manual" };
  return new Response(received, init);
}

function badGateway(detail: string): Response {
  return problem(502, "bad-gateway", detail);
}

function tooLong(most: number): Response {
  return problem(413, "too-long", `a body here must have at most ${most} bytes, got more`);
}
