/**
 * A window of its own for what the overlay shows, beside the page as developers' tools are: the same element,
 * moved. It belongs to the page: it comes back when either is closed.
 */
import { element } from "./elements.ts";

/** Moves an element there and back. */
export class OwnWindow {
  readonly #host: HTMLElement;
  readonly #back: () => void;
  #window: Window | null = null;

  /** @param back called when the window was closed by whom it belongs to: the element is in no document then. */
  constructor(host: HTMLElement, back: () => void) {
    this.#host = host;
    this.#back = back;
    // A page that is kept has it again when the person comes back.
    addEventListener("pagehide", () => {
      if (this.isOpen) this.#gone();
    });
  }

  get isOpen(): boolean {
    return this.#window !== null;
  }

  /** False where the browser opens none. */
  open(): boolean {
    // With no address it is a document of this page's, under its policy.
    const opened = window.open("", "tacit-debug", "popup,width=720,height=900");
    if (opened === null) return false;
    this.#window = opened;
    const { document: other } = opened;
    other.title = `Tacit debug: ${location.host}`;
    other.head.replaceChildren(
      element("meta", { name: "viewport", content: "width=device-width" }),
      element("meta", { name: "color-scheme", content: "light dark" }),
    );
    this.#host.setAttribute("data-alone", "");
    other.body.replaceChildren(this.#host);
    opened.addEventListener("pagehide", () => {
      if (this.#window === opened) this.#gone();
    });
    opened.focus();
    return true;
  }

  close(): void {
    const opened = this.#window;
    this.#window = null;
    this.#host.removeAttribute("data-alone");
    opened?.close();
  }

  #gone(): void {
    this.close();
    this.#back();
  }
}
