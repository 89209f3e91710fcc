import { expect, test, vi } from "vitest";
import { messageOf } from "../../../core/errors.ts";
import { settingsFrom } from "../../../sdk/config.ts";
import { detour } from "../../../sdk/rest/starting.ts";
import { builds } from "../../../sdk/vite.config.ts";
import { sdkFiles } from "../../../server/doctor/filefindings.ts";
import type { Finding } from "../../../server/doctor/finding.ts";
import { findingsOf } from "../../../server/doctor/findings.ts";
import type { Observed, Request, SdkObserved } from "../../../server/doctor/observed.ts";
import { platformEdges, troubleOf } from "../../../worker/edges.ts";

const page = "https://shop.example/";
const src = `${page}tacit/tacit.js`;
const file = (url: string, change: Partial<Request> = {}): Request => ({
  ...{ url, status: 200, failure: "" },
  headers: { "content-type": "text/javascript", "content-encoding": "br", "content-length": "20000" },
  ...change,
});
const tag = { src, integrity: "", crossOrigin: null, isOurs: true };
const sdk: SdkObserved = {
  ...{ version: "0.1.0", readyMs: 210.4, errors: [], items: 3659, isWhole: true },
  ...{ storage: "device", parties: "two", shelf: { items: 6, ms: 8.2 } },
  consent: { personalise: true, contribute: false, because: "default, default" },
};
const healthy: Observed = {
  ...{ url: page, status: 200, failure: "", isSecure: true, violations: [], console: [] },
  ...{ scripts: [tag], requests: [file(src), file(`${page}tacit/worker.js`)], found: "sdk", sdk },
  marks: { elements: 14, items: 12, lists: 2, unknown: [] },
};
const broken = { ...healthy, sdk: null, found: "stub" } as const;

/** What the SDK itself says when something fails: the doctor goes by these words. */
const said = {
  configuration: wordsOf(() =>
    settingsFrom({ relays: "x" } as never, { address: page, files: (name) => `${page}${name}` }),
  ),
  consent: wordsOf(() =>
    settingsFrom({ consent: { maybe: true } } as never, { address: page, files: (name) => `${page}${name}` }),
  ),
  away: await unanswered("https://x/v1/edition"),
  detour: detour("on the page's own thread", "x").message,
  file: await missing(`${page}tacit/ranking.js`),
};

function wordsOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return messageOf(error);
  }
  throw new Error("wordsOf: expected it to throw, got none");
}

async function unanswered(url: string): Promise<string> {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  const refused = await platformEdges()
    .fetch(url, {})
    .catch((cause: unknown) => troubleOf("edition", cause));
  vi.unstubAllGlobals();
  return refused instanceof Response || refused.type !== "trouble" ? "" : refused.message;
}

async function missing(url: string): Promise<string> {
  const load = platformEdges().loadFile;
  return messageOf(await load?.("ranking.js", url).catch((cause: unknown) => cause));
}

const titles = (seen: Observed, level: Finding["level"]) =>
  findingsOf(seen)
    .filter((finding) => finding.level === level)
    .map(({ title }) => title);

test("of a page that is well nothing is wrong, and nothing is noted", () => {
  expect(findingsOf(healthy).filter(({ level }) => level !== "ok")).toEqual([]);
  expect(titles(healthy, "ok")).toEqual([
    "the page came (200)",
    "Tacit 0.1.0 runs",
    "the first items were there after 210 ms, 3659 in all",
    "recommend() gave 6 items in 8 ms",
    "a newcomer is personalised for and contributes nothing (default, default)",
    "14 elements stand for 12 items, in 2 lists",
  ]);
});

const with404 = { scripts: [tag], requests: [file(src, { status: 404 })] };
const foreign = { ...tag, src: "https://cdn.example/tacit.js", integrity: "sha384-x" };

test.each<[string, Observed, RegExp, RegExp]>([
  [
    "a page that did not come",
    { ...healthy, status: null, failure: "net::ERR_NAME_NOT_RESOLVED" },
    /did not come: net::ERR_NAME/,
    /address/,
  ],
  ["a page of errors", { ...healthy, status: 503 }, /answered 503/, /visitors/],
  ["no tag", { ...broken, scripts: [], found: "nothing" }, /not on this page/, /<script async/],
  ["a tag with a wrong address", { ...broken, ...with404 }, /answered 404/, /\/tacit\/tacit\.js/],
  [
    "a page in the script's place",
    { ...broken, requests: [file(src, { headers: { "content-type": "text/html" } })] },
    /came as text\/html/,
    /text\/javascript/,
  ],
  [
    "a blocker",
    { ...broken, requests: [file(src, { status: null, failure: "net::ERR_BLOCKED_BY_CLIENT" })] },
    /BLOCKED_BY_CLIENT/,
    /own origin/,
  ],
  [
    "a policy",
    { ...broken, requests: [file(src, { status: null, failure: "net::ERR_BLOCKED_BY_CSP" })] },
    /script-src refused/,
    /script-src/,
  ],
  ["integrity without crossorigin", { ...broken, scripts: [foreign] }, /without crossorigin/, /anonymous/],
  [
    "integrity of another version",
    {
      ...broken,
      scripts: [{ ...tag, integrity: "sha384-x" }],
      console: ["Failed to find a valid digest in the 'integrity' attribute"],
    },
    /not what its integrity says/,
    /integrity\.json/,
  ],
  ["a script that fails", { ...broken, console: ["SyntaxError: x"] }, /does not run/, /SyntaxError: x/],
  [
    "a mistyped configuration",
    { ...healthy, sdk: { ...sdk, readyMs: null, errors: [said.configuration] } },
    /^init: .*relays/,
    /keeps and lists nothing/,
  ],
  [
    "a server that is away",
    {
      ...healthy,
      sdk: { ...sdk, errors: [said.away] },
    },
    /expected an answer from https:\/\/x\/v1\/edition/,
    /connect-src/,
  ],
  [
    "a server whose name there is not",
    {
      ...healthy,
      sdk: { ...sdk, errors: [said.away] },
      requests: [file("https://x/v1/edition", { status: null, failure: "net::ERR_NAME_NOT_RESOLVED" })],
    },
    /expected an answer from https:\/\/x/,
    /ERR_NAME_NOT_RESOLVED.*no such host/,
  ],
  [
    "a blocker of the server",
    {
      ...healthy,
      sdk: { ...sdk, errors: [said.away] },
      requests: [file("https://x/v1/edition", { status: null, failure: "net::ERR_BLOCKED_BY_CLIENT" })],
    },
    /expected an answer from https:\/\/x/,
    /own origin/,
  ],
  [
    "a permission that is none",
    { ...healthy, sdk: { ...sdk, readyMs: null, errors: [said.consent] } },
    /^init: consent must name/,
    /data-tacit-consent="personalise"/,
  ],
  [
    "a part of the worker that did not come",
    { ...healthy, sdk: { ...sdk, errors: [said.file] } },
    /ranking\.js: expected it from/,
    /script-src/,
  ],
  [
    "no catalogue",
    { ...healthy, sdk: { ...sdk, readyMs: null } },
    /no item of the catalogue/,
    /tacit import/,
  ],
  [
    "an empty list",
    { ...healthy, sdk: { ...sdk, shelf: { items: 0, ms: 1 } } },
    /gave nothing/,
    /out of stock/,
  ],
  [
    "a missing worker",
    { ...healthy, requests: [file(`${page}tacit/worker.js`, { status: 404 })] },
    /worker\.js answered 404/,
    /one folder/,
  ],
  [
    "a missing part, whatever it is",
    { ...healthy, requests: [file(src), file(`${page}tacit/shelf-options.js`, { status: 404 })] },
    /shelf-options\.js answered 404/,
    /one folder/,
  ],
  [
    "a tag of another name, and its worker",
    {
      ...healthy,
      scripts: [{ ...tag, src: `${page}s/main.js` }],
      requests: [file(`${page}s/main.js`), file(`${page}s/page.js`, { status: null, failure: "net::X" })],
    },
    /page\.js did not come: net::X/,
    /one folder/,
  ],
  [
    "ids that the catalogue does not have",
    { ...healthy, marks: { ...healthy.marks, unknown: ["a b"] } },
    /does not have "a b"/,
    /letter by letter/,
  ],
])("%s is wrong, and it is said what to do", (_, seen, title, advice) => {
  const wrong = findingsOf(seen).filter(({ level }) => level === "wrong");
  expect(
    wrong.map((finding) => [title.test(finding.title), advice.test(finding.advice ?? "")]),
  ).toContainEqual([true, true]);
});

test("where the cause is known what comes of it is not told once more", () => {
  const seen = (...errors: readonly string[]) => ({ ...healthy, sdk: { ...sdk, readyMs: null, errors } });
  const pins = "edition: trust: the site key must be a, got b";
  expect(titles(seen(pins), "wrong")).toEqual([pins]);
  expect(titles(seen(pins), "note")).toEqual([]);
  const refused = seen("init: relays is no known key");
  expect(findingsOf(refused).map(({ level }) => level)).toEqual(["ok", "ok", "wrong"]);
  const unstarted = "expected the SDK to be started, got a configuration that was refused";
  expect(titles(seen("init: relays is no known key", unstarted), "note")).toEqual([]);
  expect(titles(seen(unstarted), "note")).toEqual([unstarted]);
  expect(titles(seen(said.away, said.away.replace("edition: ", "")), "wrong")).toEqual([said.away]);
  // It runs on the page's own thread: its file came.
  const lost = [file(src), file(`${page}tacit/worker.js`, { status: null })];
  expect(titles({ ...seen(said.detour), requests: lost }, "wrong").join()).not.toContain("worker.js did not");
  expect(titles({ ...seen(), requests: lost }, "wrong").join()).toContain("worker.js did not come");
  const blocked = { directive: "connect-src", blocked: "https://x.example" };
  expect(titles({ ...healthy, violations: [blocked, { ...blocked }] }, "note")).toHaveLength(1);
});

test("a slip of the page's code is wrong", () => {
  const slips = [
    'track: kind must be one of view, got "veiw": view is meant?',
    "recommend: options must be among count, got limit",
  ];
  expect(titles({ ...healthy, sdk: { ...sdk, errors: slips } }, "wrong")).toEqual(slips);
});

test.each<[string, Observed, RegExp]>([
  ["http", { ...healthy, isSecure: false }, /no secure context/],
  ["two tags", { ...healthy, scripts: [tag, tag] }, /2 script tags/],
  ["a worker by another way", { ...healthy, sdk: { ...sdk, errors: [said.detour] } }, /own thread/],
  [
    "what a policy refused",
    { ...healthy, violations: [{ directive: "worker-src", blocked: "blob" }] },
    /refused blob by worker-src/,
  ],
  [
    "a file that is not compressed",
    { ...healthy, requests: [file(src, { headers: { "content-length": "20000" } })] },
    /uncompressed/,
  ],
  [
    "a file that nobody keeps",
    {
      ...healthy,
      requests: [file(src, { headers: { "content-encoding": "br", "cache-control": "no-store" } })],
    },
    /not cached/,
  ],
  ["memory alone", { ...healthy, sdk: { ...sdk, storage: "memory" } }, /in memory alone/],
  [
    "a site that asks first, whose visitors nothing is kept of until then",
    {
      ...healthy,
      sdk: {
        ...sdk,
        storage: "memory",
        consent: { personalise: false, contribute: false, because: "site, site" },
      },
    },
    /^nothing is kept or learned before a person says yes$/,
  ],
  ["nobody who sums", { ...healthy, sdk: { ...sdk, parties: "none" } }, /nobody sums/],
  ["one party", { ...healthy, sdk: { ...sdk, parties: "one" } }, /one party/],
  ["no marks", { ...healthy, marks: { elements: 0, items: 0, lists: 0, unknown: [] } }, /no element has/],
  ["half a catalogue", { ...healthy, sdk: { ...sdk, isWhole: false } }, /had not come/],
])("%s is noted, and nothing is wrong", (_, seen, title) => {
  expect(titles(seen, "wrong")).toEqual([]);
  expect(titles(seen, "note").some((one) => title.test(one))).toBe(true);
});

test("every file that the SDK builds is known to be its own", () => {
  expect([...sdkFiles].sort()).toEqual(
    Object.values(builds)
      .map(({ file: name }) => name)
      .sort(),
  );
});

test("a site's own files of the same names are the site's", () => {
  const own = ["index.js", "app/page.js", "tacit/mine.js"];
  const requests = own.map((path) => file(page + path, { status: 404 }));
  expect(titles({ ...healthy, requests: [file(src), ...requests] }, "wrong")).toEqual([]);
});
