/**
 * The score of any item taken apart: what `explain` says of it for this person at this moment, part by part,
 * whether or not a list has it. It is asked again whenever something happened, so that a developer sees what
 * an act changes.
 */
import type { Explanation } from "../../worker/api.ts";
import type { Inside } from "../notes.ts";
import { element, table } from "./elements.ts";
import type { Section } from "./sections.ts";
import { reasonInWords, signed } from "./words.ts";

/** What is known of the item that was asked about. */
type Answer =
  | { readonly state: "none" }
  | { readonly state: "asked" }
  | { readonly state: "explained"; readonly now: Explanation; readonly before: Explanation | null }
  | { readonly state: "failed"; readonly why: string };

export class Apart {
  readonly #link: Inside["link"];
  readonly #changed: () => void;
  readonly #input: HTMLInputElement;
  readonly #form: HTMLElement;
  #item = "";
  #answer: Answer = { state: "none" };

  /** @param changed called when there is something else to be shown. */
  constructor(link: Inside["link"], changed: () => void) {
    this.#link = link;
    this.#changed = changed;
    const input = document.createElement("input");
    input.type = "text";
    input.name = "item";
    input.autocomplete = "off";
    input.spellcheck = false;
    this.#input = input;
    this.#form = element(
      "form",
      {},
      element("label", {}, "Item id ", input),
      element("button", { type: "submit" }, "Take apart"),
    );
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#item = this.#input.value.trim();
      this.#answer = this.#item === "" ? { state: "none" } : { state: "asked" };
      this.#changed();
      void this.refresh();
    });
  }

  /** Something happened: the score may be another. */
  async refresh(): Promise<void> {
    const item = this.#item;
    const { value } = this.#link;
    if (item === "" || value === null) return;
    const last = this.#answer.state === "explained" && this.#answer.now.item === item ? this.#answer : null;
    let answer: Answer;
    try {
      const now = await value.call("debug", (worker) => worker.explain(item, {}));
      // What it was before the last act that changed it stays to be compared with.
      const isSame = last !== null && last.now.score === now.score && last.now.rank === now.rank;
      answer = { state: "explained", now, before: isSame ? last.before : (last?.now ?? null) };
    } catch (error) {
      answer = { state: "failed", why: error instanceof Error ? error.message : String(error) };
    }
    // Another one was asked about meanwhile.
    if (item !== this.#item) return;
    this.#answer = answer;
    this.#changed();
  }

  section(): Section {
    return { headline: headlineOf(this.#answer), body: [this.#form, ...bodyOf(this.#answer)] };
  }
}

function headlineOf(answer: Answer): string {
  if (answer.state === "none") return "type an id to take its score apart";
  if (answer.state === "asked") return "asked";
  if (answer.state === "failed") return "cannot be taken apart";
  const { title, rank, of } = answer.now;
  return `${title}: place ${rank} of ${of}`;
}

function bodyOf(answer: Answer): readonly HTMLElement[] {
  if (answer.state === "failed") return [element("p", { class: "why" }, answer.why)];
  if (answer.state !== "explained") return [];
  const { now, before } = answer;
  const parts = [...now.reasons].sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
  const rows = parts.map((reason) => {
    // The words begin with the part, which has a column of its own here.
    const [part, ...words] = reasonInWords(reason).split(" ");
    return [part, reason.why, words.join(" ")];
  });
  const compared =
    before === null
      ? []
      : [element("p", {}, `Before: ${signed(before.score)}, place ${before.rank} of ${before.of}.`)];
  return [
    table(
      ["Part", "Why", "What"],
      [...rows, [signed(now.score), "sum", `place ${now.rank} of ${now.of}`]],
      "",
    ),
    ...compared,
  ];
}
