/**
 * The ledger report by report, who adds up, at what cost, and what is waited for; and what this browser has
 * worked out.
 *
 * A file of its own (panel-more.js): few ask.
 */
import { epsilonOf } from "../../../core/sum/budget.ts";
import { rhoTogether } from "../../../core/sum/spending.ts";
import type { Budget, Panel, PlanView, SentReport, SpentOf } from "../../../worker/api.ts";
import { button, isolated, make } from "../dom.ts";
import { counted } from "../language.ts";
import { download } from "./download.ts";
import { featuresIn } from "./features.ts";
import { hexLines } from "./hex.ts";
import { numberIn, percentIn, whenIn } from "./numbers.ts";
import { bar, link, renew, type Setting } from "./part.ts";
import type { MoreWords } from "./words/words.ts";

export { more as english } from "./words/en.ts";

interface MoreSetup {
  readonly setting: Setting;
  readonly words: MoreWords;
  readonly body: HTMLElement;
}

const shownBytes = 128;

export async function fillSent(setup: MoreSetup): Promise<() => void> {
  const { words, setting, body } = setup;
  const { language } = setting;
  const waiting = make("p", { class: "waiting" });
  const reports = make("ul", { class: "reports", role: "list" });
  const rest = make("div", { class: "rest" });
  body.replaceChildren(waiting, reports, rest);
  return live(setting, (panel) => {
    const { why, untilMs } = panel.waiting;
    const again = untilMs === null ? "" : ` ${words.again(whenIn(language, untilMs, Date.now()))}`;
    waiting.textContent = `${words.waiting[why]}${again}`;
    waiting.dataset.waiting = why;
    renew(reports, panel.reports, () =>
      panel.reports.map((report) => entry(setup, report, panel.budget.delta)),
    );
    renew(rest, [panel.budget, panel.plan, panel.parties], () => [
      make("h4", { class: "small-heading" }, words.parties),
      ...partiesIn(setup, panel.parties),
      make("h4", { class: "small-heading" }, words.budget),
      ...budgetIn(setup, panel.budget),
      make("h4", { class: "small-heading" }, words.plan),
      ...planIn(setup, panel.plan),
    ]);
  });
}

export async function fillWorked({ words, setting, body }: MoreSetup): Promise<() => void> {
  const { language, labels } = setting;
  return live(setting, ({ profile, segment, trials, experiments }) => {
    renew(body, [profile, segment, trials, experiments], () => {
      const known = featuresIn(profile, { words, language });
      const ofCategories = profile.categories
        .slice(0, 5)
        .map(
          ({ category, share }) =>
            `${isolated(labels.get(category) ?? category)} ${percentIn(language, share)}`,
        );
      const nearest =
        segment.state === "known"
          ? words.segment(
              isolated(segment.name),
              percentIn(language, segment.share),
              numberIn(language, segment.of),
            )
          : segment.why === "too-few-acts"
            ? words.segmentNone
            : "";
      const lines = [
        ...(known.length === 0 ? [words.workedNone] : []),
        ofCategories.length === 0 ? "" : `${words.byCategory} ${ofCategories.join(" · ")}`,
        nearest,
        trials === 0 ? "" : counted(words.trials, trials, language.locale),
      ];
      return [
        make(
          "dl",
          { class: "features" },
          ...known.map(({ title, text }) => make("div", {}, make("dt", {}, title), make("dd", {}, text))),
        ),
        ...lines.filter((text) => text !== "").map((text) => make("p", { part: "soft" }, text)),
        ...experimentsIn(setting, words, experiments),
      ];
    });
  });
}

/** Those that the person is in; each can be left. */
function experimentsIn(
  { tacit, language }: Setting,
  words: MoreWords,
  experiments: Panel["experiments"],
): readonly HTMLElement[] {
  const inside = experiments.filter(({ hasLeft }) => !hasLeft);
  if (inside.length === 0) return [];
  const lines = inside.map(({ experiment, arm, atMs }) => {
    const when = whenIn(language, atMs, Date.now());
    const leave = link(
      words.leave,
      experiment,
      `experiment ${experiment}`,
      () => void tacit.leave(experiment),
    );
    const said = words.inArm(isolated(experiment), isolated(arm), when);
    return make("li", { part: "line" }, make("span", {}, said), leave);
  });
  return [
    make("p", { part: "soft" }, words.experiments),
    make("ul", { class: "experiments", role: "list" }, ...lines),
  ];
}

/** Shows the panel now and whenever it is another. */
async function live({ tacit }: Setting, show: (panel: Panel) => void): Promise<() => void> {
  let isLive = true;
  let asked = 0;
  const refresh = async (): Promise<void> => {
    asked += 1;
    const mine = asked;
    const panel = await tacit.panel();
    if (isLive && mine === asked && panel !== null) show(panel);
  };
  await refresh();
  const stops = (["change", "report", "consent", "edition"] as const).map((name) => tacit.on(name, refresh));
  return () => {
    isLive = false;
    for (const stop of stops) stop();
  };
}

function entry({ setting, words }: MoreSetup, report: SentReport, delta: number): HTMLElement {
  const { tacit, language } = setting;
  const { id, atMs, bytes, sums, sha256 } = report;
  const kilobytes = new Intl.NumberFormat(language.locale, {
    ...{ style: "unit", unit: "kilobyte", maximumFractionDigits: 1 },
  }).format(bytes / 1000);
  const rho = rhoTogether(sums);
  const cost = rho === null ? words.unbounded : epsilonText(setting, epsilonOf({ rho, delta }));
  const place = make("div");
  const toggle = button(
    { part: "link", "aria-expanded": "false", "data-key": id },
    words.showBytes,
    async () => {
      const isOpen = place.hasChildNodes();
      toggle.setAttribute("aria-expanded", `${!isOpen}`);
      toggle.textContent = isOpen ? words.showBytes : words.hideBytes;
      if (isOpen) return place.replaceChildren();
      const kept = await tacit.reportBytes(id);
      if (toggle.getAttribute("aria-expanded") !== "true") return;
      if (kept === null) return place.replaceChildren(make("p", { part: "soft" }, words.digestOnly));
      const shown = numberIn(language, Math.min(shownBytes, kept.length));
      place.replaceChildren(
        // A region that scrolls must be reachable by keyboard.
        make("pre", { class: "bytes", tabindex: 0, dir: "ltr" }, hexLines(kept, shownBytes).join("\n")),
        make("p", { part: "soft" }, `${words.firstBytes(shown, numberIn(language, kept.length))} `),
        button({ part: "link" }, words.download, () =>
          download(`tacit-report-${id}.bin`, "application/octet-stream", kept),
        ),
      );
    },
  );
  const lines = sums.map(({ state, kind, round, block, why }) =>
    make(
      "li",
      { class: "report-sum" },
      make("b", { class: state }, words.states[state]),
      ` ${words.sum(kind, numberIn(language, round), numberIn(language, block))}`,
      ...(why === undefined ? [] : [`. ${words.reason(isolated(why))}`]),
    ),
  );
  return make(
    "li",
    { part: "report" },
    make(
      "p",
      { part: "line" },
      make("span", {}, `${kilobytes} ${counted(words.sums, sums.length, language.locale)}`),
      make(
        "time",
        { part: "soft", datetime: new Date(atMs).toISOString() },
        whenIn(language, atMs, Date.now()),
      ),
    ),
    make("ul", { role: "list" }, ...lines),
    make("p", { part: "soft" }, words.cost(cost)),
    make("p", { class: "digest", dir: "ltr" }, "SHA-256 ", make("code", {}, sha256)),
    toggle,
    place,
  );
}

function partiesIn({ words }: MoreSetup, parties: Panel["parties"]): readonly Node[] {
  if (typeof parties === "string") {
    return [make("p", { part: "soft" }, parties === "one" ? words.oneParty : words.noParty)];
  }
  const half = (name: string, host: string): HTMLElement =>
    make("div", {}, make("dt", {}, name), make("dd", { dir: "ltr" }, host));
  return [
    make(
      "dl",
      { class: "features" },
      half(words.oneHalf, parties.leader),
      half(words.otherHalf, parties.helper),
    ),
    make("p", { part: "soft" }, words.halves),
  ];
}

function budgetIn({ setting, words }: MoreSetup, { last30Days, lifetime, since }: Budget): readonly Node[] {
  if (lifetime.limit.epsilon === null) return [make("p", { part: "soft" }, words.noLimit)];
  const { language } = setting;
  const day = new Intl.DateTimeFormat(language.locale, { dateStyle: "medium", timeZone: "UTC" });
  /** What is left is counted in rho, which adds up sum by sum as epsilon does not. */
  const line = (name: string, { rho, epsilon, limit }: SpentOf): HTMLElement => {
    const share = rho === null || limit.rho === null ? 1 : Math.min(1, rho / limit.rho);
    const spent = epsilon === null ? words.unbounded : epsilonText(setting, epsilon);
    return make(
      "li",
      { class: "reason-line" },
      make(
        "span",
        {},
        name,
        " · ",
        words.leftOver(percentIn(language, Math.floor((1 - share) * 100 + 1e-6) / 100)),
      ),
      make("span", { class: "value" }, words.ofLimit(spent, numberIn(language, limit.epsilon ?? 0, 1))),
      bar(share),
    );
  };
  const sinceDay = since === null ? words.ever : words.since(day.format(new Date(since)));
  return [
    make(
      "ul",
      { class: "reasons", role: "list" },
      line(words.last30Days, last30Days),
      line(sinceDay, lifetime),
    ),
    make("p", { part: "soft" }, words.epsilon),
  ];
}

function planIn({ setting, words }: MoreSetup, plan: PlanView | null): readonly Node[] {
  if (plan === null) return [make("p", { part: "soft" }, words.planNone)];
  const { locale } = setting.language;
  const kinds = plan.kinds.map(({ title, what, perReport, reportsPer30Days }) => {
    const { epsilon } = perReport;
    const cost = epsilon === null ? words.unbounded : epsilonText(setting, epsilon);
    const often = make(
      "dd",
      { part: "soft" },
      words.planned(counted(words.times, reportsPer30Days, locale), cost),
    );
    // What a sum is of is said by the plan itself, in English.
    const said = { lang: "en", dir: "ltr" };
    return make(
      "div",
      {},
      make("dt", said, title),
      ...(what === null ? [] : [make("dd", said, what)]),
      often,
    );
  });
  return [make("dl", { class: "plan" }, ...kinds)];
}

function epsilonText({ language }: Setting, epsilon: number): string {
  return `ε ${new Intl.NumberFormat(language.locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(epsilon)}`;
}
