/**
 * `<tacit-consent>`: asks for the two permissions, while the person has not chosen or with the attribute `open`.
 *
 *     <script type="module" src="/tacit/consent.js"></script>
 *     <tacit-consent policy="/privacy"></tacit-consent>
 *
 * A banner at the lower edge, which moves nothing and holds nobody up; yes and no weigh the same. A switch shows what
 * holds, and says so where the person has not chosen it. A no erases what was learned on this device.
 */
import type { ConsentFlags } from "../../../worker/api.ts";
import type { ConsentState, Tacit } from "../../types.ts";
import asking from "../asking.css?inline";
import { button, make } from "../dom.ts";
import { define, Widget } from "../element.ts";
import { safeUrl } from "../safeurl.ts";
import switches from "../switch.css?inline";
import { consent as english } from "../words/en.ts";
import { wordsOf } from "../words/load.ts";
import type { ConsentWords } from "../words/words.ts";
import css from "./consent.css?inline";
import { focusAfter, makeRoomFor } from "./room.ts";
import { choiceOf, hasChosen, isByPrivacyControl, mayHaveLearned, yesTo } from "./state.ts";

export class TacitConsent extends Widget<ConsentWords> {
  static readonly observedAttributes: readonly string[] = "open heading policy lang".split(" ");

  #stop: (() => void) | null = null;
  #personalise: HTMLInputElement | null = null;
  #contribute: HTMLInputElement | null = null;
  #isDismissed = false;
  /** Where the focus was before the person opened it. */
  #before: Element | null = null;
  #hasHeld = false;
  #giveRoomBack: (() => void) | null = null;

  constructor() {
    super({
      css: asking + switches + css,
      english,
      load: (language) => wordsOf(language, "consent", english),
    });
    this.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      this.#isDismissed = true;
      this.#close();
    });
    this.addEventListener("focusin", ({ relatedTarget }) => {
      if (relatedTarget instanceof Element && relatedTarget !== this) this.#before = relatedTarget;
    });
  }

  /** Opens it by the person's wish, and takes the focus there. */
  show(): void {
    this.toggleAttribute("open", true);
  }

  override attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (name === "open" && after !== null) this.#before ??= focused();
    super.attributeChangedCallback(name, before, after);
  }

  protected begin(tacit: Tacit): void {
    // What a person is setting here stays as they set it.
    this.#stop = tacit.on("consent", () => {
      this.#hasHeld ||= tacit.consent().personalise;
      if (this.frame.hasChildNodes() !== this.#isWanted(tacit)) this.draw();
    });
    this.draw();
  }

  protected end(): void {
    this.#giveRoomBack?.();
    this.#giveRoomBack = null;
    this.#stop?.();
    this.#stop = null;
  }

  protected draw(): void {
    this.#giveRoomBack?.();
    this.#giveRoomBack = null;
    const { tacit, words } = this;
    if (tacit === null || words === null || !this.#isWanted(tacit)) {
      const hadFocus = tacit !== null && this.matches(":focus-within");
      this.frame.replaceChildren();
      if (hadFocus) focusAfter(this, this.#before);
      if (tacit !== null) this.#before = null;
      return;
    }
    const isOpen = this.hasAttribute("open");
    const state = tacit.consent();
    this.#hasHeld ||= state.personalise;
    const isByGpc = isByPrivacyControl(state);
    const policy = safeUrl(this.getAttribute("policy"), document.baseURI);
    const heading = make(
      "h2",
      { part: "heading", id: "heading", tabindex: -1 },
      this.getAttribute("heading") ?? words.heading,
    );
    const text = make("p", { id: "text", part: "text" }, `${words.text} `);
    if (policy !== null) text.append(make("a", { part: "policy", href: policy }, words.policy));
    if (document.querySelector("tacit-panel") !== null) {
      text.append(
        " ",
        make("button", { type: "button", part: "known", "data-tacit-open": "panel" }, words.known),
      );
    }
    const erases = make("p", { part: "soft erases", role: "status" });
    this.#personalise = flip("personalise", state.personalise);
    this.#contribute = flip("contribute", state.personalise && state.contribute);
    const follow = (): void => {
      const isOn = this.#personalise?.checked === true;
      if (this.#contribute !== null) {
        if (!isOn && this.#contribute.checked) this.#contribute.click();
        this.#contribute.disabled = !isOn;
      }
      erases.textContent = isOn || !mayHaveLearned(state, this.#hasHeld) ? "" : words.erases;
    };
    this.#personalise.addEventListener("change", follow);
    follow();
    // A switch that nobody has turned is not to look as if somebody had.
    const byDefault = (name: keyof ConsentFlags): string =>
      state[name] && state.because[name] !== "person" ? words.byDefault : "";
    const contributeHint = isByGpc ? words.privacyControl : words.contributeHint;
    const banner = make(
      "div",
      {
        part: "banner",
        class: "surface",
        role: isOpen ? "dialog" : "region",
        "aria-labelledby": "heading",
        "aria-describedby": "text",
        "data-tacit-ignore": true,
      },
      make(
        "div",
        { class: "scroll" },
        heading,
        text,
        row(this.#personalise, words.personalise, words.personaliseHint, byDefault("personalise")),
        row(this.#contribute, words.contribute, contributeHint, byDefault("contribute")),
        erases,
      ),
      make(
        "div",
        { part: "buttons" },
        button({ part: "button no" }, words.no, () =>
          this.#choose({ personalise: false, contribute: false }),
        ),
        button({ part: "button yes" }, isByGpc ? words.yesHere : words.yes, () =>
          this.#choose(yesTo(tacit.consent())),
        ),
        button({ part: "button save" }, words.save, () => this.#choose(this.#set())),
      ),
    );
    this.frame.replaceChildren(banner);
    this.#giveRoomBack = makeRoomFor(banner);
    if (isOpen) heading.focus({ preventScroll: true });
  }

  #isWanted(tacit: Tacit): boolean {
    return this.hasAttribute("open") || (!hasChosen(tacit.consent()) && !this.#isDismissed);
  }

  #set(): ConsentFlags {
    const personalise = this.#personalise?.checked === true;
    return choiceOf({ personalise, contribute: this.#contribute?.checked === true });
  }

  #choose(choice: ConsentFlags): void {
    const { tacit } = this;
    if (tacit === null) return;
    if (choice.personalise) tacit.consent(choice);
    else void tacit.optOut();
    this.tell(tacit.consent() satisfies ConsentState);
    this.#close();
  }

  #close(): void {
    if (this.hasAttribute("open")) this.removeAttribute("open");
    this.draw();
  }
}

function focused(): Element | null {
  const { activeElement } = document;
  return activeElement === document.body ? null : activeElement;
}

function flip(name: string, isOn: boolean): HTMLInputElement {
  const input = make("input", {
    type: "checkbox",
    role: "switch",
    id: name,
    part: "switch",
    "aria-describedby": `${name}-hint`,
  });
  input.checked = isOn;
  return input;
}

function row(input: HTMLInputElement, label: string, hint: string, byDefault: string): HTMLElement {
  const said = make("p", { part: "soft", id: `${input.id}-hint` }, hint);
  if (byDefault !== "") {
    const note = make("b", { part: "default" }, `${byDefault} `);
    input.part.add("default");
    said.prepend(note);
    const chosen = (): void => {
      note.remove();
      input.part.remove("default");
    };
    input.addEventListener("change", chosen, { once: true });
  }
  return make("div", { part: "row" }, make("label", { part: "label", for: input.id }, label), input, said);
}

declare global {
  interface HTMLElementTagNameMap {
    "tacit-consent": TacitConsent;
  }
  interface HTMLElementEventMap {
    "tacit-consent": CustomEvent<ConsentState>;
  }
}

define("tacit-consent", TacitConsent);
