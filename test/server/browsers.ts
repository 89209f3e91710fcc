/**
 * Browsers for tests of whole parties: the real worker on an IndexedDB in memory, one database each, over
 * real HTTP.
 */
import "fake-indexeddb/auto";
import { randomUUID } from "node:crypto";
import type { Panel, SentReport } from "../../worker/api.ts";
import type { AnyContributor } from "../../worker/contribute/kinds/contributor.ts";
import { contributors } from "../../worker/contribute/kinds/registry.ts";
import { atOnce } from "../../worker/contribute/pace.ts";
import * as privacyPass from "../../worker/contribute/privacypass.ts";
import { type Edges, type Fetch, platformFill } from "../../worker/edges.ts";
import { fileFromSource } from "../../worker/fromsource.ts";
import { TacitWorker } from "../../worker/tacit.ts";
import type { Parties } from "./processes.ts";

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export interface Visited {
  /** The ledger after the visit, newest first. */
  readonly reports: readonly SentReport[];
  readonly trouble: readonly string[];
}

/** Where the parties are, and who they are; without a relay reports go straight to the leader. */
export interface BrowserParties {
  readonly urls: Readonly<Record<"leader" | "helper", string>> & { readonly relay: string | null };
  readonly identities: Parties["identities"];
}

export class Browser {
  /** Paths it asked each server for. */
  readonly asked = new Set<string>();
  readonly #database = `browser-${randomUUID()}`;
  #bought = false;
  #underWay = 0;
  #failing: string | null = null;

  readonly #parties: BrowserParties;
  readonly #items: readonly number[];
  readonly #kinds: readonly AnyContributor[];
  readonly #reach: Fetch;

  constructor(
    parties: BrowserParties,
    /** Rows of the catalogue. */
    items: readonly number[],
    /** Kinds of sums that it takes part in. */
    kinds: readonly AnyContributor[] = contributors,
    reach: Fetch = (url, init) => fetch(url, init),
  ) {
    this.#kinds = kinds;
    this.#reach = reach;
    this.#parties = parties;
    this.#items = items;
  }

  /**
   * One page view: starts the worker, lets it contribute, closes it. What was not answered is sent again at
   * the next.
   *
   * @param stillMs the page stays open until nothing was asked for so long: tokens are fetched beside, and
   * nothing waits
   *   for them.
   */
  async visit({ stillMs = 0 } = {}): Promise<Visited> {
    return this.#with(async (worker, trouble) => {
      await worker.contribute();
      for (let still = 0; still < stillMs; still = this.#underWay > 0 ? 0 : still + 10) await pause(10);
      return { reports: (await worker.panel()).reports, trouble };
    });
  }

  /** Everything that the device holds, once the edition in force is there. */
  async panel(): Promise<Panel> {
    return this.#with(async (worker) => {
      // Whoever contributes waits for what is downloaded.
      await worker.contribute();
      return worker.panel();
    });
  }

  /** The next such request gets no answer, as when a connection breaks. */
  failAt(request: string): void {
    this.#failing = request;
  }

  /** The report's bytes exactly as they left, from the ledger. */
  async bodyOf(id: string): Promise<Uint8Array> {
    const body = await this.#with((worker) => worker.reportBytes(id));
    if (body === null) throw new Error("bodyOf: expected a report whose bytes are kept, got none");
    return body;
  }

  async #with<T>(use: (worker: TacitWorker, trouble: readonly string[]) => Promise<T>): Promise<T> {
    const { urls, identities } = this.#parties;
    const edges: Edges = {
      nowMs: Date.now,
      fill: platformFill,
      // Times of chance are over at once, so that a test need not wait for them.
      pace: atOnce,
      loadPrivacyPass: async () => privacyPass,
      loadFile: fileFromSource,
      fetch: (url, init) => {
        const request = `${init.method ?? "GET"} ${url}`;
        this.asked.add(request);
        if (request !== this.#failing) {
          this.#underWay++;
          return this.#reach(url, init).finally(() => this.#underWay--);
        }
        this.#failing = null;
        return Promise.reject(new TypeError("the connection broke"));
      },
    };
    const worker = new TacitWorker(edges, this.#kinds);
    const trouble: string[] = [];
    await worker.start(
      {
        server: urls.leader,
        ...(urls.relay !== null && { relay: urls.relay }),
        pins: { siteKey: identities.leader, helper: urls.helper, helperKey: identities.helper },
        database: this.#database,
        consent: { personalise: true, contribute: true },
      },
      (notice) => {
        if (notice.type === "trouble") trouble.push(notice.message);
      },
    );
    if (!this.#bought) {
      const atMs = Date.now();
      const events = this.#items.map((row) => ({
        kind: "purchase" as const,
        item: `item-${row}`,
        amount: 1,
      }));
      await worker.append(events.map((event) => ({ id: randomUUID(), ...event, atMs })));
      this.#bought = true;
    }
    const result = await use(worker, trouble);
    await worker.close();
    return result;
  }
}
