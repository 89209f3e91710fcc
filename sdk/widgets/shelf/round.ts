/**
 * The shelves of a page ask together, so that none repeats an item of another; those first in the document
 * choose first.
 *
 * A shelf on which the person is keeps what it shows (of a list that a wish rules out, the card they are on), and the
 * others are asked for without that. A page that is hidden
 * asks when it is looked at again, once.
 */
import type { ListRequest, Recommendation } from "../../../worker/api.ts";
import type { Tacit } from "../../types.ts";
import { whenVisible } from "../../whenvisible.ts";

export interface Member {
  /** Where it stands in the document. */
  readonly place: Node;
  /** True while all of it stays as it is: it is not asked for. */
  isHeld(): boolean;
  /** Items that it goes on showing, whatever is answered. */
  kept(): readonly string[];
  /** What to ask for, without what others keep; null for nothing. */
  request(without: readonly string[]): ListRequest | null;
  /**
   * @param items null where nothing was asked for it, since it was held.
   * @param isReady false while the catalogue has not come: an empty list says nothing then.
   */
  take(items: readonly Recommendation[] | null, isReady: boolean): void;
}

/** After what the person did: several acts are one. */
const settleMs = 300;

const rounds = new WeakMap<Tacit, Round>();

/** The round of the shelves that ask one SDK. */
export function roundOf(tacit: Tacit): Round {
  const round = rounds.get(tacit) ?? new Round(tacit);
  rounds.set(tacit, round);
  return round;
}

export class Round {
  readonly #tacit: Tacit;
  readonly #members = new Set<Member>();
  #stops: readonly (() => void)[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopWaiting: () => void = () => undefined;
  /** When it asks next, by the page's clock. */
  #dueMs = Infinity;
  #isReady = false;
  #asked = 0;

  constructor(tacit: Tacit) {
    this.#tacit = tacit;
  }

  join(member: Member): void {
    if (this.#members.size === 0) this.#listen();
    this.#members.add(member);
    this.askAfter(0);
  }

  leave(member: Member): void {
    this.#members.delete(member);
    if (this.#members.size > 0) return;
    for (const stop of this.#stops) stop();
    this.#callOff();
    this.#asked += 1;
  }

  /** Asks for all lists, once for all who want it in that time. */
  askAfter(ms: number): void {
    const dueMs = performance.now() + ms;
    // Who acts again and again does not wait for ever.
    if (this.#dueMs <= dueMs) return;
    this.#callOff();
    this.#dueMs = dueMs;
    this.#timer = setTimeout(() => {
      this.#stopWaiting = whenVisible(() => void this.#ask());
    }, ms);
  }

  #callOff(): void {
    clearTimeout(this.#timer);
    this.#stopWaiting();
    this.#dueMs = Infinity;
  }

  #listen(): void {
    const soon = (): void => this.askAfter(settleMs);
    this.#stops = [
      this.#tacit.on("ready", () => {
        this.#isReady = true;
        this.askAfter(0);
      }),
      this.#tacit.on("change", soon),
      this.#tacit.on("edition", soon),
      this.#tacit.on("consent", soon),
    ];
  }

  async #ask(): Promise<void> {
    this.#dueMs = Infinity;
    this.#asked += 1;
    const asked = this.#asked;
    const isReady = this.#isReady;
    const members = [...this.#members].sort((a, b) => inDocument(a.place, b.place));
    const held = new Set(members.filter((member) => member.isHeld()));
    const kept = members.flatMap((member) => member.kept());
    const requests = members.flatMap((member) => {
      const request = held.has(member) ? null : member.request(kept);
      return request === null ? [] : [{ member, request }];
    });
    // Names that are numbers would come before others: all are alike.
    const named = requests.map(({ request }, nth) => [`shelf${nth}`, request] as const);
    const lists = await this.#tacit.lists(Object.fromEntries(named));
    if (asked !== this.#asked) return;
    const answers = new Map(requests.map(({ member }, nth) => [member, lists[`shelf${nth}`] ?? []]));
    for (const member of members) member.take(held.has(member) ? null : (answers.get(member) ?? []), isReady);
  }
}

function inDocument(a: Node, b: Node): number {
  return a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1;
}
