/** Whether the page came, and the script with it. */
import { type Finding, note, ok, wrong } from "./finding.ts";
import type { Observed } from "./observed.ts";

export function pageFindings({ url, status, failure, isSecure }: Observed): readonly Finding[] {
  if (status === null) {
    return [wrong(`${url} did not come: ${failure}`, "Is the address right, and is the site up?")];
  }
  if (status >= 400)
    return [wrong(`${url} answered ${status}`, "Give the address of a page that your visitors see.")];
  const came = ok(`the page came (${status})`);
  if (isSecure) return [came];
  const insecure = "the page is no secure context";
  return [came, note(insecure, "Serve it over https: without it browsers withhold what contributing needs.")];
}

export function scriptFindings(seen: Observed): readonly Finding[] {
  const { scripts, found, sdk, violations } = seen;
  const tags = scripts.filter(({ isOurs }) => isOurs);
  const twice =
    tags.length > 1
      ? [note(`${tags.length} script tags of Tacit`, "The first one stays; remove the others.")]
      : [];
  if (sdk !== null) return [ok(`Tacit ${sdk.version} runs`), ...twice];
  if (found === "nothing" && tags.length === 0) {
    const tag = `<script async src="/tacit/tacit.js" data-tacit-server="/"></script>`;
    return [
      wrong("Tacit is not on this page", `Add the tag, ${tag}, or import tacit-sdk and call tacit.init().`),
    ];
  }
  const refused = tags.map((tag) => whyNot(tag, seen)).filter((why) => why !== null);
  if (refused.length > 0) return refused;
  const blocked = violations.filter(({ directive }) => directive.startsWith("script-src"));
  if (blocked.length > 0) {
    return [
      wrong(
        `the page's policy refused ${blocked[0].blocked}`,
        "Let script-src name its origin, or give the tag the page's nonce.",
      ),
    ];
  }
  return [
    wrong("the script came, and Tacit does not run", `The console says: ${seen.console[0] ?? "nothing"}`),
    ...twice,
  ];
}

/** By the browser's reason. */
const adviceOn: readonly (readonly [RegExp, string])[] = [
  [/BLOCKED_BY_CLIENT/, "Serve it from your own origin, under a name that says nothing."],
  [/BLOCKED_BY_ORB/, "What is there is no script: the server has it at /tacit/tacit.js."],
];

/** Why the file of a tag did not run; null where it came. */
function whyNot(
  { src, integrity, crossOrigin }: Observed["scripts"][number],
  { requests, url, console, violations }: Observed,
): Finding | null {
  const request = requests.find((one) => one.url === src);
  const isForeign = URL.canParse(src) && new URL(src).origin !== new URL(url).origin;
  if (integrity !== "" && isForeign && crossOrigin === null) {
    return wrong(
      `${src} has integrity without crossorigin`,
      `Add crossorigin="anonymous": without it the browser refuses every file of another origin that has integrity.`,
    );
  }
  const digest = console.find((line) => /integrity|digest/i.test(line));
  if (integrity !== "" && digest !== undefined) {
    return wrong(
      `${src} is not what its integrity says`,
      "The tag was written for another version: take the value of this one from integrity.json beside it.",
    );
  }
  if (request === undefined) return null;
  if (request.status === null) {
    const { failure } = request;
    const refusal = violations.find(
      ({ directive, blocked }) => directive.startsWith("script-src") && blocked === src,
    );
    if (refusal !== undefined || /CSP/.test(failure)) {
      return wrong(
        `the page's script-src refused ${src}`,
        "Let script-src name its origin, or give the tag the page's nonce.",
      );
    }
    const advice = adviceOn.find(([pattern]) => pattern.test(failure))?.[1];
    return wrong(`${src} did not come: ${failure}`, advice ?? "Is the server up, and the address right?");
  }
  if (request.status >= 400)
    return wrong(
      `${src} answered ${request.status}`,
      "The tag must name where the file is: the server has it at /tacit/tacit.js.",
    );
  const type = request.headers["content-type"] ?? "";
  if (!/javascript/.test(type))
    return wrong(
      `${src} came as ${type || "nothing"}`,
      "It is a page, or a file with the wrong type: it must come as text/javascript.",
    );
  return null;
}
