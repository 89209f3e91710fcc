/** tacit doctor: opens a page of the site in a real browser and says what is wrong with it. */
import { OperatorError } from "../base/operatorerror.ts";
import type { Finding } from "../doctor/finding.ts";
import { findingsOf } from "../doctor/findings.ts";
import { VisitError, visit } from "../doctor/visit.ts";
import type { Command } from "./command.ts";
import { parseFlags, textFlag } from "./flags.ts";

const marks: Readonly<Record<Finding["level"], string>> = { ok: "ok    ", note: "note  ", wrong: "WRONG " };
const defaultSeconds = 15;

export const doctor: Command = {
  summary: "open a page in a real browser and say what is wrong with it",
  usage: `tacit doctor URL [--browser FILE] [--seconds N] [--json]

  Opens the page as a newcomer's Chromium, looks for Tacit, asks it for a list, and says what works and what does not, each with what to
  do. Leaves with status 1 where something is wrong. Needs the package puppeteer-core (npm i puppeteer-core) and a Chromium or Chrome.

  --browser    the browser's program; by default CHROMIUM_PATH, or the first Chromium or Chrome on the PATH
  --seconds    so long the page has until its first items are there (${defaultSeconds})
  --json       what was found as one JSON value`,
  flags: { browser: { type: "string" }, seconds: { type: "string" }, json: { type: "boolean" } },
  run: async (args, { env, out }) => {
    const flags = parseFlags("doctor", args, doctor.flags);
    const url = addressIn(flags.positionals);
    const seconds = Number(textFlag(flags, "seconds") ?? defaultSeconds);
    if (!(seconds > 0 && seconds <= 600)) {
      throw new OperatorError(
        `doctor: --seconds must be a number up to 600, got ${textFlag(flags, "seconds")}`,
      );
    }
    const seen = await visit({
      ...{ url, program: textFlag(flags, "browser"), env },
      limitMs: seconds * 1000,
    }).catch((error: unknown) => {
      throw error instanceof VisitError ? new OperatorError(`doctor: ${error.message}`) : error;
    });
    const findings = findingsOf(seen);
    const isWell = findings.every(({ level }) => level !== "wrong");
    if (flags.values.json === true) out(JSON.stringify({ url, isWell, findings }, null, 2));
    else for (const line of linesOf(findings)) out(line);
    return isWell ? 0 : 1;
  },
};

function addressIn(positionals: readonly string[]): string {
  const [given, ...more] = positionals;
  if (given === undefined || more.length > 0) {
    throw new OperatorError(`doctor: expected one URL, got ${positionals.length}`);
  }
  const address = /^[a-z]+:\/\//i.test(given) ? given : `http://${given}`;
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url !== null && /^https?:$/.test(url.protocol)) return url.href;
  throw new OperatorError(`doctor: expected the URL of a page, got "${given}"`);
}

export function linesOf(findings: readonly Finding[]): readonly string[] {
  const wrong = findings.filter(({ level }) => level === "wrong").length;
  const notes = findings.filter(({ level }) => level === "note").length;
  const all = findings.flatMap(({ level, title, advice }) => [
    `${marks[level]}${title}`,
    ...(advice === undefined ? [] : [`      ${advice}`]),
  ]);
  return [
    ...all,
    "",
    `${wrong === 0 ? "nothing is wrong" : `${wrong} wrong`}, ${notes === 1 ? "1 note" : `${notes} notes`}`,
  ];
}
