/**
 * `<tacit-shelf>`: a list of the SDK's as cards.
 *
 *     <script type="module" src="/tacit/shelf.js"></script>
 *     <tacit-shelf list="similar" item="84879" count="4" currency="GBP"></tacit-shelf>
 *
 * Cards have their size before they are known. What stands in the element (a list that the server made) is shown
 * until the SDK's is there, and where there is none. Nothing changes under a pointer or the focus: a list that differs
 * is shown when the person has gone. Of an item that stays where it is the place stays, and what is said of it is new.
 */
import type { Recommendation } from "../../../worker/api.ts";
import type { Tacit } from "../../types.ts";
import { button, isolated, make } from "../dom.ts";
import { define, Widget } from "../element.ts";
import { shelf as english } from "../words/en.ts";
import { stepTo } from "./arrows.ts";
import { cardFace, emptyCard, shownOn, titleOf } from "./card.ts";
import type { Wanted } from "./options.ts";
import { type Asked, askedBy, requestOf } from "./request.ts";
import { type Member, type Round, roundOf } from "./round.ts";
import css from "./shelf.css?inline";

/** Makes what stands on a card in place of picture, title and price. */
export type RenderCard = (item: Recommendation) => Node;

/** The detail of the event `tacit-shelf`: what is shown now. */
export interface ShelfShown {
  readonly items: readonly Recommendation[];
}

/** Nobody looks at empty places for longer; a list that comes later is shown when it comes. */
const patienceMs = 10_000;
/** Loaded for who means to ask. */
const loadOptions = () => import("./options.ts");

export class TacitShelf extends Widget<"shelf"> {
  static readonly observedAttributes: readonly string[] =
    "list item items count heading level currency name lang".split(" ");

  readonly #slot = make("slot");
  readonly #status = make("p", { class: "unseen", role: "status" });
  readonly #list = make("ul", { part: "list", role: "list", "aria-labelledby": "heading" });
  readonly #heading = make("div", { part: "heading", id: "heading" });
  #items: readonly Recommendation[] | null = null;
  #round: Round | null = null;
  #isStale = false;
  #patience: ReturnType<typeof setTimeout> | undefined;
  #isOutOfPatience = false;
  #closeOptions: (() => void) | null = null;
  #renderCard: RenderCard | null = null;
  /** What was drawn on each card. */
  readonly #drawn = new WeakMap<Element, string>();
  /** What undoes what was asked for on a card, until the person looks away. */
  readonly #wished = new Map<string, () => void>();

  constructor() {
    super({ name: "shelf", css, english });
    this.frame.append(this.#heading, make("div", { class: "wide" }, this.#list), this.#slot, this.#status);
    this.#slot.addEventListener("slotchange", () => this.#showState());
    this.#list.addEventListener("keydown", (event) => this.#onKey(event));
    for (const name of ["pointerleave", "focusout"] as const) {
      this.addEventListener(name, () => setTimeout(() => this.#onLeft()));
    }
  }

  /** Unless set, a card is a picture, a title and a price. What it makes stands in the page, whose styles it has. */
  get renderCard(): RenderCard | null {
    return this.#renderCard;
  }

  set renderCard(render: RenderCard | null) {
    this.#renderCard = render;
    if (this.#items !== null) this.#drawCards(this.#items, true);
  }

  /** What it is to the other shelves of the page. */
  readonly #member: Member = {
    place: this,
    shown: () => (this.#items ?? []).map(({ item }) => item),
    isHeld: () => this.#isHeld(),
    request: (without) => requestOf(this.#asked, without),
    take: (items, isReady) => this.#take(items, isReady),
  };

  #isHeld(): boolean {
    // A finger that has gone leaves its last touch "hovered".
    const isOn =
      this.matches(":focus-within") || (this.matches(":hover") && matchMedia("(hover: hover)").matches);
    return this.#items !== null && (this.#closeOptions !== null || isOn);
  }

  #take(items: readonly Recommendation[], isReady: boolean): void {
    if (this.#isHeld()) {
      this.#isStale = true;
      return;
    }
    this.#isStale = false;
    if (items.length === 0 && !isReady && !this.#isOutOfPatience) return;
    const isNew = JSON.stringify(items) !== JSON.stringify(this.#items) || this.#wished.size > 0;
    this.#wished.clear();
    this.#items = items;
    if (isNew) this.#drawCards(items, false);
  }

  protected begin(tacit: Tacit): void {
    this.#round = roundOf(tacit);
    this.#round.join(this.#member);
  }

  protected end(): void {
    this.#closeOptions?.();
    this.#round?.leave(this.#member);
    this.#round = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => {
      this.#isOutOfPatience = true;
      this.#showState();
      if (this.#items === null) this.tell({ items: [] } satisfies ShelfShown);
    }, patienceMs);
  }

  override disconnectedCallback(): void {
    clearTimeout(this.#patience);
    super.disconnectedCallback();
  }

  protected draw(): void {
    const { list, name, count } = this.#asked;
    const level = Number(this.getAttribute("level") ?? 2);
    const heading = this.getAttribute("heading") ?? this.words?.headings[list] ?? "";
    this.#heading.textContent = heading;
    this.#heading.hidden = this.getAttribute("heading") === "";
    this.#heading.setAttribute("role", "heading");
    this.#heading.setAttribute("aria-level", `${level >= 1 && level <= 6 ? level : 2}`);
    // A heading that is not shown names the list all the same.
    if (heading === "") this.#heading.textContent = this.words?.headings[list] ?? "";
    this.#list.dataset.tacitList = name ?? list;
    if (this.#items !== null) this.#drawCards(this.#items, true);
    else this.#list.replaceChildren(...Array.from({ length: count }, () => emptyCard(this.#currency)));
    this.#showState();
  }

  get #asked(): Asked {
    return askedBy((name) => this.getAttribute(name));
  }

  get #currency(): string | null {
    return this.getAttribute("currency")?.trim() || null;
  }

  /** What is inside, but for the cards that the page draws. */
  get #hasFallback(): boolean {
    return this.#slot
      .assignedNodes()
      .some((node) => node.nodeType === Node.ELEMENT_NODE || node.textContent?.trim() !== "");
  }

  /** Cards; else what is inside; else empty places, as long as there is hope. */
  #showState(): void {
    const isListed = this.#items !== null && this.#items.length > 0;
    const isKnown = this.#items !== null || this.#isOutOfPatience;
    const hasFallback = this.#hasFallback;
    const isEmpty = isKnown && !isListed && !hasFallback;
    this.#slot.hidden = isListed;
    this.#list.hidden = !isListed && hasFallback;
    this.#list.setAttribute("aria-busy", `${!isKnown}`);
    this.#heading.hidden = this.getAttribute("heading") === "" || (!isListed && hasFallback);
    if (this.hasAttribute("empty") === isEmpty) return;
    this.toggleAttribute("empty", isEmpty);
  }

  /** The card of an item that stays where it is stays, and only what is new on it is drawn, unless all is to be. */
  #drawCards(items: readonly Recommendation[], isAll: boolean): void {
    const before = [...this.#list.children];
    const cards = items.map((item, nth) => {
      const there = before[nth] as HTMLElement | undefined;
      const isSame = there?.dataset.tacitItem === item.item && !there.matches(".wished");
      if (!isSame || isAll) return this.#card(item, nth + 1);
      if (this.#drawn.get(there) !== this.#lookOf(item)) this.#fill(there, item, nth + 1);
      return there;
    });
    for (const [nth, card] of cards.entries()) {
      if (nth >= before.length) this.#list.append(card);
      else if (card !== before[nth]) before[nth].replaceWith(card);
    }
    for (const card of before.slice(cards.length)) card.remove();
    const names = new Set(cards.map((card) => card.querySelector("slot")?.name));
    for (const child of [...this.children]) {
      if (child.slot.startsWith("card-") && !names.has(child.slot)) child.remove();
    }
    this.#showState();
    this.tell({ items } satisfies ShelfShown);
  }

  /** A card that the page draws may show anything of its item. */
  #lookOf(item: Recommendation): string {
    return this.#renderCard === null ? shownOn(item) : JSON.stringify(item);
  }

  #card(item: Recommendation, position: number): HTMLElement {
    const card = make("li", {
      part: "card",
      "data-tacit-item": item.item,
      "data-tacit-position": position,
    });
    this.#fill(card, item, position);
    return card;
  }

  #fill(card: HTMLElement, item: Recommendation, position: number): void {
    const { words } = this;
    this.#drawn.set(card, this.#lookOf(item));
    card.replaceChildren(this.#face(item, position));
    if (words === null) return;
    const opener = button(
      {
        part: "more",
        class: "surface",
        "aria-label": words.options(isolated(titleOf(item))),
        "aria-haspopup": "dialog",
        "aria-expanded": "false",
        "data-tacit-ignore": true,
      },
      make("span", { class: "dots", "aria-hidden": "true" }),
      () => void this.#toggleOptions(position, card, opener),
    );
    for (const name of ["pointerenter", "focus"]) {
      opener.addEventListener(name, () => void loadOptions().catch(() => undefined), { once: true });
    }
    card.append(opener);
  }

  /** A card that the page draws stands in the page; one that fails to be drawn is an ordinary one. */
  #face(item: Recommendation, position: number): HTMLElement {
    if (this.#renderCard !== null) {
      try {
        const holder = make("div", { slot: `card-${position}` }, this.#renderCard(item));
        for (const child of [...this.children]) if (child.slot === holder.slot) child.remove();
        this.append(holder);
        return make("slot", { name: holder.slot, class: "face" });
      } catch (error) {
        console.warn("tacit-shelf: renderCard must make a node", error);
      }
    }
    return cardFace(item, { locale: this.language.locale, currency: this.#currency });
  }

  async #toggleOptions(position: number, card: HTMLElement, opener: HTMLElement): Promise<void> {
    const isOpen = opener.getAttribute("aria-expanded") === "true";
    this.#closeOptions?.();
    const { words } = this;
    if (isOpen || words === null) return;
    const options = await loadOptions().catch(() => null);
    // As it is now: the reasons of when the card was drawn may have been erased.
    const item = this.#items?.[position - 1];
    if (options === null || item === undefined || !opener.isConnected || this.#closeOptions !== null) return;
    this.#closeOptions = options.openOptions({
      ...{ item, words, opener, frame: this.frame, locale: this.language.locale },
      chosen: (wanted) => void this.#wish(wanted, card, opener),
      closed: () => {
        this.#closeOptions = null;
        setTimeout(() => this.#onLeft());
      },
    });
  }

  /** What becomes of it stands on the card, with a way back, for as long as the person is there. */
  async #wish({ wish, said }: Wanted, card: HTMLElement, opener: HTMLElement): Promise<void> {
    const { tacit, words } = this;
    if (tacit === null || words === null) return;
    const item = card.dataset.tacitItem ?? "";
    const back = button({ part: "button undo" }, words.undo, () => {
      this.#wished.get(item)?.();
      this.#wished.delete(item);
      card.classList.remove("wished");
      notice.remove();
      this.#status.textContent = "";
      opener.focus();
    });
    const notice = make(
      "div",
      { part: "notice", class: "surface", "data-tacit-ignore": true },
      make("p", {}, said),
      back,
    );
    card.classList.add("wished");
    card.append(notice);
    back.focus({ preventScroll: true });
    this.#status.textContent = said;
    let undo: (() => void) | null = null;
    let isTakenBack = false;
    this.#wished.set(item, () => {
      isTakenBack = true;
      undo?.();
    });
    undo = await tacit.steer(wish);
    if (isTakenBack) undo();
  }

  /** The person has gone: what is new is shown, and what was asked for holds. */
  #onLeft(): void {
    if (!this.isConnected || this.#isHeld() || !(this.#isStale || this.#wished.size > 0)) return;
    this.#status.textContent = "";
    this.#round?.askAfter(0);
  }

  #onKey(event: KeyboardEvent): void {
    const cards = [...this.#list.children];
    const root = this.shadowRoot;
    const at = cards.findIndex(
      (card) =>
        card.contains(root?.activeElement ?? null) ||
        card.querySelector("slot")?.assignedElements()[0]?.matches(":focus-within"),
    );
    const isRightToLeft = getComputedStyle(this.#list).direction === "rtl";
    const to = stepTo({ key: event.key, at, count: cards.length, isRightToLeft });
    if (at < 0 || to === null || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const isOnButton = cards[at].querySelector("button:focus") !== null;
    const own = cards[to]
      .querySelector("slot")
      ?.assignedElements()[0]
      ?.querySelector<HTMLElement>("a, button");
    const face = own ?? cards[to].querySelector<HTMLElement>("a");
    (isOnButton || !face ? cards[to].querySelector<HTMLElement>("button") : face)?.focus();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "tacit-shelf": TacitShelf;
  }
  interface HTMLElementEventMap {
    "tacit-shelf": CustomEvent<ShelfShown>;
  }
}

define("tacit-shelf", TacitShelf);
