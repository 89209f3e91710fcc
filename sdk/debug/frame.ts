/**
 * The overlay's own corner of the page: a shadow tree with a title, sections that open and close, and a way out.
 *
 * Nothing of it reaches the page: its clicks and keys end here, capture leaves it out (`data-tacit-ignore`), and
 * the page's styles stop at its host.
 */
import { arrange, element } from "./elements.ts";
import type { Section } from "./sections.ts";
import { styleIn } from "./style.ts";
import { OwnWindow } from "./window.ts";

const ownWindow = "Own window";

/** What a page could take for its own. */
const keptInside = [
  "click",
  "dblclick",
  "auxclick",
  "keydown",
  "keyup",
  "keypress",
  "pointerdown",
  "pointerup",
];

export class Frame {
  readonly #host = element("tacit-debug", { "data-tacit-ignore": "" });
  readonly #main = element("main", { id: "sections" });
  readonly #toggle = element(
    "button",
    { type: "button", "aria-expanded": "true", "aria-controls": "sections" },
    "Hide",
  );
  readonly #sections = new Map<string, HTMLElement>();
  readonly #root = this.#host.attachShadow({ mode: "open" });
  readonly #alone = element("button", { type: "button" }, ownWindow);
  readonly #window = new OwnWindow(this.#host, () => this.#return());
  readonly #closed: () => void;
  /** Where the focus was before it came in. */
  #outside: Element | null = null;

  /** @param closed called when the person has closed it. */
  constructor({ title, closed }: { readonly title: string; readonly closed: () => void }) {
    this.#closed = closed;
    const close = element("button", { type: "button" }, "Close");
    close.addEventListener("click", () => this.close());
    this.#toggle.addEventListener("click", () => this.#flip());
    this.#alone.addEventListener("click", () => this.#move());
    styleIn(this.#root);
    this.#root.append(
      element(
        "section",
        { "aria-label": "Tacit debug" },
        element(
          "header",
          {},
          element("h2", {}, "Tacit debug", element("small", {}, title)),
          this.#toggle,
          this.#alone,
          close,
        ),
        this.#main,
      ),
    );
    for (const kind of keptInside) this.#host.addEventListener(kind, (event) => this.#keep(event));
    this.#host.addEventListener("focusin", ({ relatedTarget }) => {
      if (relatedTarget instanceof Element) this.#outside = relatedTarget;
    });
    this.show();
  }

  /** Whether there is anything to see but the title. */
  get isOpen(): boolean {
    return !this.#main.hidden;
  }

  /** Puts it into the page, again where the page has thrown it out or was written anew. */
  show(): void {
    if (!this.#host.isConnected) document.documentElement.append(this.#host);
    addEventListener("keydown", this.#onKey);
  }

  close(): void {
    const hadFocus = document.activeElement === this.#host;
    this.#window.close();
    this.#host.remove();
    removeEventListener("keydown", this.#onKey);
    if (hadFocus && this.#outside instanceof HTMLElement) this.#outside.focus();
    this.#closed();
  }

  /** Shows a section under its name; the first time closed, or open where it `isOpen`. */
  fill(
    name: string,
    { headline, body }: Section,
    { isOpen = false, isAlarm = false }: { readonly isOpen?: boolean; readonly isAlarm?: boolean } = {},
  ): void {
    const details = this.#sections.get(name) ?? this.#add(name, isOpen);
    details.classList.toggle("alarm", isAlarm);
    const [summary, content] = details.children;
    setText(summary.children[1], headline);
    // What is being read stays as it is while it says the same.
    if (textOf(body) !== textOf([...content.children])) arrange(content, body);
  }

  #add(name: string, isOpen: boolean): HTMLElement {
    const details = element(
      "details",
      isOpen ? { open: "" } : {},
      element("summary", {}, element("b", {}, name), element("span")),
      element("div"),
    );
    this.#sections.set(name, details);
    this.#main.append(details);
    return details;
  }

  /** To a window of its own, or back into the page. */
  #move(): void {
    if (this.#window.isOpen) {
      this.#window.close();
      this.#return();
    } else if (this.#window.open()) {
      if (!this.isOpen) this.#flip();
      this.#toggle.hidden = true;
      this.#alone.textContent = "Into the page";
      styleIn(this.#root);
    } else {
      this.#alone.textContent = "The browser opens no window";
    }
  }

  #return(): void {
    this.#toggle.hidden = false;
    this.#alone.textContent = ownWindow;
    document.documentElement.append(this.#host);
    styleIn(this.#root);
  }

  #flip(): void {
    this.#main.hidden = this.isOpen;
    this.#toggle.textContent = this.isOpen ? "Hide" : "Show";
    this.#toggle.setAttribute("aria-expanded", String(this.isOpen));
  }

  #keep(event: Event): void {
    if (event instanceof KeyboardEvent && event.key === "Escape") this.close();
    event.stopPropagation();
  }

  /** With the focus nowhere in particular, Escape is meant for what lies on top. */
  readonly #onKey = (event: KeyboardEvent): void => {
    const isNowhere = document.activeElement === document.body || document.activeElement === null;
    if (event.key === "Escape" && isNowhere && !event.defaultPrevented) this.close();
  };
}

function setText(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

function textOf(elements: readonly Element[]): string {
  return elements.map(({ textContent }) => textContent).join("\n");
}
