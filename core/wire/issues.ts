/** A schema's complaint in the project's error grammar: `who: where must be …, got …`. */
import * as v from "valibot";

export function issueText(who: string, issue: v.BaseIssue<unknown>): string {
  const where = v.getDotPath(issue) ?? "the value";
  const expected = issue.expected ?? issue.message;
  return issue.expected === "never"
    ? `${who}: ${where} is not a known key`
    : `${who}: ${where} must be ${expected}${issue.requirement === undefined ? "" : ` (${String(issue.requirement)})`}, got ${issue.received}`;
}
