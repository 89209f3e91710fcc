/** What the person did, newest first: each line can be forgotten for good, or asked what would be without it. */
import { button, isolated, make } from "../dom.ts";
import { counted } from "../language.ts";
import { type HistoryLine, historyOf } from "./history.ts";
import { askIfNot } from "./ifnot.ts";
import { numberIn, whenIn } from "./numbers.ts";
import { type Known, link, type Part, renew, type Setting, section } from "./part.ts";

const shownAtFirst = 8;
const shownAtMost = 200;

export function pastPart(setting: Setting): Part {
  const { tacit, words, language, say } = setting;
  const { locale } = language;
  const list = make("ol", { class: "history", role: "list" });
  const none = make("p", { part: "soft" }, words.historyNone);
  const cleaned = make("p", { part: "soft" }, words.automated);
  const newest = make("p", { part: "soft" }, counted(words.newestAlone, shownAtMost, locale));
  let isAll = false;
  let known: Known | null = null;
  const all = button({ part: "link", "aria-expanded": "false" }, "", () => {
    isAll = !isAll;
    if (known !== null) show(known);
  });

  const textOf = ({ kind, what, times, isSeen }: HistoryLine): string => {
    if (isSeen) return counted(words.seen, times, locale);
    const did = Object.hasOwn(words.acts, kind) ? words.acts[kind] : words.didOther;
    return what === "" ? did : `${did}: ${isolated(kind === "search" ? `“${what}”` : what)}`;
  };

  const row = (line: HistoryLine, nowMs: number): HTMLElement => {
    const { ids, times, leftOut, atMs, isSeen, kind } = line;
    const text = textOf(line);
    const place = make("div");
    const about = [
      ...(times > 1 && !isSeen ? [`× ${numberIn(language, times)}`] : []),
      ...(leftOut === undefined ? [] : [words.leftOut[leftOut]]),
    ];
    const at = make(
      "time",
      { datetime: new Date(atMs).toISOString(), part: "soft" },
      whenIn(language, atMs, nowMs),
    );
    const forget = link(words.forget, text, ids[0], async () => {
      await tacit.forget(ids);
      say(words.forgotten);
    });
    const saysNothing = isSeen || leftOut !== undefined || kind === "search" || kind === "checkout";
    const ifNot = saysNothing
      ? []
      : [link(words.ifNot, text, `${ids[0]} if`, () => void askIfNot(setting, place, ifNot[0], ids))];
    return make(
      "li",
      { part: "line", class: leftOut === undefined ? "act" : "act left-out" },
      make("span", {}, text, ...about.map((each) => make("small", {}, ` ${each}`))),
      make("span", { class: "acts" }, at, ...ifNot, forget),
      place,
    );
  };

  const show = (now: Known): void => {
    known = now;
    const nowMs = Date.now();
    const lines = historyOf(now.panel?.events ?? []);
    const shown = lines.slice(0, isAll ? shownAtMost : shownAtFirst);
    none.hidden = lines.length > 0;
    cleaned.hidden = now.panel?.cleaned.isAutomated !== true;
    all.hidden = lines.length <= shownAtFirst;
    all.textContent = isAll ? words.showLess : counted(words.showAll, lines.length, locale);
    all.setAttribute("aria-expanded", `${isAll}`);
    newest.hidden = !isAll || lines.length <= shownAtMost;
    renew(list, shown, () => shown.map((line) => row(line, nowMs)));
  };
  return { element: section("history", words.history, none, list, cleaned, all, newest), show };
}
