/** What the overlay shows, section by section: a line that says the most of it, and the rest below. */
import { errorCodeOf, errorsPage } from "../../core/errorcodes.ts";
import type { Panel, RankingChoice } from "../../worker/api.ts";
import type { ConsentState } from "../types.ts";
import { element, lines, table } from "./elements.ts";
import type { Complaint, NoteOf, ShownEvent } from "./notebook.ts";
import type { ShownRequest } from "./requests.ts";
import type { Snapshot } from "./snapshot.ts";
import { median, type Timings } from "./timings.ts";
import { clock, duration, moment, reasonInWords, signed, size, waitingInWords } from "./words.ts";

export interface Section {
  readonly headline: string;
  readonly body: readonly HTMLElement[];
}

const mostTastes = 20;

export function stateSection(
  { panel, failure }: Snapshot,
  consent: ConsentState,
  { isConfigured, nowMs }: { readonly isConfigured: boolean; readonly nowMs: number },
): Section {
  const word = (permission: "personalise" | "contribute"): string =>
    `${consent[permission] ? "yes" : "no"}, says ${decider[consent.because[permission]]}`;
  const worker = isConfigured
    ? (failure ?? (panel === null ? "not heard of yet" : "answers"))
    : "not started";
  return {
    headline: isConfigured ? workerHeadline(panel, failure) : "the configuration was refused",
    body: [
      lines([
        ["Worker", worker],
        ["Items", itemsInWords(panel)],
        ["Ranking", panel?.choice ? choiceInWords(panel.choice) : "not known yet"],
        ["Journal", panel === null ? "not known yet" : journalInWords(panel)],
        ["May personalise", word("personalise")],
        ["May contribute", word("contribute")],
        ["Contributing", panel === null ? "not known yet" : waitingInWords(panel.waiting, nowMs)],
      ]),
    ],
  };
}

const decider = {
  person: "the person",
  gpc: "Global Privacy Control",
  site: "the site",
  default: "the default",
} as const;

function workerHeadline(panel: Panel | null, failure: string | null): string {
  if (failure !== null) return "the worker does not answer";
  if (panel === null) return "waiting for the worker";
  return panel.edition === null ? "no items yet" : `${panel.edition.items} items`;
}

function itemsInWords(panel: Panel | null): string {
  if (!panel?.edition) return "none yet";
  const { items, isWhole, sequence, round } = panel.edition;
  return `${items}${isWhole ? "" : " so far, more are coming"}; edition ${sequence}, learned in ${round} rounds`;
}

const partNames = { joint: "content and people", pairs: "pairs", lately: "lately", always: "always wanted" };

function choiceInWords({ row, why, site, parts }: RankingChoice): string {
  const shares = Object.entries(partNames).flatMap(([part, name]) => {
    const share = parts[part as keyof typeof parts];
    return share === 0 ? [] : [`${name} ${Math.round(100 * share)} %`];
  });
  return `${shares.join(", ")}: ${why} (${row}; site: ${site ?? "by its own settings"})`;
}

function journalInWords({ storage, events }: Panel): string {
  const where = storage === "device" ? "on this device" : "in memory, lost with the page";
  return `${events.length} events ${where}`;
}

export function eventsSection(events: readonly ShownEvent[], total: number, nowMs: number): Section {
  const waiting = events.filter(({ where }) => where === "on the page").length;
  const rows = events.map(({ atMs, kind, item, query, title, where, isWritten }) => [
    moment(atMs, nowMs),
    element("span", { class: "kind" }, kind),
    [item ?? query, title].filter(Boolean).join(" \u00b7 "),
    where === "on the page" && isWritten ? "on the page, written down" : where,
  ]);
  return {
    headline: `${total} in the journal${waiting > 0 ? `, ${waiting} waiting` : ""}`,
    body: [table(["When", "Kind", "Item", "Where"], rows, "Nothing was tracked or captured yet.")],
  };
}

/** One list that was answered, or why there is nothing in it. */
export function listEntry({ detail, atMs }: NoteOf<"list">, why: string | null): HTMLElement {
  const given = [detail.given.about, detail.given.options].filter((each) => each !== undefined);
  const title = `${detail.who}(${given.map(shown).join(", ")})`;
  const took = `${detail.list.length} items in ${duration(atMs - detail.askedMs)}`;
  const items = detail.list.map(({ item, title, score, reasons }) =>
    element(
      "li",
      {},
      element("b", {}, title),
      ` ${item} `,
      element("span", { class: "number" }, signed(score)),
      element("ul", {}, ...reasons.slice(0, 3).map((reason) => element("li", {}, reasonInWords(reason)))),
    ),
  );
  return element(
    "details",
    { class: "list" },
    element("summary", {}, element("code", {}, title), ` ${took}`),
    why === null ? element("ol", {}, ...items) : element("p", { class: "why" }, `Empty: ${why}`),
  );
}

export function tastesSection({ panel, tastes }: Snapshot, titles: ReadonlyMap<string, string>): Section {
  const strongest = [...tastes].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)).slice(0, mostTastes);
  const words = panel?.interests.map(({ word, weight }) => `${word} ${signed(weight)}`).join(", ");
  return {
    headline: tastes.length === 1 ? "of 1 item" : `of ${tastes.length} items`,
    body: [
      element("p", {}, words ? `Words: ${words}` : "No words stand out yet."),
      table(
        ["Item", "Weight"],
        strongest.map(({ item, weight }) => [
          [item, titles.get(item)].filter(Boolean).join(" \u00b7 "),
          signed(weight),
        ]),
        "Nothing is known of the person's taste yet.",
      ),
    ],
  };
}

export function timingsSection(timings: Timings): Section {
  const { workerStart, starts, firstItems, allItems, firstShelf, lists, eventToShelf } = timings;
  const sinceBegin = (ms: number | null): string =>
    ms === null ? "not yet" : `${duration(ms)} after the page began`;
  return {
    headline: firstShelf === null ? "no shelf yet" : `first shelf after ${duration(firstShelf)}`,
    body: [
      lines([
        ["Worker start", `${inWords(workerStart)}${starts > 1 ? `; started ${starts} times` : ""}`],
        ["First items", sinceBegin(firstItems)],
        ["All items", sinceBegin(allItems)],
        ["First shelf", sinceBegin(firstShelf)],
        ["Event to shelf", series(eventToShelf)],
        ["Asked to list", series(lists)],
      ]),
    ],
  };
}

function inWords(ms: number | null): string {
  return ms === null ? "not yet" : duration(ms);
}

function series(values: readonly number[]): string {
  const last = values.at(-1) ?? null;
  const many = values.length > 1 ? `, median of ${values.length}: ${inWords(median(values))}` : "";
  return `${inWords(last)}${many}`;
}

export function requestsSection(
  requests: readonly ShownRequest[],
  panel: Panel | null,
  nowMs: number,
): Section {
  const rows = requests.map(({ atMs, path, whom, status, bytes, tookMs }) => [
    clock(atMs),
    path,
    whom,
    status === 0 ? "not said" : String(status),
    bytes === 0 ? "" : size(bytes),
    duration(tookMs),
  ]);
  const reports = (panel?.reports ?? []).map(({ atMs, bytes, sums }) => [
    moment(atMs, nowMs),
    size(bytes),
    sums.map(({ kind, state, why }) => `${kind}: ${why ?? state}`).join(", "),
  ]);
  const sent = reports.length === 1 ? "1 report sent" : `${reports.length} reports sent`;
  return {
    headline: `${requests.length}, ${sent}`,
    body: [
      table(["When", "What", "Whom", "Status", "Size", "Took"], rows, "None yet."),
      element("h3", {}, "Reports sent"),
      table(["When", "Size", "Sums"], reports, "None has left this device."),
    ],
  };
}

export function complaintsSection(complaints: readonly Complaint[], originMs: number): Section {
  const rows = complaints.map(({ message, times, lastMs }) => [
    clock(originMs + lastMs),
    errorCodeOf(message),
    message,
    String(times),
  ]);
  return {
    headline: complaints.length === 0 ? "nothing" : String(complaints.length),
    body: [
      element("p", {}, `A code is explained in ${errorsPage}.`),
      table(["When", "Code", "What onError was told", "Times"], rows, "Everything was understood."),
    ],
  };
}

function shown(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return typeof value;
  }
}
