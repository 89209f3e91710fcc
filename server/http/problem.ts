/** Errors over HTTP: problem+json (RFC 9457). `type` is a name of ours; `detail` says who, expected, got. */
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Refusal, ReportAnswer } from "../../core/wire/protocol.ts";

export interface Problem {
  readonly status: ContentfulStatusCode;
  /** Short and stable: what programs switch on. */
  readonly name: string;
  readonly detail: string;
  /** Further members of the document. */
  readonly more?: Readonly<Record<string, unknown>>;
}

export function problem(c: Context, { status, name, detail, more = {} }: Problem): Response {
  const title = name.replaceAll("-", " ");
  return c.body(
    JSON.stringify({ type: `urn:tacit:problem:${name}`, title, status, detail, ...more }),
    status,
    {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
    },
  );
}

const refusalStatus: Readonly<Record<Refusal, ContentfulStatusCode>> = {
  malformed: 400,
  "wrong-block": 400,
  "wrong-length": 400,
  "unknown-key": 400,
  "unknown-task": 404,
  "task-closed": 409,
  "batch-full": 409,
  "no-token": 401,
  "bad-token": 401,
  "token-spent": 409,
};

/** The answer to a report: JSON when it counts, a problem that also reads as a `ReportAnswer` when it does not. */
export function reportAnswer(c: Context, answer: ReportAnswer, status?: ContentfulStatusCode): Response {
  if (answer.state !== "refused") return c.json(answer, 200, { "cache-control": "no-store" });
  const { state, why, detail } = answer;
  return problem(c, { status: status ?? refusalStatus[why], name: why, detail, more: { state, why } });
}
