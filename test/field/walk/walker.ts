/** The person who walks: the tab they are in, the page that is shown in it, and how they come to the next. */
import type { Ability, Session, Tab } from "../engines/engine.ts";
import { ready, until } from "../visit.ts";
import type { WalkModel } from "./model.ts";

declare global {
  interface Window {
    /** Whether an event would be written to localStorage: there is room, and the choice is known (walk.ts). */
    hasRoom: () => boolean;
    /** Whether localStorage can be read. */
    canRead: () => boolean;
    /** Whether a choice can be written to localStorage: it is there already, or has room. */
    writesBack: () => boolean;
  }
}

export interface WalkerOptions {
  readonly session: Session;
  readonly url: string;
  readonly model: WalkModel;
  /** Uniform in [0, 1), the same for the same seed. */
  readonly random: () => number;
  readonly can: (ability: Ability) => boolean;
}

/** A page in a tab. */
export interface Place {
  readonly tab: Tab;
  /** Each page that was shown has a number. */
  readonly page: number;
  /** How many pages of the tab are behind it. */
  readonly behind: number;
}

/** Most people act before the shelf is there. */
const chanceOfWaitingForTheShelf = 0.2;

export class Walker {
  readonly session: Session;
  readonly model: WalkModel;
  readonly random: () => number;
  readonly can: (ability: Ability) => boolean;
  /** Whether the disk has room for the site. */
  hasRoom = true;
  readonly #url: string;
  #pages = 0;
  #place: Place | null = null;

  constructor({ session, url, model, random, can }: WalkerOptions) {
    this.session = session;
    this.model = model;
    this.random = random;
    this.can = can;
    this.#url = url;
  }

  get place(): Place {
    if (this.#place === null) throw new Error("walker: expected to be somewhere, got nowhere");
    return this.#place;
  }

  /** A whole number of milliseconds, less than `mostMs`. */
  someMs(mostMs: number): number {
    return Math.floor(this.random() * mostMs);
  }

  /** Opens a page in a tab of its own; the person stays where they are. */
  async open(path: "/a" | "/b"): Promise<Place> {
    const tab = await this.session.tab();
    await this.show(tab, path);
    return this.#shown(tab, 0);
  }

  show(tab: Tab, path: "/a" | "/b"): Promise<void> {
    return tab.goto(this.#url + path);
  }

  goTo(place: Place): void {
    this.#place = place;
  }

  /**
   * Leaves the page, and comes to what is shown next.
   *
   * @param by leaves, and says when: not before that time.
   * @param onward how many pages more are behind the next one
   */
  async leave(step: string, by: (tab: Tab) => Promise<number>, onward = 1): Promise<void> {
    const { tab, page, behind } = this.place;
    // A page that the person comes back to may still carry the mark of an earlier time.
    const writesBack = await tab.run((page) => {
      Reflect.set(window, "left", page);
      return window.writesBack();
    }, page);
    const atMs = await by(tab);
    this.model.pageWent(step, { page, atMs, writesBack });
    await until(tab, "the next page", () => tab.run((page) => Reflect.get(window, "left") !== page, page));
    this.#place = await this.#shown(tab, behind + onward);
  }

  /** Goes to an address of the site. */
  async enter(step: string, path: "/a" | "/b"): Promise<void> {
    await this.leave(step, async (tab) => {
      const atMs = Date.now();
      await this.show(tab, path);
      return atMs;
    });
  }

  /** Tracks one event. */
  async track(step: string, { tab, page } = this.place): Promise<void> {
    const tracked = await tab.run((amount) => {
      window.tacit?.track("cart_add", { item: ["20725", "10002", "10080"][amount % 3], amount });
      return { atMs: Date.now(), isAhead: window.hasRoom() };
    }, this.model.next());
    this.model.tracked(step, { page, ...tracked });
  }

  /** The script is there; whether the person waits until it ranks is left to chance. */
  async #shown(tab: Tab, behind: number): Promise<Place> {
    await until(tab, "the SDK", () => tab.run(() => "version" in (window.tacit ?? {})));
    if (this.random() < chanceOfWaitingForTheShelf) await ready(tab);
    this.#pages += 1;
    return { tab, behind, page: this.#pages };
  }
}
