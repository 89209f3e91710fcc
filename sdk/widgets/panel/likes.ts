/** What the person seems to like, by category, with what it comes from; each can be had more, less, or not at all. */
import { button, isolated, make } from "../dom.ts";
import { askIfNot } from "./ifnot.ts";
import { type Liking, likingsOf } from "./likings.ts";
import { numberIn, percentIn } from "./numbers.ts";
import { bar, link, type Part, renew, type Setting, section, unique } from "./part.ts";

/** In the order of their buttons. */
const wishes = ["boost", "less", "mute"] as const;

export function likesPart(setting: Setting): Part {
  const { tacit, words, language, labels, say } = setting;
  const list = make("ul", { class: "likes", role: "list" });
  const none = make("p", { part: "soft" }, words.likesNone);

  const row = ({ category, percent, from }: Liking, wish: string | undefined, acts: readonly string[]) => {
    const named = isolated(labels.get(category) ?? category);
    const [first, ...others] = from;
    const title = isolated(first?.title ?? "");
    const source =
      others.length === 0 ? words.from(title) : words.fromMore(title, numberIn(language, others.length));
    const id = unique("like");
    const place = make("div");
    const choices = make(
      "div",
      { class: "wishes", role: "group", "aria-labelledby": id },
      ...wishes.map((kind) => {
        const isPressed = wish === kind;
        const key = `${category} ${kind}`;
        const attributes = { part: "wish", "aria-pressed": `${isPressed}`, "data-key": key };
        return button(attributes, words.wish[kind], async () => {
          const undo = await tacit.steer({ wish: isPressed ? null : kind, of: "category", value: category });
          say(isPressed ? words.takenBack : words.wished(words.wishOf[kind], named), undo);
        });
      }),
    );
    const ifNot =
      acts.length === 0
        ? []
        : [link(words.ifNot, named, `${category} if`, () => void askIfNot(setting, place, ifNot[0], acts))];
    return make(
      "li",
      { part: "like" },
      make("span", { class: "name", id }, named),
      make(
        "span",
        { class: "share" },
        percent !== null
          ? percentIn(language, percent / 100)
          : wish === "mute"
            ? words.unwanted
            : words.notWanted,
      ),
      bar(percent === null ? -0.02 : percent / 100),
      make("p", { part: "soft" }, source, " ", ...ifNot),
      choices,
      place,
    );
  };

  return {
    element: section("likes", words.likes, none, list),
    show({ panel, consent }) {
      const wished = new Map(
        panel?.wishes.flatMap(({ wish, of, value }) =>
          of === "category" ? [[value.toLowerCase(), wish]] : [],
        ),
      );
      const unwanted = new Set(
        [...wished].flatMap(([category, wish]) => (wish === "mute" ? [category] : [])),
      );
      const likings = panel === null ? [] : likingsOf(panel.tastes, unwanted);
      none.hidden = likings.length > 0;
      none.textContent = consent.personalise ? words.likesNone : words.likesOff;
      const rows = likings.map((liking) => {
        const items = new Set(liking.from.map(({ item }) => item));
        const acts = (panel?.events ?? []).filter(
          ({ item, leftOut }) => item !== undefined && items.has(item) && leftOut === undefined,
        );
        const wish = wished.get(liking.category.toLowerCase());
        return [liking, wish, acts.map(({ id }) => id)] as const;
      });
      renew(list, rows, () => rows.map((each) => row(...each)));
    },
  };
}
