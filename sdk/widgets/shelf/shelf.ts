/**
 * `<tacit-shelf>`: a list of the SDK's as cards.
 *
 *     <script type="module" src="/tacit/shelf.js"></script>
 *     <tacit-shelf list="similar" item="84879" count="4" currency="GBP"></tacit-shelf>
 *
 * Cards have their size before they are known. What stands in the element (a list that the server made) is
 * shown until the SDK's is there, and where there is none. Nothing changes under a pointer or the focus: a
 * list that differs is shown when the person has gone; only what they rule out themselves goes at once. Of an
 * item that stays where it is the place stays, and what is said of it is new.
 */
import type { Recommendation } from "../../../worker/api.ts";
import type { Tacit } from "../../types.ts";
import { button, isolated, make } from "../dom.ts";
import { define, Widget } from "../element.ts";
import { shelf as english } from "../words/en.ts";
import { wordsOf } from "../words/load.ts";
import type { ShelfWords } from "../words/words.ts";
import { cardFace, emptyCard, shownOn, titleOf } from "./card.ts";
import { columnsOf } from "./columns.ts";
import type { Wanted, WishedOn } from "./notice.ts";
import { type Asked, type Attribute, askedBy, isOdd, requestOf } from "./request.ts";
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
const loadOptions = () => import("./options.ts").catch(() => null);
type Options = typeof import("./options.ts");

export class TacitShelf extends Widget<ShelfWords> {
  static readonly observedAttributes: readonly string[] =
    "list item items count heading level currency name quota labels lang".split(" ");

  readonly #slot = make("slot");
  readonly #status = make("p", { class: "unseen", role: "status" });
  readonly #list = make("ul", { part: "list", role: "list", "aria-labelledby": "heading" });
  readonly #heading = make("div", { part: "heading", id: "heading", role: "heading" });
  #items: readonly Recommendation[] | null = null;
  #round: Round | null = null;
  #isStale = false;
  #patience: ReturnType<typeof setTimeout> | undefined;
  #isOutOfPatience = false;
  #closeOptions: (() => void) | null = null;
  #renderCard: RenderCard | null = null;
  /** What was drawn on each card. */
  readonly #drawn = new WeakMap<Element, string>();
  /** Items of which something was asked for, until the person looks away. */
  readonly #wished = new Set<string>();
  /** What a wish leaves of the list, from when it holds until it is drawn. */
  #rules: Options["ruledBy"] | null = null;

  constructor() {
    super({ css, english, load: (language) => wordsOf(language, "shelf", english) });
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
    isHeld: () => this.#isHeld() && (this.#rules === null || this.#closeOptions !== null),
    kept: () => this.#kept(),
    request: (without) => {
      this.#sayFaults();
      return requestOf(this.#asked, without);
    },
    take: (items, isReady) => this.#take(items, isReady),
  };

  #isHeld(): boolean {
    return this.#items !== null && (this.#closeOptions !== null || isOn(this));
  }

  /** Of a shelf that is held all; while a wish rules out what is on it, the cards that the person is on. */
  #kept(): readonly string[] {
    if (!this.#isHeld()) return [];
    return (this.#items ?? []).flatMap(({ item }, nth) => {
      const card = this.#list.children[nth];
      return this.#rules === null || card.matches(".wished") || isOn(card) ? [item] : [];
    });
  }

  #take(answer: readonly Recommendation[] | null, isReady: boolean): void {
    const rules = this.#rules;
    const isHeld = this.#isHeld();
    const isLate = answer === null || (!isHeld && rules !== null);
    this.#isStale = isHeld || isLate;
    if (!isHeld) this.#rules = null;
    if (isLate) this.#onLeft();
    else if (isHeld ? rules !== null : answer.length > 0 || isReady || this.#isOutOfPatience) {
      this.#show(rules?.(this.#list, this.#items ?? [], answer, this.#kept()) ?? answer);
      this.#rules = null;
    }
  }

  #show(items: readonly Recommendation[]): void {
    const isNew = JSON.stringify(items) !== JSON.stringify(this.#items) || this.#wished.size > 0;
    if (this.#rules === null) this.#wished.clear();
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
      this.#sayFaults();
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
    // A heading that is not shown names the list all the same.
    this.#heading.textContent = this.getAttribute("heading") || this.words?.headings[list] || "";
    this.#heading.setAttribute("aria-level", `${level >= 1 && level <= 6 ? level : 2}`);
    this.#list.dataset.tacitList = name ?? list;
    const columns = columnsOf(count);
    this.#list.style.cssText = columns === null ? "" : `--_most: ${columns[0]}; --_some: ${columns[1]}`;
    if (this.#items !== null) this.#drawCards(this.#items, true);
    else this.#list.replaceChildren(...Array.from({ length: count }, () => emptyCard(this.#currency)));
    this.#showState();
  }

  get #asked(): Asked {
    return askedBy(this.#attribute);
  }

  readonly #attribute: Attribute = (name) => this.getAttribute(name);

  /** The words for it are a file that a page without faults does not load. */
  #sayFaults(): void {
    if (isOdd(this.#attribute)) void loadOptions().then((options) => options?.sayFaults(this));
  }

  get #currency(): string | null {
    return this.getAttribute("currency")?.trim() || null;
  }

  /** Cards; else what is inside; else empty places, as long as there is hope. */
  #showState(): void {
    const isListed = this.#items !== null && this.#items.length > 0;
    const isKnown = this.#items !== null || this.#isOutOfPatience;
    // What is inside, but for the cards that the page draws.
    const hasFallback = this.#slot
      .assignedNodes()
      .some((node) => node instanceof Element || node.textContent?.trim());
    const isEmpty = isKnown && !isListed && !hasFallback;
    this.#slot.hidden = isListed;
    this.#list.hidden = !isListed && hasFallback;
    this.#list.setAttribute("aria-busy", `${!isKnown}`);
    this.#heading.hidden = this.getAttribute("heading") === "" || (!isListed && hasFallback);
    this.toggleAttribute("empty", isEmpty);
  }

  /** The card of an item that stays where it is stays, and only what is new on it is drawn, unless all is to be. */
  #drawCards(items: readonly Recommendation[], isAll: boolean): void {
    const before = [...this.#list.children];
    const kept = isAll ? [] : this.#kept();
    const cards = items.map((item, nth) => {
      const there = before[nth] as HTMLElement | undefined;
      const isSame = there?.dataset.tacitItem === item.item;
      if (isSame && kept.includes(item.item)) return there;
      const isOver = this.#rules === null && there?.matches(".wished, [inert]");
      if (!isSame || isAll || isOver) return this.#card(item, nth + 1);
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
      opener.addEventListener(name, () => void loadOptions(), { once: true });
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
    if (isOpen) return;
    const options = await loadOptions();
    if (options === null) return;
    const words = await wordsOf(this.language, "card", options.english);
    // As it is now: the reasons of when the card was drawn may have been erased.
    const item = this.#items?.[position - 1];
    if (item === undefined || !opener.isConnected || this.#closeOptions !== null) return;
    this.#closeOptions = options.openOptions({
      ...{ item, words, opener, frame: this.frame, locale: this.language.locale },
      labels: this.getAttribute("labels"),
      chosen: (wanted) => this.#wish(wanted, { card, opener, undo: words.undo }, options),
      closed: () => {
        this.#closeOptions = null;
        setTimeout(() => this.#onLeft());
      },
    });
  }

  /** What is ruled out goes at once, and what comes instead does not wait until the person has gone. */
  #wish(wanted: Wanted, on: WishedOn, options: Options): void {
    const { tacit } = this;
    if (tacit === null) return;
    const item = on.card.dataset.tacitItem ?? "";
    this.#wished.add(item);
    options.wishOn({
      ...{ tacit, wanted, ...on, list: this.#list, items: this.#items ?? [] },
      say: (text) => {
        this.#status.textContent = text;
      },
      undone: () => this.#wished.delete(item),
      ruled: () => {
        this.#rules = options.ruledBy;
        this.#round?.askAfter(0);
      },
    });
  }

  /** The person has gone: what is new is shown, and what was asked for holds. */
  #onLeft(): void {
    const isDue = this.#isStale || this.#wished.size > 0 || this.#rules !== null;
    if (!this.isConnected || !isDue || this.#member.isHeld()) return;
    if (this.#rules === null) this.#status.textContent = "";
    this.#round?.askAfter(0);
  }

  #onKey(event: KeyboardEvent): void {
    const { key, ctrlKey, metaKey, altKey } = event;
    if (ctrlKey || metaKey || altKey || !/^(Arrow(Left|Right)|Home|End)$/.test(key)) return;
    event.preventDefault();
    void loadOptions().then((options) => options?.stepAlong(this.#list, key));
  }
}

/** A finger that has gone leaves its last touch "hovered". */
function isOn(element: Element): boolean {
  return (
    element.matches(":focus-within") || (element.matches(":hover") && matchMedia("(hover: hover)").matches)
  );
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
