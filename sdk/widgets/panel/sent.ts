/** What left this device, in a sentence, and how much of the limit it used; each report is shown to who opens it. */
import { make } from "../dom.ts";
import { counted } from "../language.ts";
import { percentIn, whenIn } from "./numbers.ts";
import { bar, disclosure, type Part, type Setting, section } from "./part.ts";
import { panelWordsOf } from "./words/load.ts";

export function sentPart(setting: Setting): Part {
  const { words, language } = setting;
  const text = make("p");
  const used = make("p", { part: "soft" });
  const drawn = make("div");
  const details = disclosure(
    "sent-details",
    words.details,
    async (body) => {
      const more = await import("./more.ts");
      return more.fillSent({
        ...{ setting, body },
        words: await panelWordsOf(language, "more", more.english),
      });
    },
    words.failed,
  );
  return {
    element: section("sent", words.sent, text, used, drawn, details),
    show({ panel }) {
      const reports = panel?.reports ?? [];
      const [last] = reports;
      text.textContent =
        last === undefined
          ? words.sentNone
          : `${counted(words.sentCount, reports.length, language.locale)} ${whenIn(language, last.atMs, Date.now())}.`;
      const spent = panel?.budget.last30Days;
      const limit = spent?.limit.rho ?? null;
      used.hidden = spent === undefined || limit === null;
      drawn.hidden = used.hidden;
      if (spent === undefined || limit === null) return;
      const share = spent.rho === null ? 1 : Math.min(1, spent.rho / limit);
      used.textContent = words.used(percentIn(language, share));
      drawn.replaceChildren(bar(share));
    },
  };
}
