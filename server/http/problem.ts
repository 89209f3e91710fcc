/** Errors over HTTP: problem+json (RFC 9457). `type` is a name of ours; `detail` says who, expected, got. */
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Refusal, ReportAnswer } from "../../core/wire/report.ts";

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

/**
 * The answer to a report: 200 when any sum of it was taken, else the status of its first refusal. Either body
 * reads as a `ReportAnswer`; a refusal is a problem as well.
 */
export function reportAnswer(c: Context, answer: ReportAnswer, status?: ContentfulStatusCode): Response {
  const refused = refusalOf(answer);
  if (refused === null) return c.json(answer, 200, { "cache-control": "no-store" });
  const { why, detail } = refused;
  return problem(c, { status: status ?? refusalStatus[why], name: why, detail, more: { ...answer } });
}

/** Why nothing of a report was taken; null when something was. */
function refusalOf(answer: ReportAnswer): { readonly why: Refusal; readonly detail: string } | null {
  if (answer.state === "refused") return answer;
  const refusals = answer.sums.flatMap((sum) => (sum.state === "refused" ? [sum] : []));
  return refusals.length === answer.sums.length ? (refusals[0] ?? null) : null;
}
