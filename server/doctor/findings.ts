/**
 * What is wrong with a page, and what to do about it, from what a visit saw. `wrong` breaks something;
 * `note` works, and could be better, or is as it is for a reason that its owner should know.
 */
import type { Observed, Request } from "./observed.ts";

export interface Finding {
  readonly level: "ok" | "note" | "wrong";
  readonly title: string;
  /** What to do, where there is something to do. */
  readonly advice?: string;
}

const ok = (title: string): Finding => ({ level: "ok", title });
const note = (title: string, advice?: string): Finding => ({
  level: "note",
  title,
  ...(advice && { advice }),
});
const wrong = (title: string, advice: string): Finding => ({ level: "wrong", title, advice });

/** In the order in which things happen on a page; what comes after something that is missing is left out. */
export function findingsOf(seen: Observed): readonly Finding[] {
  const page = pageFindings(seen);
  if (seen.status === null || seen.status >= 400) return page;
  const script = scriptFindings(seen);
  if (seen.sdk === null) return [...page, ...script];
  return [
    ...page,
    ...script,
    ...errorFindings(seen),
    ...modelFindings(seen),
    ...fileFindings(seen),
    ...personFindings(seen),
    ...markFindings(seen),
  ];
}

function pageFindings({ url, status, failure, isSecure }: Observed): readonly Finding[] {
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

function scriptFindings(seen: Observed): readonly Finding[] {
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

/** What the SDK said of itself, told apart by what it begins with. */
function errorFindings({ sdk, violations }: Observed): readonly Finding[] {
  const policy = violations
    .filter(({ directive }) => /^(worker|connect|child|require-trusted|trusted-types)/.test(directive))
    .map(({ directive, blocked }) =>
      note(`the page's policy refused ${blocked || "something"} by ${directive}`, policyAdvice(directive)),
    );
  const errors = (sdk?.errors ?? []).map((message) => {
    if (message.startsWith("init:"))
      return wrong(message, "Until this is right, Tacit keeps and lists nothing.");
    if (message.startsWith("worker: runs"))
      return note(
        message,
        "Serve worker.js from the page's origin, and let worker-src 'self' stand in its policy.",
      );
    if (/expected an answer from/.test(message))
      return wrong(message, "Check the server's address, its `origins`, and the page's connect-src.");
    return note(message);
  });
  return [...policy, ...errors];
}

function policyAdvice(directive: string): string {
  if (directive.startsWith("worker") || directive.startsWith("child"))
    return "Let worker-src 'self' stand there.";
  if (directive.startsWith("connect")) return "Let connect-src name the server and the relay.";
  return "Let trusted-types name tacit.";
}

function modelFindings({ sdk }: Observed): readonly Finding[] {
  if (sdk === null) return [];
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

const largeBytes = 10_000;

/** How the SDK's own files come. */
function fileFindings({ requests }: Observed): readonly Finding[] {
  const files = requests.filter(({ url, status }) => status === 200 && isFile(url));
  const plain = files.filter(
    ({ headers }) => headers["content-encoding"] === undefined && lengthOf(headers) >= largeBytes,
  );
  const uncached = files.filter(({ headers }) => /no-store/.test(headers["cache-control"] ?? ""));
  const failed = requests.filter(({ url, status }) => isFile(url) && (status === null || status >= 400));
  return [
    ...failed.map(({ url, status, failure }) =>
      wrong(
        `${url} ${status === null ? `did not come: ${failure}` : `answered ${status}`}`,
        "All files of the SDK belong into one folder.",
      ),
    ),
    ...plain.map(({ url }) =>
      note(`${url} comes uncompressed`, "Let the server compress text/javascript, by brotli or gzip."),
    ),
    ...uncached.map(({ url }) =>
      note(`${url} is not cached`, "Let browsers keep it: every page asks for it again."),
    ),
  ];
}

function isFile(url: string): boolean {
  return /\/(?:tacit|page|worker|ranking|contributing|tokens|words|encoder)\.js$/.test(new URL(url).pathname);
}

function lengthOf(headers: Request["headers"]): number {
  return Number(headers["content-length"] ?? 0);
}

function personFindings({ sdk }: Observed): readonly Finding[] {
  if (sdk === null) return [];
  const { consent, storage, parties } = sdk;
  const permissions =
    consent === null
      ? []
      : [
          ok(
            `a newcomer is ${consent.personalise ? "" : "not "}personalised for and ${consent.contribute ? "contributes" : "contributes nothing"} (${consent.because})`,
          ),
        ];
  return [
    ...permissions,
    ...(storage === "memory"
      ? [
          note(
            "events are kept in memory alone",
            "The browser refuses this page its database: is it in a frame without an origin?",
          ),
        ]
      : []),
    ...(parties === "none"
      ? [
          note(
            "nobody sums: nothing is learned from this site's visitors",
            "Give data-tacit-site-key, data-tacit-helper and data-tacit-helper-key, as tacit serve prints them.",
          ),
        ]
      : []),
    ...(parties === "one" ? [note("leader and helper are one party: for development only")] : []),
  ];
}

function markFindings({ marks }: Observed): readonly Finding[] {
  const { elements, items, lists, unknown } = marks;
  if (elements === 0) {
    return [
      note(
        "no element has data-tacit-item: neither impressions nor clicks are captured here",
        "Mark what stands for a product, or tell what happens by track().",
      ),
    ];
  }
  const marked = ok(`${elements} elements stand for ${items} items${lists > 0 ? `, in ${lists} lists` : ""}`);
  if (unknown.length === 0) return [marked];
  const some = unknown
    .slice(0, 5)
    .map((id) => JSON.stringify(id))
    .join(", ");
  return [
    marked,
    wrong(
      `the catalogue does not have ${some}${unknown.length > 5 ? " and others" : ""}`,
      "Ids on the page and in the imported catalogue must be the same, letter by letter.",
    ),
  ];
}
