/**
 * The private side, put together: answers what the page asks from journal, model and profile.
 *
 * Needs IndexedDB, WebCrypto and the `Edges` it is given, so that it runs in a Web Worker, in a test and in a
 * crowd of many on one machine alike.
 */
import type { TacitEvent } from "../core/events/event.ts";
import type { JournalProfile } from "../core/ranking/profile.ts";
import type { PrivacyPlan } from "../core/sum/plan.ts";
import type {
  ConsentFlags,
  Explanation,
  ForYouOptions,
  ListOptions,
  Panel,
  Prefetch,
  Recommendation,
  Remains,
  TacitExport,
  WorkerApi,
  WorkerConfig,
} from "./api.ts";
import { contribute } from "./contribute/contribute.ts";
import type { AnyContributor, Factors } from "./contribute/kinds/contributor.ts";
import { contributors } from "./contribute/kinds/registry.ts";
import { Ledger } from "./contribute/ledger.ts";
import { limitsFor } from "./contribute/limits.ts";
import { planView } from "./contribute/planview.ts";
import { Wallet } from "./contribute/wallet.ts";
import { fetchLog } from "./door/door.ts";
import { type Edges, type Notify, type PrivacyPass, troubleOf } from "./edges.ts";
import { Journal } from "./events/journal.ts";
import { joinTabs, type TabMessage, type Tabs } from "./events/tabs.ts";
import { ifFree } from "./lock.ts";
import { exportOf, panelOf } from "./panel.ts";
import { editionTrust } from "./rank/believe.ts";
import { Editions } from "./rank/editions.ts";
import type { Model } from "./rank/model.ts";
import { ProfileCache } from "./rank/profile.ts";
import * as ranking from "./rank/recommend.ts";
import { openStore } from "./store/database.ts";
import type { Store } from "./store/store.ts";

interface Parts {
  readonly config: WorkerConfig;
  readonly notify: Notify;
  readonly store: Store;
  readonly journal: Journal;
  readonly ledger: Ledger;
  readonly editions: Editions;
  readonly tabs: Tabs;
}

const noEvents: readonly TacitEvent[] = [];

export class TacitWorker implements WorkerApi {
  readonly #edges: Edges;
  readonly #contributors: readonly AnyContributor[];
  readonly #profiles = new ProfileCache();
  #parts: Parts | null = null;
  #consent: ConsentFlags = { personalise: false, contribute: false };
  /** How often it was taken back, or everything erased: a contribution begun before ends then. */
  #takenBack = 0;
  /** As last trusted in this visit. */
  #plan: PrivacyPlan | null = null;

  /** @param kinds of sums that it takes part in. */
  constructor(edges: Edges, kinds: readonly AnyContributor[] = contributors) {
    this.#edges = edges;
    this.#contributors = kinds;
  }

  /** Resolves without waiting for the network: an edition kept from an earlier visit is in force by then. */
  async start(config: WorkerConfig, notify: Notify, prefetch: Prefetch | null = null): Promise<void> {
    if (this.#parts !== null) throw new Error("start: expected one call, got another");
    const { store, denied } = await openStore(config.database, () => this.#storeLost());
    if (denied !== null) notify(troubleOf("start", denied));
    const server = config.server.replace(/\/+$/, "");
    const { pins = null, relay = null } = config;
    const trust = editionTrust(() => ({
      pins,
      server,
      logs: store.logs,
      nowMs: this.#edges.nowMs(),
      wholeLog: () => fetchLog({ edges: this.#edges, server, relay }),
      report: (cause) => notify(troubleOf("edition", cause)),
    }));
    // Through the relay where there is one, like everything else: the server then never sees who fetches its
    // model.
    const from = relay?.replace(/\/+$/, "") ?? server;
    const editions = new Editions({
      server: from,
      store: store.parts,
      edges: this.#edges,
      notify,
      trust,
      prefetch,
    });
    this.#parts = {
      config: { ...config, server },
      notify,
      store,
      journal: new Journal(store),
      ledger: new Ledger(store, { ...config, limits: limitsFor(server) }),
      editions,
      tabs: joinTabs(config.database, (message) => this.#onTab(message)),
    };
    await this.setConsent(config.consent);
    await editions.useKept();
    void editions.refresh();
  }

  async append(events: readonly TacitEvent[]): Promise<void> {
    const { journal, tabs, notify } = this.#running("append");
    if (!this.#consent.personalise || (await journal.append(events)) === 0) return;
    tabs.post({ type: "events" });
    notify({ type: "change" });
  }

  async forYou(options: ForYouOptions): Promise<readonly Recommendation[]> {
    const model = await this.#running("forYou").editions.inForce();
    return ranking.forYou(model, await this.#profile(model), options);
  }

  async similar(item: string, options: ListOptions): Promise<readonly Recommendation[]> {
    return ranking.similar(await this.#modelWith(item, "similar"), item, options);
  }

  async trending(options: ListOptions): Promise<readonly Recommendation[]> {
    return ranking.trending(await this.#running("trending").editions.inForce(), options);
  }

  async explain(item: string): Promise<Explanation> {
    const model = await this.#modelWith(item, "explain");
    return ranking.explain(model, await this.#profile(model), item);
  }

  /** Taking a permission back erases what it allowed: the journal, and reports not yet delivered. */
  async setConsent(consent: ConsentFlags): Promise<void> {
    const { journal, ledger, tabs, notify } = this.#running("setConsent");
    this.#consent = consent;
    const mayContribute = consent.personalise && consent.contribute;
    if (!mayContribute) this.#takenBack++;
    if (!consent.personalise && (await journal.events()).length > 0) {
      await journal.erase();
      tabs.post({ type: "journal-erased" });
      notify({ type: "change" });
    }
    if (!mayContribute) {
      for (const report of await ledger.withdraw()) notify({ type: "report", report });
    }
  }

  async panel(): Promise<Panel> {
    const { editions, ledger, store, config } = this.#running("panel");
    const events = await this.#events();
    return panelOf({
      ...{ events, ledger, store, config, model: editions.current, nowMs: this.#edges.nowMs() },
      plan: this.#plan && planView(this.#plan, this.#contributors),
    });
  }

  reportBytes(id: string): Promise<Uint8Array | null> {
    return this.#running("reportBytes").ledger.body(id);
  }

  async exportData(): Promise<TacitExport> {
    const { editions, ledger, config } = this.#running("exportData");
    const events = await this.#events();
    const model = editions.current;
    const profile = model === null ? null : await this.#profile(model);
    const nowMs = this.#edges.nowMs();
    return exportOf({ events, ledger, config, model, nowMs, profile, consent: this.#consent });
  }

  async erase(): Promise<Remains> {
    const { store, ledger, editions, tabs, notify } = this.#running("erase");
    this.#takenBack++;
    editions.forget();
    const reports = await store.eraseAll();
    this.#storeLost();
    const remains = ledger.erased(reports, this.#edges.nowMs());
    tabs.post({ type: "all-erased", remains });
    notify({ type: "change" });
    return remains;
  }

  async contribute(): Promise<void> {
    const { config, notify, store, journal, ledger, editions } = this.#running("contribute");
    const { server, database, pins = null, relay = null } = config;
    const takenBack = this.#takenBack;
    const allowed = (): boolean => {
      const { personalise, contribute } = this.#consent;
      return personalise && contribute && this.#takenBack === takenBack;
    };
    if (!allowed()) return;
    if (store.storage === "memory") {
      const cause = new Error("the ledger must be kept on this device, got a browser that denies storage");
      return notify(troubleOf("contribute", cause));
    }
    const edges = this.#edges;
    const wallet = (issuer: string): Wallet => {
      const lock = `tacit:${database}:tokens`;
      const { wait, loadPrivacyPass } = edges;
      const load = async (): Promise<PrivacyPass> => {
        if (loadPrivacyPass !== undefined) return loadPrivacyPass(config.tokens);
        throw new Error("tokens: expected a way to blind them, got none");
      };
      return new Wallet({ store: store.tokens, edges, issuer, lock, load, ...(wait && { wait }) });
    };
    await ifFree(`tacit:${database}:contribute`, () =>
      contribute({
        server,
        relay,
        pins,
        edges,
        wallet,
        allowed,
        notify,
        journal,
        ledger,
        logs: store.logs,
        contributors: this.#contributors,
        downloads: {
          settled: () => editions.settled(),
          factors: () => factorsOf(editions.current),
        },
        onPlan: (plan) => {
          this.#plan = plan;
        },
      }),
    );
  }

  /** Lets go of database and channel once no download is under way. Nothing may be asked afterwards. */
  async close(): Promise<void> {
    const { editions, tabs, store } = this.#running("close");
    this.#parts = null;
    await editions.settled();
    tabs.close();
    store.close();
  }

  #running(who: string): Parts {
    if (this.#parts === null) throw new Error(`${who}: expected the worker to be started, got none`);
    return this.#parts;
  }

  /** The model in force; one that knows the item, when the edition has it. */
  async #modelWith(item: string, who: string): Promise<Model> {
    const { editions } = this.#running(who);
    const model = await editions.inForce();
    return model.rowOf.has(item) ? model : editions.whole();
  }

  #events(): Promise<readonly TacitEvent[]> {
    const { journal } = this.#running("events");
    return this.#consent.personalise ? journal.events() : Promise.resolve(noEvents);
  }

  async #profile(model: Model): Promise<JournalProfile> {
    return this.#profiles.of({ model, events: await this.#events(), nowMs: this.#edges.nowMs() });
  }

  #onTab(message: TabMessage): void {
    if (this.#parts === null) return;
    const { ledger, editions, notify } = this.#parts;
    this.#storeLost();
    if (message.type === "all-erased") {
      this.#takenBack++;
      editions.forget();
      ledger.remember(message.remains);
    }
    notify({ type: "change" });
  }

  /** What was read from the store may be gone. */
  #storeLost(): void {
    this.#parts?.journal.forget();
    this.#profiles.forget();
  }
}

/** The factors part as contributions read it; null while there is none. */
function factorsOf(model: Model | null): Factors | null {
  const view = model?.factors ?? null;
  return view === null ? null : { id: view.id, ...view.rows, rowOf: view.rowOf };
}
