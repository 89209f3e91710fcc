/**
 * Why an item stands where it stands, as parts that add up, and what would be without some acts: the place
 * in the list, and the list.
 *
 * A file of its own (panel-why.js): few ask.
 */
import type { Explanation, Recommendation } from "../../../worker/api.ts";
import { button, isolated, make } from "../dom.ts";
import { counted, type Language } from "../language.ts";
import { numberIn } from "./numbers.ts";
import { bar, renew, type Setting } from "./part.ts";
import { wholeParts } from "./wholeparts.ts";
import { linesOf } from "./whylines.ts";
import type { WhyWords } from "./words/words.ts";

export { why as english } from "./words/en.ts";

const listed = 6;
/** Scores are shown in thousandths, which sum up. */
const perUnit = 1000;

interface WhySetup {
  readonly setting: Setting;
  readonly words: WhyWords;
  readonly body: HTMLElement;
}

/** @returns what ends it. */
export async function fillWhy({ setting, words, body }: WhySetup): Promise<() => void> {
  const { tacit, language } = setting;
  const { reasonsInWords, reasonInWords } = await import("../../reasons/reasons.ts");
  const picks = make("div", { class: "picks", role: "group", "aria-label": words.now });
  const parts = make("div", { class: "why", "aria-live": "polite" });
  body.replaceChildren(picks, parts);
  let picked: string | null = null;
  let turn = 0;

  const told = ({ item, title, score, reasons }: Explanation, rank: number): readonly Node[] => {
    const nowMs = Date.now();
    const text = reasonsInWords(reasons, { language: language.locale, nowMs, against: 1 });
    const lines = linesOf(reasons, {
      textOf: (reason) => capital(reasonInWords(reason, { language: language.locale }), language),
      timesOf: (times) => ` × ${numberIn(language, times)}`,
      restOf: (count) => counted(words.moreReasons, count, language.locale),
    });
    const longest = Math.max(...lines.map(({ contribution }) => Math.abs(contribution)), 1e-9);
    const total = Math.round(score * perUnit);
    const units = wholeParts(
      lines.map(({ contribution }) => contribution * perUnit),
      total,
    );
    const rows = lines.map((line, nth) => {
      const place = make("div");
      const ifNot = (): void => {
        const isOpen = place.hasChildNodes();
        ask?.setAttribute("aria-expanded", `${!isOpen}`);
        if (isOpen) {
          place.replaceChildren();
          return;
        }
        void showIfNot({
          ...{ setting, words, place, events: line.events, item },
          onKeep: () => {
            place.replaceChildren();
            ask?.setAttribute("aria-expanded", "false");
            ask?.focus();
          },
        });
      };
      const label = { "aria-label": `${words.ifNot} ${line.text}`, "aria-expanded": "false" };
      const ask =
        line.events.length === 0
          ? null
          : button({ part: "link", "data-key": line.text, ...label }, words.ifNot, ifNot);
      return make(
        "li",
        { class: "reason-line" },
        make("span", { dir: "auto" }, line.text, " ", ...(ask === null ? [] : [ask])),
        make("span", { class: "value" }, inUnits(units[nth], language)),
        bar(line.contribution / longest),
        place,
      );
    });
    const sum = make(
      "li",
      { class: "reason-line sum" },
      make("span", {}, words.sum),
      make("span", { class: "value" }, inUnits(total, language)),
    );
    const place = words.place(isolated(title), numberIn(language, rank));
    return [
      make("p", {}, make("b", {}, place)),
      make("p", { class: "sentence", dir: "auto" }, text),
      make("ul", { class: "reasons", role: "list" }, ...rows, sum),
    ];
  };

  const refresh = async (): Promise<void> => {
    turn += 1;
    const mine = turn;
    const items = await tacit.recommend({ count: listed });
    const chosen = items.find(({ item }) => item === picked) ?? items[0];
    const explanation = chosen === undefined ? null : await tacit.explain(chosen.item);
    if (mine !== turn) return;
    picked = chosen?.item ?? null;
    renew(picks, [items.map(({ item, title }) => [item, title]), picked], () =>
      items.map(({ item, title }) => {
        const attributes = { part: "pick", "aria-pressed": `${item === picked}`, "data-key": item };
        return button(attributes, make("span", { dir: "auto" }, title), () => {
          picked = item;
          void refresh();
        });
      }),
    );
    const rank = items.findIndex(({ item }) => item === picked) + 1;
    renew(parts, [explanation, rank], () =>
      explanation === null ? [make("p", { part: "soft" }, words.none)] : told(explanation, rank),
    );
  };
  await refresh();
  const stops = (["change", "edition"] as const).map((name) => tacit.on(name, () => void refresh()));
  return () => {
    turn += 1;
    for (const stop of stops) stop();
  };
}

export interface IfNotSetup {
  readonly setting: Setting;
  readonly words: WhyWords;
  readonly place: HTMLElement;
  /** Ids of the acts. */
  readonly events: readonly string[];
  /** An item whose place is told too. */
  readonly item?: string;
  readonly onKeep: () => void;
}

/** Where the list, and one item, would stand without some acts, worked out now; and a way to make it so. */
export async function showIfNot(setup: IfNotSetup): Promise<void> {
  const { setting, words, place, events, item, onKeep } = setup;
  const { tacit, language, say } = setting;
  const box = make("div", { part: "what-if", role: "status" }, "…");
  place.replaceChildren(box);
  const [list, then] = await Promise.all([
    tacit.recommend({ count: listed }),
    tacit.recommend({ count: listed, without: events }),
  ]);
  if (!box.isConnected) return;
  const isSame = list.map(({ item }) => item).join() === then.map(({ item }) => item).join();
  const known = new Set(list.map(({ item }) => item));
  const forget = button({ part: "link" }, counted(words.forget, events.length, language.locale), async () => {
    await tacit.forget(events);
    say(setting.words.forgotten);
  });
  const [was, would] = [list, then].map((each) => each.findIndex((one) => one.item === item) + 1);
  const placed =
    item === undefined || was === would
      ? null
      : would === 0
        ? words.beyond(numberIn(language, listed))
        : words.instead(numberIn(language, would), numberIn(language, was));
  box.replaceChildren(
    ...(placed === null ? [] : [make("p", {}, placed)]),
    make("p", {}, isSame ? words.same : counted(words.without, events.length, language.locale)),
    ...(isSame ? [] : [make("ol", { class: "then" }, ...then.map((each) => itemLine(each, known, words)))]),
    make("p", { class: "actions" }, forget, button({ part: "link" }, words.keep, onKeep)),
  );
}

function itemLine({ item, title }: Recommendation, known: ReadonlySet<string>, words: WhyWords): HTMLElement {
  const isNew = known.has(item) ? [] : [" ", make("small", { class: "new" }, words.isNew)];
  return make("li", {}, make("span", { dir: "auto" }, title), ...isNew);
}

function inUnits(units: number, { locale }: Language): string {
  const format = new Intl.NumberFormat(locale, { minimumFractionDigits: 3, maximumFractionDigits: 3 });
  return format.format(units / perUnit);
}

function capital(text: string, { locale }: Language): string {
  return text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);
}
