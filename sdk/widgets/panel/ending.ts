/** Erase what is here, or leave altogether: asked once more, in place, with the focus on the harmless answer. */
import { button, make } from "../dom.ts";
import { isContributor, type Part, type Setting, section } from "./part.ts";

export function endingPart({ tacit, words, say }: Setting, erased: () => void): Part {
  const place = make("div", { class: "ending" });
  /** Nothing is asked twice at once. */
  let isAsking = false;
  /** Told as it was before: what is erased says no more who has contributed. */
  let hasCost = false;

  const offer = (focus: "erase" | "leave" | null): void => {
    isAsking = false;
    const erase = button({ part: "button" }, words.erase, () => ask("erase"));
    const leave = button({ part: "button" }, words.leave, () => ask("leave"));
    place.replaceChildren(
      make("p", { part: "soft" }, words.endAbout),
      make("p", { class: "actions" }, erase, leave),
    );
    if (focus !== null) (focus === "erase" ? erase : leave).focus();
  };

  const ask = (what: "erase" | "leave"): void => {
    isAsking = true;
    const text = make("p", { id: "ending-text" }, words[`${what}Ask`]);
    const label = words[what];
    const keep = button({ part: "button" }, words.keep, () => offer(what));
    const sure = button({ part: "button danger" }, label, async () => {
      place.replaceChildren(make("p", { part: "soft" }, words.working));
      const erasure = hasCost ? `${words.erased} ${words.costStays}` : words.erased;
      await (what === "erase" ? tacit.erase() : tacit.optOut());
      offer(what);
      say(what === "erase" ? erasure : words.left);
      erased();
    });
    const attributes = {
      part: "ask",
      role: "alertdialog",
      "aria-label": label,
      "aria-describedby": "ending-text",
    };
    const question = make("div", attributes, text, make("p", { class: "actions" }, sure, keep));
    question.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      // The question is closed, and not the panel around it.
      event.preventDefault();
      event.stopPropagation();
      offer(what);
    });
    place.replaceChildren(question);
    keep.focus();
  };

  offer(null);
  return {
    element: section("ending", words.end, place),
    show(known) {
      const { panel, consent } = known;
      hasCost = isContributor(known);
      // Another tab has erased and said no: there is nothing left to ask.
      if (isAsking && !consent.personalise && panel?.events.length === 0) offer(null);
    },
  };
}
