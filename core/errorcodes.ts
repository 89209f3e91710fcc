/**
 * What an error of the SDK is called: a code for each sort of message, stable while messages are reworded,
 * and the place that explains it (docs/errors.md, which the package has). Messages follow one grammar, `who:
 * expected …, got …`, and a cause may stand behind the one who tells: the first of these that fits is the
 * code.
 *
 * Read where somebody looks for what is wrong (the overlay of `?tacit-debug`, `tacit doctor`), not on the way
 * of an error: a page would load all of it to name what mostly does not happen.
 */

/** In this order: what is special before what is general. */
const sorts = [
  ["widget", /^tacit-\w+: /],
  ["init-twice", /^init: expected one call/],
  [
    "not-started",
    /expected init to be called|expected the SDK to be started|expected the worker to be started/,
  ],
  ["configuration", /^init: /],
  ["consent-refused", /^consent: /],
  ["fact-refused", /^declare: /],
  ["unknown-name", / must be among .*, got | must be one of .*, got | must name personalise or contribute/],
  ["events-dropped", /^track: at most \d+ events may wait/],
  ["event-refused", /^track: /],
  ["wish-refused", /^steer: /],
  ["listener-refused", /^on: /],
  ["unknown-item", /must be in the catalogue, got/],
  ["page-file-missing", /^page\.js: |expected \S*page\.js\S*.* within/],
  ["pins-missing", /a site must pin who sums/],
  ["pins-differ", /identity must be the data-|must be the pinned/],
  ["signatures-missing", /must know \S+ to |must be secure \(https\)/],
  ["not-vouched", /\btrust: |\blog: |openSigned: /],
  ["storage-denied", /\bstorage: |\bledger: |^move: must be kept|database: expected to be open/],
  ["database-taken", /\bdatabase\b.*somebody else's/],
  ["moving", /^move: expected what is here|gunzipped: |parseContents: /],
  ["erasure-due", /^erase: |expected no other tab to hold/],
  ["worker-way", /^worker: runs/],
  [
    "file-refused",
    /expected it from .* \(the script-src|expected the address(?:es)? of|to start as a worker/,
  ],
  ["server-unreachable", /expected an answer from /],
  ["server-refused", /expected status 200, got|expected an answer, got status|gateway|^relay: /],
  ["no-edition", /edition: expected one to be in force/],
  [
    "part-damaged",
    /\bpart \S+: |sequence must be at least|expected it to give|bytes, got|parse(?:Edition|Bundle|Task|Plan)/,
  ],
  ["tokens", /\btokens: /],
  ["budget", /\bbudget: |for this browser, got|\bplan: /],
  ["late", /expected an answer (?:from the worker )?within|within \S+ m?s, got/],
  ["worker-lost", /^worker: |: worker: /],
  ["free-text", /\bencoder: |word file|meanings|of a text|expected it to live|expected to be listed/],
  ["bridge", /^tcf: |^from[A-Z]\w+: /],
  ["stub", /^stub: /],
  ["first-list", /^firstList: /],
  [
    "question-refused",
    /^\w+: (?:\S+: )?.*must be (?:plain data|an id|a string|a positive integer|an object|a list of ids|ids of events|"json")/,
  ],
] as const satisfies readonly (readonly [code: string, message: RegExp])[];

/** `internal`: a promise of this code that does not hold. */
export type ErrorCode = (typeof sorts)[number][0] | "internal";

export const errorCodes: readonly ErrorCode[] = [...sorts.map(([code]) => code), "internal"];

export function errorCodeOf(message: string): ErrorCode {
  return sorts.find(([, sort]) => sort.test(message))?.[0] ?? "internal";
}

/** Where codes are explained, in the package; each has an anchor of its name. */
export const errorsPage = "tacit-sdk/docs/errors.md";
