/**
 * `<tacit-panel>`: what this site knows about the person, for the person: to see, to change, to take along, to erase.
 *
 *     <script type="module" src="/tacit/panel.js"></script>
 *     <button data-tacit-open="panel">What this site knows about me</button>
 *     <tacit-panel></tacit-panel>
 *
 * A sheet at the side, which any element with `data-tacit-open="panel"` opens; with the attribute `inline` it
 * stands in the page. Without the SDK it says so. What few open is loaded when they do: panel-why.js,
 * panel-more.js, panel-along.js.
 */
import type { Tacit, TacitEventMap } from "../../types.ts";
import asking from "../asking.css?inline";
import { button, make } from "../dom.ts";
import { define, Widget } from "../element.ts";
import { labelsIn } from "../labels.ts";
import switches from "../switch.css?inline";
import { choicesPart } from "./choices.ts";
import { endingPart } from "./ending.ts";
import { loadWhy } from "./ifnot.ts";
import { likesPart } from "./likes.ts";
import css from "./panel.css?inline";
import { disclosure, type Known, type Part, type Setting } from "./part.ts";
import { pastPart } from "./past.ts";
import { factsPart, wishesPart } from "./said.ts";
import { sentPart } from "./sent.ts";
import { core as english } from "./words/en.ts";
import { panelWordsOf } from "./words/load.ts";
import type { CoreWords } from "./words/words.ts";

/** The detail of the event `tacit-panel`: what has become of it. */
export interface PanelTold {
  readonly state: "opened" | "closed" | "erased";
}

/** What is said and cannot be undone stays so long, and longer by each letter of it. */
const saidMs = 6_000;
const letterMs = 60;
/** The host's own changes of the journal come in a row. */
const settleMs = 120;
const changes: readonly (keyof TacitEventMap)[] = ["ready", "change", "report", "edition", "consent"];

export class TacitPanel extends Widget<CoreWords> {
  static readonly observedAttributes: readonly string[] = "open inline heading labels lang".split(" ");

  #stops: readonly (() => void)[] = [];
  #parts: readonly Part[] = [];
  readonly #state = make("p", { part: "soft", class: "state", role: "status" });
  readonly #notice = make("p", { class: "notice-text", role: "status" });
  readonly #undo = button({ part: "button undo", hidden: true }, "", () => this.#undone());
  #undoing: (() => void) | null = null;
  /** What the sheet was made of. */
  #made: readonly unknown[] = [];
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #goes: ReturnType<typeof setTimeout> | undefined;
  #isOpen = false;
  #away: AbortController | null = null;

  constructor() {
    const load = (language: Setting["language"]): Promise<CoreWords> =>
      panelWordsOf(language, "core", english);
    super({ css: asking + switches + css, english, load });
  }

  /** Opens it; what stands in the page is brought into view. */
  show(): void {
    if (!this.#isInline) this.toggleAttribute("open", true);
    else {
      const heading = this.frame.querySelector<HTMLElement>("[part~=heading]");
      heading?.focus({ preventScroll: true });
      this.scrollIntoView({ block: "start" });
    }
  }

  close(): void {
    this.removeAttribute("open");
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#away = new AbortController();
    document.addEventListener("click", (event) => this.#openFor(event), { signal: this.#away.signal });
  }

  override disconnectedCallback(): void {
    this.#away?.abort();
    super.disconnectedCallback();
    this.#made = [];
    this.frame.replaceChildren();
    this.#isOpen = false;
  }

  override attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (name !== "open") super.attributeChangedCallback(name, before, after);
    else if (this.isConnected && (before === null) !== (after === null)) {
      this.draw();
      void this.#read();
    }
  }

  protected begin(tacit: Tacit): void {
    this.#stops = changes.map((name) => tacit.on(name, () => this.#readSoon()));
    this.draw();
    void this.#read();
  }

  protected end(): void {
    clearTimeout(this.#timer);
    for (const stop of this.#stops) stop();
    this.#stops = [];
    this.#asked += 1;
  }

  protected draw(): void {
    const { tacit, words, language } = this;
    const isInline = this.#isInline;
    const isWanted = isInline || this.hasAttribute("open");
    if (words === null || !isWanted) {
      if (!isWanted) this.#shut();
      return;
    }
    const heading = this.getAttribute("heading") ?? words.heading;
    const made = [tacit, words, language.locale, isInline, heading, this.getAttribute("labels")];
    if (made.some((each, nth) => each !== this.#made[nth])) {
      this.#made = made;
      this.#make(words, heading, tacit);
    }
    if (tacit === null) {
      this.#state.textContent = document.readyState === "complete" ? words.missing : words.reading;
    }
  }

  get #isInline(): boolean {
    return this.hasAttribute("inline");
  }

  #make(words: CoreWords, heading: string, tacit: Tacit | null): void {
    const hadSheet = this.frame.querySelector("dialog[open]") !== null;
    const title = make("h2", { part: "heading", id: "heading", tabindex: -1 }, heading);
    const head = make("div", { part: "head" }, title);
    this.#state.textContent = words.reading;
    this.#parts = tacit === null ? [] : this.#partsOf(tacit, words);
    for (const { element } of this.#parts) element.hidden = true;
    this.#undo.textContent = words.undo;
    this.#say("");
    const notice = make("div", { part: "notice" }, this.#notice, this.#undo);
    const body = make("div", { part: "body" }, this.#state, ...this.#parts.map(({ element }) => element));
    const attributes = {
      part: "sheet",
      class: "surface",
      "aria-labelledby": "heading",
      "data-tacit-ignore": true,
    };
    if (this.#isInline) {
      this.frame.replaceChildren(make("section", attributes, head, body, notice));
      return;
    }
    head.append(
      button({ part: "close", "aria-label": words.close }, make("span", { "aria-hidden": true }, "×"), () =>
        this.close(),
      ),
    );
    const sheet = make("dialog", attributes, head, body, notice);
    sheet.addEventListener("close", () => this.close());
    sheet.addEventListener("click", ({ target }) => {
      if (target === sheet) this.close();
    });
    this.frame.replaceChildren(sheet);
    sheet.showModal();
    title.focus({ preventScroll: true });
    this.#isOpen = true;
    if (!hadSheet) this.tell({ state: "opened" } satisfies PanelTold);
  }

  #shut(): void {
    this.#made = [];
    this.#parts = [];
    // Closed first, so that the browser gives the focus back.
    this.frame.querySelector("dialog")?.close();
    this.frame.replaceChildren();
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.tell({ state: "closed" } satisfies PanelTold);
  }

  #partsOf(tacit: Tacit, words: CoreWords): readonly Part[] {
    const { language } = this;
    const setting: Setting = {
      ...{ tacit, words, language, labels: labelsIn(this.getAttribute("labels")) },
      say: (text, undo) => this.#say(text, undo),
    };
    const opened = (
      name: string,
      heading: string,
      fill: (body: HTMLElement) => Promise<() => void>,
      isShown: (known: Known) => boolean = () => true,
    ): Part => {
      const element = disclosure(name, heading, fill, words.failed);
      return {
        element,
        show(known) {
          element.hidden = !isShown(known);
          if (element.hidden) element.open = false;
        },
      };
    };
    // Of whom nothing is learned there is nothing to say why.
    const isLearned = ({ consent }: Known): boolean => consent.personalise;
    return [
      choicesPart(setting),
      likesPart(setting),
      opened(
        "why",
        words.why,
        async (body) => {
          const why = await loadWhy();
          const whyWords = await panelWordsOf(language, "why", why.english);
          return why.fillWhy({ ...{ setting, body }, words: whyWords });
        },
        isLearned,
      ),
      factsPart(setting),
      wishesPart(setting),
      pastPart(setting),
      sentPart(setting),
      opened(
        "worked",
        words.worked,
        async (body) => {
          const more = await import("./more.ts");
          const moreWords = await panelWordsOf(language, "more", more.english);
          return more.fillWorked({ ...{ setting, body }, words: moreWords });
        },
        isLearned,
      ),
      opened("along", words.along, async (body) => {
        const along = await import("./along.ts");
        return along.fillAlong({
          ...{ setting, body },
          words: await panelWordsOf(language, "along", along.english),
        });
      }),
      endingPart(setting, () => this.tell({ state: "erased" } satisfies PanelTold)),
    ];
  }

  #readSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#read(), settleMs);
  }

  /** An answer that a later question has overtaken is old. */
  async #read(): Promise<void> {
    const { tacit, words } = this;
    if (tacit === null || words === null || this.#parts.length === 0) return;
    this.#asked += 1;
    const asked = this.#asked;
    const parts = this.#parts;
    const panel = await tacit.panel();
    if (asked !== this.#asked || parts !== this.#parts) return;
    const known: Known = { panel, consent: tacit.consent() };
    this.#state.textContent =
      panel === null ? words.unreadable : panel.storage === "device" ? words.onDevice : words.inMemory;
    for (const { element, show } of parts) {
      element.hidden = false;
      show(known);
    }
  }

  #say(text: string, undo?: () => void): void {
    this.#notice.textContent = text;
    this.#undoing = undo ?? null;
    this.#undo.hidden = undo === undefined;
    clearTimeout(this.#goes);
    if (text === "" || undo !== undefined) return;
    this.#goes = setTimeout(() => this.#say(""), saidMs + letterMs * text.length);
  }

  #undone(): void {
    this.#undoing?.();
    this.#say(this.words?.takenBack ?? "");
    this.frame.querySelector<HTMLElement>("[part~=heading]")?.focus({ preventScroll: true });
  }

  /** What opens it may stand in another shadow tree; of several panels the first one answers. */
  #openFor(event: MouseEvent): void {
    if (event.defaultPrevented || document.querySelector(this.localName) !== this) return;
    const isOpener = (each: EventTarget): boolean =>
      each instanceof Element && each.getAttribute("data-tacit-open") === "panel";
    if (!event.composedPath().some(isOpener)) return;
    event.preventDefault();
    this.show();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "tacit-panel": TacitPanel;
  }
  interface HTMLElementEventMap {
    "tacit-panel": CustomEvent<PanelTold>;
  }
}

define("tacit-panel", TacitPanel);
