/**
 * What the person chose, and whether anything on the device can have kept it.
 *
 * A choice stands in the database and in localStorage, and losing one of them forgets nothing. Where both may lack
 * it the page alone knows. A page that is left writes down what it knows, as long as it has a localStorage to write
 * to; one that has none, or ends without being left, takes such a choice with it: then nobody knows, until the next.
 */

type Choice = "none" | "no" | "yes" | "unsure";

/** The two places that keep a choice. */
export type StorageName = "database" | "localStorage";

/** Which of them could take a choice when it was made, and the number of the page that the person was on. */
export type Room = Readonly<Record<StorageName, boolean>> & { readonly page: number };

/** How a storage was taken away. */
export interface Taking {
  readonly storage: StorageName;
  /** Number of the page it was taken from. */
  readonly page: number;
  /** By when it is gone, in milliseconds since the Unix epoch; 0: now. */
  readonly byMs: number;
}

/** What a page shows of where its choice is. */
interface Shown {
  readonly atMs: number;
  readonly page: number;
  readonly storage: "device" | "memory";
  readonly isReading: boolean;
  readonly personalise: boolean;
  readonly because: string;
}

/** A storage has it again once a page from that number on shows it, at that time or later. */
interface Lack {
  readonly fromPage: number;
  readonly fromMs: number;
}

export class WalkChoice {
  #choice: Choice = "none";
  readonly #lacks = new Map<StorageName, Lack>();

  get isTracking(): boolean {
    return this.#choice !== "no";
  }

  get isUnsure(): boolean {
    return this.#choice === "unsure";
  }

  get said(): Choice {
    return this.#choice;
  }

  /** The person chose. The worker hears of it later, and of what says nothing new it does not. */
  chose(choice: "no" | "yes", room: Room): void {
    const { fromMs = 0 } = this.#lacks.get("database") ?? {};
    if (this.#choice !== choice) this.#lacks.set("database", { fromPage: 0, fromMs });
    if (room.localStorage) this.#lacks.delete("localStorage");
    else this.#lacks.set("localStorage", { fromPage: room.page + 1, fromMs: 0 });
    this.#choice = room.database || room.localStorage ? choice : "unsure";
  }

  /** It is back when a later page shows it: this one may know it by heart. */
  taken({ storage, page, byMs }: Taking): void {
    this.#lacks.set(storage, { fromPage: page + 1, fromMs: byMs });
  }

  /**
   * A page went.
   *
   * @param writesBack whether it was left, and had a localStorage with room for a choice
   * @returns whether nobody knows any more from then on.
   */
  pageWent(writesBack: boolean): boolean {
    if (writesBack || this.#lacks.size < 2 || this.#choice === "none" || this.isUnsure) return false;
    this.#choice = "unsure";
    return true;
  }

  /** Whether a page knows it. */
  isKnownTo({ personalise, because }: Pick<Shown, "personalise" | "because">): boolean {
    if (this.#choice === "none" || this.#choice === "unsure") return true;
    return personalise === (this.#choice === "yes") && because === "person";
  }

  /** What a page shows that knows the choice, it or its worker has written down where it can. */
  compared(shown: Shown): void {
    if (!this.isKnownTo(shown)) return;
    const isBack = { database: shown.storage === "device", localStorage: shown.isReading };
    for (const [storage, { fromPage, fromMs }] of this.#lacks)
      if (isBack[storage] && shown.page >= fromPage && shown.atMs >= fromMs) this.#lacks.delete(storage);
  }
}
