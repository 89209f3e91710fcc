/**
 * `<tacit-onboarding>`: asks what a person likes, by the shop's categories and in their own words.
 *
 *     <script type="module" src="/tacit/onboarding.js"></script>
 *     <tacit-onboarding categories="Garden,Kitchen,Party"></tacit-onboarding>
 *
 * It is there until the person has answered or skipped it, and where the site may learn at all; with the attribute
 * `open` always. What was said is a fact of the person's, kept on this device, and can be taken back.
 */
import type { Tacit } from "../../types.ts";
import asking from "../asking.css?inline";
import { button, make } from "../dom.ts";
import { define, Widget } from "../element.ts";
import { labelsIn } from "../labels.ts";
import { counted } from "../language.ts";
import { onboarding as english } from "../words/en.ts";
import { wordsOf } from "../words/load.ts";
import type { OnboardingWords } from "../words/words.ts";
import { categoriesIn, factsOf, isAnswered, mostInterests, type Said, undoing } from "./facts.ts";
import css from "./onboarding.css?inline";

/** The detail of the event `tacit-onboarding`. */
export interface OnboardingAnswer {
  readonly state: "saved" | "skipped" | "undone";
  readonly categories: readonly string[];
  readonly interests: string;
}

type View = { readonly state: "hidden" } | { readonly state: "asking" | "saved"; readonly said: Said };

export class TacitOnboarding extends Widget<OnboardingWords> {
  static readonly observedAttributes: readonly string[] = "categories labels heading open lang".split(" ");

  readonly #status = make("p", { class: "unseen", role: "status" });
  #view: View = { state: "hidden" };
  #stop: (() => void) | null = null;
  #asked = 0;

  constructor() {
    super({ css: asking + css, english, load: (language) => wordsOf(language, "onboarding", english) });
    this.shadowRoot?.append(this.#status);
  }

  override attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    // It was answered: what is drawn then has the focus.
    if (name !== "open" || after !== null) super.attributeChangedCallback(name, before, after);
  }

  protected begin(tacit: Tacit): void {
    this.#stop = tacit.on("consent", () => void this.#look(tacit));
    void this.#look(tacit);
  }

  protected end(): void {
    this.#asked += 1;
    this.#stop?.();
    this.#stop = null;
  }

  /** What was said before is in the form; who has answered is not asked again. */
  async #look(tacit: Tacit): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    const facts = (await tacit.panel())?.facts ?? null;
    if (asked !== this.#asked || this.#view.state === "saved") return;
    const said: Said = Object.fromEntries((facts ?? []).map(({ fact, value }) => [fact, value]));
    const mayAsk = facts !== null && tacit.consent().personalise;
    const isAsked = mayAsk && (this.hasAttribute("open") || !isAnswered(said));
    if (isAsked && this.#view.state === "asking") return;
    this.#view = isAsked ? { state: "asking", said } : { state: "hidden" };
    this.draw();
  }

  protected draw(): void {
    const { words } = this;
    const view = this.#view;
    if (words === null || view.state === "hidden") {
      this.frame.replaceChildren();
      return;
    }
    if (view.state === "saved") {
      const undo = button({ part: "button undo" }, words.undo, () => this.#undo(view.said));
      this.frame.replaceChildren(make("div", { part: "box saved" }, make("p", {}, words.saved), undo));
      return;
    }
    const interests = make("input", {
      part: "input",
      id: "interests",
      maxlength: mostInterests,
      "aria-describedby": "hint",
      dir: "auto",
      autocomplete: "off",
    });
    interests.value = typeof view.said.interests === "string" ? view.said.interests : "";
    const chosen = new Set(Array.isArray(view.said.categories) ? view.said.categories : []);
    const labels = labelsIn(this.getAttribute("labels"));
    const chips = categoriesIn(this.getAttribute("categories")).map((name) =>
      chip(name, labels.get(name) ?? name, chosen.has(name)),
    );
    const count = make("span", { part: "soft count", "aria-live": "polite" });
    const picked = (): readonly string[] =>
      chips.flatMap((each) => {
        const box = each.querySelector("input");
        return box?.checked ? [box.value] : [];
      });
    const tellCount = (): void => {
      const { length } = picked();
      count.textContent = length === 0 ? "" : counted(words.chosen, length, this.language.locale);
    };
    tellCount();
    const form = make(
      "form",
      { part: "box", "aria-labelledby": "heading", "data-tacit-ignore": true },
      make("h2", { part: "heading", id: "heading" }, this.getAttribute("heading") ?? words.heading),
      make(
        "fieldset",
        { part: "categories", hidden: chips.length === 0 },
        make("legend", {}, words.categories, " ", count),
        make("div", { part: "chips" }, ...chips),
      ),
      make("label", { for: "interests", part: "label" }, words.interests),
      interests,
      make("p", { part: "soft", id: "hint" }, words.interestsHint),
      make(
        "div",
        { part: "buttons" },
        make("button", { part: "button save" }, words.save),
        button({ part: "button skip" }, words.skip, () => this.#say([], "", view.said)),
      ),
      make("p", { part: "soft device" }, words.onDevice),
    );
    form.addEventListener("change", tellCount);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#say(picked(), interests.value, view.said);
    });
    this.frame.replaceChildren(form);
  }

  #say(categories: readonly string[], interests: string, before: Said): void {
    const facts = factsOf(categories, interests);
    this.tacit?.declare(facts);
    const isSkipped = facts.onboarding === "skipped";
    this.#view = isSkipped ? { state: "hidden" } : { state: "saved", said: before };
    this.removeAttribute("open");
    this.draw();
    if (!isSkipped) {
      this.#status.textContent = this.words?.saved ?? "";
      this.shadowRoot?.querySelector("button")?.focus({ preventScroll: true });
    }
    this.tell({ state: isSkipped ? "skipped" : "saved", categories, interests } satisfies OnboardingAnswer);
  }

  #undo(before: Said): void {
    this.tacit?.declare(undoing(before));
    this.#view = { state: "asking", said: before };
    this.#status.textContent = "";
    this.draw();
    this.shadowRoot?.querySelector("input")?.focus({ preventScroll: true });
    this.tell({ state: "undone", categories: [], interests: "" } satisfies OnboardingAnswer);
  }
}

function chip(name: string, label: string, isChosen: boolean): HTMLElement {
  const box = make("input", { type: "checkbox", value: name });
  box.checked = isChosen;
  return make("label", { part: "chip" }, box, make("span", { dir: "auto" }, label));
}

declare global {
  interface HTMLElementTagNameMap {
    "tacit-onboarding": TacitOnboarding;
  }
  interface HTMLElementEventMap {
    "tacit-onboarding": CustomEvent<OnboardingAnswer>;
  }
}

define("tacit-onboarding", TacitOnboarding);
