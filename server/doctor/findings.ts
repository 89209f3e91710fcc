/** What is wrong with a page, and what to do about it, from what a visit saw. */
import { fileFindings } from "./filefindings.ts";
import type { Finding } from "./finding.ts";
import type { Observed } from "./observed.ts";
import { pageFindings, scriptFindings } from "./pagefindings.ts";
import { markFindings, personFindings } from "./personfindings.ts";
import { errorFindings, modelFindings } from "./sdkfindings.ts";

/** In the order in which things happen on a page; what comes after something that is missing is left out. */
export function findingsOf(seen: Observed): readonly Finding[] {
  const page = pageFindings(seen);
  if (seen.status === null || seen.status >= 400) return page;
  const script = scriptFindings(seen);
  if (seen.sdk === null) return [...page, ...script];
  const errors = errorFindings(seen);
  // Of an SDK that was not started nothing else holds.
  if (seen.sdk.errors.some((message) => message.startsWith("init:"))) return [...page, ...script, ...errors];
  const files = fileFindings(seen);
  const isExplained = [...errors, ...files].some(({ level }) => level === "wrong");
  return [
    ...page,
    ...script,
    ...errors,
    ...modelFindings(seen, isExplained),
    ...files,
    ...personFindings(seen),
    ...markFindings(seen),
  ];
}
