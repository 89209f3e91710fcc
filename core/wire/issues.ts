/** A schema's complaint in the project's error grammar: `who: where must be …, got …`. */
import * as v from "valibot";
import { shortened } from "../errors.ts";

/** Whatever came, an error is for people to read. */
export function issueText(who: string, issue: v.BaseIssue<unknown>): string {
  const where = shortened(v.getDotPath(issue) ?? "the value");
  if (issue.expected === "never") return `${who}: ${where} is not a known key`;
  if (isMissingKey(issue)) return `${who}: ${where} must be given, got undefined`;
  // A check of our own expects nothing that has a name: its message says what.
  const isOwn = issue.expected === null || issue.expected === "unknown";
  const expected = isOwn ? issue.message : issue.expected;
  const { requirement } = issue;
  // A check's requirement is code; its message says what it asks.
  const bound = requirement === undefined || typeof requirement === "function" ? "" : ` (${requirement})`;
  return `${who}: ${where} must be ${expected}${bound}, got ${shortened(issue.received)}`;
}

/** Valibot expects the key's own name where it is not there. */
function isMissingKey({ type, received, expected, path }: v.BaseIssue<unknown>): boolean {
  const isObject = type === "object" || type === "strict_object";
  return isObject && received === "undefined" && expected === JSON.stringify(path?.at(-1)?.key);
}
