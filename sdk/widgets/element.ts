/**
 * What all widgets are: an element with an open shadow tree and sheets of its own, that speaks the page's
 * language and waits for the page's SDK. It carries no SDK, asks no server, and without an SDK shows what the
 * site put inside.
 *
 * Styles are constructed sheets, which a policy without `unsafe-inline` allows. Loaded on a server it defines
 * nothing.
 */
import { sharedEvent, sharedSdk } from "../shared.ts";
import type { Tacit } from "../types.ts";
import ground from "./ground.css?inline";
import { type Language, languageOf, tagOf } from "./language.ts";

/** On a server there are no elements: importing a widget there must not fail. */
const Base: typeof HTMLElement = globalThis.HTMLElement ?? class {};

/** What a widget is made of. */
export interface Kind<Words> {
  readonly css: string;
  /** The words that it carries. */
  readonly english: Words;
  /** Those of another language. */
  readonly load: (language: Language) => Promise<Words>;
}

const sheets = new Map<string, CSSStyleSheet>();

export abstract class Widget<Words> extends Base {
  readonly #kind: Kind<Words>;
  /** Around everything in the shadow tree. */
  protected readonly frame: HTMLElement;
  #given: Tacit | null = null;
  #tacit: Tacit | null = null;
  #language: Language = languageOf("en");
  #words: Words | null = null;
  /** Ends what was begun when the element came into the document. */
  #connected: AbortController | null = null;
  #asked = 0;

  protected constructor(kind: Kind<Words>) {
    super();
    this.#kind = kind;
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheetOf(ground), sheetOf(kind.css)];
    this.frame = document.createElement("div");
    this.frame.part.add("frame");
    root.append(this.frame);
  }

  /** The SDK that the widget asks; the page's unless one is set. */
  get tacit(): Tacit | null {
    return this.#given ?? this.#tacit;
  }

  set tacit(tacit: Tacit | null) {
    this.#given = tacit;
    if (this.#connected !== null) this.#begin();
  }

  /** Its words and its SDK are here. */
  protected abstract begin(tacit: Tacit): void;
  /** The SDK is another one, or the element has left the document. */
  protected abstract end(): void;
  /** Draws what is known, in the words there are. */
  protected abstract draw(): void;

  /** Null until those of its language have come. */
  protected get words(): Words | null {
    return this.#words;
  }

  protected get language(): Language {
    return this.#language;
  }

  connectedCallback(): void {
    this.#takeOver();
    this.#connected = new AbortController();
    const { signal } = this.#connected;
    this.#follow(signal);
    this.#speak(languageOf(tagOf(this)), null);
    this.#begin();
    for (const name of [sharedEvent, "load"]) {
      addEventListener(name, () => this.#tacit === null && this.#begin(), { signal });
    }
  }

  disconnectedCallback(): void {
    this.#connected?.abort();
    this.#connected = null;
    this.#asked += 1;
    this.#end();
  }

  attributeChangedCallback(_name: string, _before: string | null, _after: string | null): void {
    if (this.#connected !== null) this.#begin();
  }

  /** Tells the page something: as an event that leaves every shadow tree. */
  protected tell(detail: unknown): void {
    this.dispatchEvent(new CustomEvent(this.localName, { detail, bubbles: true, composed: true }));
  }

  async #begin(): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    const language = languageOf(tagOf(this));
    const words = await this.#kind.load(language);
    if (asked !== this.#asked) return;
    this.#end();
    this.#speak(language, words);
    this.#tacit = this.#given ?? sharedSdk();
    if (this.#tacit !== null) this.begin(this.#tacit);
  }

  /** English is here at once; what was said before in another language stays until its words have come. */
  #speak(language: Language, words: Words | null): void {
    this.#language = language;
    this.#words = words ?? (language.words === "en" ? this.#kind.english : this.#words);
    this.frame.lang = language.locale;
    if (language.direction === null) this.frame.removeAttribute("dir");
    else this.frame.dir = language.direction;
    this.draw();
  }

  #end(): void {
    if (this.#tacit !== null) this.end();
    this.#tacit = null;
  }

  /** The language of a page changes where a person chooses another. */
  #follow(signal: AbortSignal): void {
    const observer = new MutationObserver(() => this.#begin());
    observer.observe(document.documentElement, { attributeFilter: ["lang"] });
    signal.addEventListener("abort", () => observer.disconnect());
  }

  /** What a framework set before the element was defined stands in the way of its accessors. */
  #takeOver(): void {
    for (const name of Object.keys(this)) {
      const value: unknown = Reflect.get(this, name);
      if (name in Object.getPrototypeOf(this) && Reflect.deleteProperty(this, name)) {
        Reflect.set(this, name, value);
      }
    }
  }
}

/** Defines an element once: of two copies of a widget the first stays. */
export function define(name: string, element: CustomElementConstructor): void {
  const { customElements } = globalThis;
  if (customElements?.get(name) === undefined) customElements?.define(name, element);
}

function sheetOf(css: string): CSSStyleSheet {
  const known = sheets.get(css);
  if (known !== undefined) return known;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  sheets.set(css, sheet);
  return sheet;
}
