/** What the SDK said of itself, what the page's policy refused it, and what it ranks with. */
import { type ErrorCode, errorCodeOf, errorsPage } from "../../core/errorcodes.ts";
import { type Finding, note, ok, wrong } from "./finding.ts";
import type { Observed } from "./observed.ts";

/** What the SDK said of itself, told apart by its words (test/server/doctor has them from the SDK). */
export function errorFindings({ sdk, violations, requests }: Observed): readonly Finding[] {
  const refusals = new Map(violations.map((one) => [`${one.directive} ${one.blocked}`, one]));
  const policy = [...refusals.values()]
    .filter(({ directive }) => /^(worker|connect|child|require-trusted|trusted-types)/.test(directive))
    .map(({ directive, blocked }) =>
      note(`the page's policy refused ${blocked || "something"} by ${directive}`, policyAdvice(directive)),
    );
  const said = sdk?.errors ?? [];
  const isRefused = said.some((message) => message.startsWith("init:"));
  const errors = said
    // The same once more, by who asked; and what is so because nothing was started.
    .filter((message) => !said.some((other) => other !== message && other.endsWith(`: ${message}`)))
    .filter((message) => !(isRefused && errorCodeOf(message) === "not-started"))
    .map((message) => withCode(errorFinding(message, requests), errorCodeOf(message)));
  return [...policy, ...errors];
}

function withCode({ advice, ...finding }: Finding, code: ErrorCode): Finding {
  const page = `${code}: ${errorsPage}#${code}`;
  return { ...finding, advice: advice === undefined ? page : `${advice} (${page})` };
}

function errorFinding(message: string, requests: Observed["requests"]): Finding {
  if (message.startsWith("init:")) return wrong(message, `${initAdvice(message)}${untilRight}`);
  if (/\btrust: /.test(message))
    return wrong(
      message,
      "The tag must have the keys that this server prints when it starts: nothing else is believed.",
    );
  if (slip.test(message)) return wrong(message, "A call or an attribute of the page is not what it must be.");
  if (message.startsWith("worker: runs"))
    return note(
      message,
      "Serve worker.js from the page's origin, and let worker-src 'self' stand in its policy; for a tag of another origin, let worker-src name blob: and that origin.",
    );
  const asked = /expected an answer from (\S+)/.exec(message)?.[1];
  if (asked !== undefined) return wrong(message, unansweredAdvice(asked, requests));
  if (/expected it from/.test(message))
    return wrong(
      message,
      "Serve it beside worker.js, and let the policy of worker.js name it in script-src.",
    );
  return note(message);
}

const untilRight = "Until this is right, Tacit keeps and lists nothing.";

function initAdvice(message: string): string {
  return /consent must|(personalise|contribute) must/.test(message)
    ? `In script: consent: { personalise: true, contribute: false }. On the tag: data-tacit-consent="personalise", where what is not named is off. Without it personalise is on, contribute off. `
    : "";
}

/** By the browser's reason, where it gave one. */
function unansweredAdvice(url: string, requests: Observed["requests"]): string {
  const failure =
    requests.find((request) => request.url.startsWith(url) && request.failure !== "")?.failure ?? "";
  const because = failure === "" ? "" : `The browser says ${failure}. `;
  if (/NAME_NOT_RESOLVED/.test(failure))
    return `${because}There is no such host: check the server's address.`;
  if (/CONNECTION_REFUSED/.test(failure))
    return `${because}Nobody listens there: start the server, or check the address.`;
  if (/BLOCKED_BY_CLIENT/.test(failure)) {
    return `${because}A blocker keeps it away: mount the server on your own origin, under a name that says nothing.`;
  }
  return `${because}Check the server's address, its \`origins\`, and the page's connect-src.`;
}

/** A call, or an attribute, that the SDK cannot take. */
const slip =
  /^(track|declare|steer|consent|on|recommend|similar|goesWith|search|trending|lists|explain|exportData|forget|reportBytes)\b.*: .*\bmust\b/;

function policyAdvice(directive: string): string {
  if (directive.startsWith("worker") || directive.startsWith("child"))
    return "Let worker-src 'self' stand there; for a tag of another origin blob: and that origin.";
  if (directive.startsWith("connect")) return "Let connect-src name the server and the relay.";
  return "Let trusted-types name tacit.";
}

/** @param isExplained something that is wrong was found: what comes of it is not told once more */
export function modelFindings({ sdk }: Observed, isExplained: boolean): readonly Finding[] {
  if (sdk === null || (sdk.readyMs === null && isExplained)) return [];
  const { readyMs, items, isWhole, shelf } = sdk;
  if (readyMs === null) {
    return [
      wrong(
        "no item of the catalogue came",
        "Was a catalogue imported (tacit import), and does GET /v1/edition answer this page?",
      ),
    ];
  }
  const came = ok(
    `the first items were there after ${Math.round(readyMs)} ms${items === null ? "" : `, ${items} in all`}`,
  );
  const list =
    shelf.items > 0
      ? ok(`recommend() gave ${shelf.items} items in ${Math.round(shelf.ms)} ms`)
      : wrong("recommend() gave nothing", "Is every item out of stock, or ruled out by the site's policy?");
  return [
    came,
    list,
    ...(isWhole === false ? [note("the whole catalogue had not come by the end of the visit")] : []),
  ];
}
