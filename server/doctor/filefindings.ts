/** How the SDK's own files come. */
import { type Finding, note, wrong } from "./finding.ts";
import type { Observed, Request } from "./observed.ts";

/** Scripts of a built SDK (sdk/vite.config.ts, `builds`). */
export const sdkFiles: readonly string[] = [
  ...["stub.js", "tacit.js", "index.js", "page.js", "debug.js", "reasons.js", "bridges.js"],
  ...["worker.js", "ranking.js", "contributing.js", "shown.js", "tokens.js", "moving.js", "parquet.js"],
  ...["words.js", "experiments.js", "encoder.js", "react.js", "vue.js", "svelte.js", "firstlist.js"],
  ...["shelf.js", "shelf-options.js", "consent.js", "onboarding.js"],
  ...["panel.js", "panel-why.js", "panel-more.js", "panel-along.js"],
  ...["panel-ar.js", "panel-de.js", "panel-es.js", "panel-fr.js", "panel-zh.js"],
  ...["widgets-ar.js", "widgets-de.js", "widgets-es.js", "widgets-fr.js", "widgets-zh.js"],
];

const largeBytes = 10_000;

export function fileFindings({ requests, scripts, sdk }: Observed): readonly Finding[] {
  const isFile = isFileOf({ requests, scripts });
  const files = requests.filter(({ url, status }) => status === 200 && isFile(url));
  const plain = files.filter(
    ({ headers }) => headers["content-encoding"] === undefined && lengthOf(headers) >= largeBytes,
  );
  const uncached = files.filter(({ headers }) => /no-store/.test(headers["cache-control"] ?? ""));
  // One that runs on the page's own thread came: what refused it to a worker is told by the SDK.
  const hasDetour = sdk?.errors.some((message) => message.startsWith("worker: runs")) === true;
  const failed = requests
    .filter(({ url, status }) => isFile(url) && (status === null || status >= 400))
    .filter(({ url, status }) => !(hasDetour && status === null && nameOf(url) === "worker.js"));
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

/**
 * Sites have an index.js of their own: a name is the SDK's in a folder that a tag of ours or a worker.js came from,
 * and what such a tag names is, whatever its name (`main.js`).
 */
function isFileOf({ requests, scripts }: Pick<Observed, "requests" | "scripts">): (url: string) => boolean {
  const tags = scripts.filter(({ isOurs, src }) => isOurs && /^https?:/.test(src)).map(({ src }) => src);
  const workers = requests.map(({ url }) => url).filter((url) => nameOf(url) === "worker.js");
  const folders = new Set([...tags, ...workers].map(folderOf));
  return (url) => tags.includes(url) || (sdkFiles.includes(nameOf(url)) && folders.has(folderOf(url)));
}

const nameOf = (url: string): string => new URL(url).pathname.replace(/^.*\//, "");
const folderOf = (url: string): string => new URL(".", url).href;

function lengthOf(headers: Request["headers"]): number {
  return Number(headers["content-length"] ?? 0);
}
