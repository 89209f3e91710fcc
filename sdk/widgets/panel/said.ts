/** What the person said of themselves, and what they asked of the lists: each can be taken back. */
import type { ShownFact } from "../../../worker/api.ts";
import { isolated, make } from "../dom.ts";
import { link, type Part, renew, type Setting, section } from "./part.ts";
import type { CoreWords } from "./words/words.ts";

export function factsPart({ tacit, words, say }: Setting): Part {
  const list = make("ul", { class: "said", role: "list" });
  const none = make("p", { part: "soft" }, words.saidNone);
  return {
    element: section("facts", words.said, none, list),
    show({ panel }) {
      const facts = panel?.facts ?? [];
      none.hidden = facts.length > 0;
      renew(list, facts, () =>
        facts.map((fact) => {
          const title = titleOf(fact, words);
          const forget = link(words.forget, title, fact.fact, () => {
            tacit.declare({ [fact.fact]: null });
            say(words.forgotten, () => tacit.declare({ [fact.fact]: fact.value }));
          });
          const said = make("span", { dir: "auto" }, saidIn(fact, words));
          return make("li", { part: "line" }, make("span", {}, make("b", {}, title), " ", said), forget);
        }),
      );
    },
  };
}

export function wishesPart({ tacit, words, labels, say }: Setting): Part {
  const list = make("ul", { class: "said", role: "list" });
  const none = make("p", { part: "soft" }, words.askedNone);
  const element = section("wishes", words.asked, none, list);
  return {
    element,
    show({ panel, consent }) {
      const wishes = panel?.wishes ?? [];
      // There is nothing beside which more or less could be asked for.
      element.hidden = wishes.length === 0 && !consent.personalise;
      none.hidden = wishes.length > 0;
      renew(list, wishes, () =>
        wishes.map(({ wish, of, value, title }) => {
          const named = isolated((of === "category" ? labels.get(value) : title) ?? value);
          const kind = words.wishOf[wish];
          const back = link(words.takeBack, `${kind} ${named}`, `${of} ${value}`, async () => {
            const undo = await tacit.steer({ wish: null, of, value });
            say(words.takenBack, undo);
          });
          return make("li", { part: "line" }, make("span", {}, make("b", {}, kind), " ", named), back);
        }),
      );
    },
  };
}

/** A site's own fact has the name that the site gave it. */
function titleOf({ fact, title }: ShownFact, { facts }: CoreWords): string {
  return new Map(Object.entries(facts)).get(fact) ?? isolated(title);
}

function saidIn({ fact, value }: ShownFact, words: CoreWords): string {
  if (fact === "onboarding" && value === "skipped") return words.skipped;
  if (fact === "segment" && value === "none") return words.none;
  if (typeof value === "boolean") return value ? words.yes : words.no;
  return typeof value === "object" ? value.map(isolated).join(" · ") : isolated(String(value));
}
