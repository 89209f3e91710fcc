/**
 * The private side, put together: answers what the page asks from journal, model and profile.
 *
 * Needs IndexedDB, WebCrypto and the `Edges` it is given, so that it runs in a Web Worker, in a test and in a
 * crowd of many on one machine alike.
 */
import { type Choices, noChoices } from "../core/consent.ts";
import { isFact, type Recorded } from "../core/events/fact.ts";
import { declinesSegment } from "../core/facts/steering.ts";
import type { Wish } from "../core/policy/wish.ts";
import type { PrivacyPlan } from "../core/sum/plan.ts";
import { Answers } from "./answers.ts";
import type {
  ConsentFlags,
  ExplainOptions,
  Explanation,
  ExportFile,
  ForYouOptions,
  HandEvents,
  KeepCopy,
  ListOptions,
  ListRequest,
  MadeRequests,
  MoveAnswer,
  MoveStep,
  Panel,
  Prefetch,
  Recommendation,
  StoredIn,
  TacitExport,
  TrendingOptions,
  WorkerApi,
  WorkerConfig,
} from "./api.ts";
import type { ContributeParts } from "./contribute/contribute.ts";
import { Contributing } from "./contribute/contributing.ts";
import type { AnyContributor, Factors, RankedBy } from "./contribute/kinds/contributor.ts";
import { contributors } from "./contribute/kinds/registry.ts";
import { Ledger } from "./contribute/ledger.ts";
import { limitsFor } from "./contribute/limits.ts";
import { paceFor } from "./contribute/pace.ts";
import { keptPlan, planView } from "./contribute/planview.ts";
import { trialsOf } from "./contribute/trials.ts";
import { obstacleInWords, obstacleOf, waitingOf } from "./contribute/waiting.ts";
import { Wallet } from "./contribute/wallet.ts";
import { fetchLog } from "./door/door.ts";
import {
  deviceLocalTime,
  type Edges,
  type LazyFile,
  type Notify,
  type PrivacyPass,
  troubleOf,
} from "./edges.ts";
import { isAutomated, isDriven } from "./events/automation.ts";
import { EventLog } from "./events/eventlog.ts";
import { Journal, journalLimits } from "./events/journal.ts";
import { outsidePauses } from "./events/pausing.ts";
import { sayableOf } from "./events/saying.ts";
import { joinTabs, type TabMessage, type Tabs } from "./events/tabs.ts";
import { holdForLife } from "./lock.ts";
import { exportOf, handedOver, panelOf, partiesIn, pausedNow } from "./panel.ts";
import { Person } from "./person.ts";
import { editionTrust } from "./rank/believe.ts";
import { Editions } from "./rank/editions.ts";
import type { Model } from "./rank/model.ts";
import { type FallbackStore, openStore } from "./store/fallback.ts";
import { isSince } from "./store/kept.ts";
import { FreeText, type WordsModule } from "./texts/freetext.ts";

interface Parts {
  readonly config: WorkerConfig;
  readonly notify: Notify;
  readonly store: FallbackStore;
  readonly journal: Journal;
  readonly ledger: Ledger;
  readonly editions: Editions;
  readonly freeText: FreeText;
  readonly person: Person;
  readonly answers: Answers;
  readonly contributing: Contributing;
  readonly tabs: Tabs;
}

/** What is known of whoever does not want to be known. */
const nothing = new EventLog([], journalLimits);
/** So long a list waits for what would make it better. */
const listWaitMs = 1_500;

export class TacitWorker implements WorkerApi {
  readonly #edges: Edges;
  readonly #contributors: readonly AnyContributor[];
  #parts: Parts | null = null;
  #consent: ConsentFlags = { personalise: false, contribute: false };
  /** How often it was taken back, or everything erased: a contribution begun before ends then. */
  #takenBack = 0;
  /** How often personalising was forbidden, or everything erased. */
  #erasures = 0;
  /** How often what was read from the journal may have gone since, here or in another tab. */
  #forgotten = 0;
  /** Ends what is under way then. */
  #stop = new AbortController();
  #isEnded = false;
  /** As last trusted in this visit. */
  #plan: PrivacyPlan | null = null;

  /** @param kinds of sums that it takes part in. */
  constructor(edges: Edges, kinds: readonly AnyContributor[] = contributors) {
    this.#edges = edges;
    this.#contributors = kinds;
  }

  /** Resolves without waiting for the network: an edition kept from an earlier visit is in force by then. */
  async start(
    config: WorkerConfig,
    notify: Notify,
    keepCopy: KeepCopy = (kept) => kept,
    prefetch: Prefetch | null = null,
  ): Promise<void> {
    if (this.#parts !== null) throw new Error("start: expected one call, got another");
    const { nowMs } = this.#edges;
    if (config.lifeLock !== undefined) holdForLife(config.lifeLock);
    const store = await openStore({
      name: config.database,
      nowMs,
      onLost: () => this.#storeLost(),
      onBack: () => notify({ type: "back" }),
      onErased: () => this.#parts?.tabs.post({ type: "events" }),
      onDenied: (denied) => {
        notify(troubleOf("start", denied));
        this.#storeLost();
      },
    });
    if (this.#isEnded) {
      store.close();
      throw new Error("start: expected to go on, got an end");
    }
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
    const wait = this.#edges.wait ?? pause;
    const freeText = new FreeText({
      ...{ editions, notify, nowMs, wait },
      load: () => this.#loaded<WordsModule>("words.js"),
      files: { encoder: config.files?.["encoder.js"], wasm: config.files?.["encoder.wasm"] },
      start: this.#edges.startEncoder,
      savesData: this.#edges.savesData ?? (() => false),
    });
    const listWait = () => wait(listWaitMs);
    const localTimeOf = this.#edges.localTimeOf ?? deviceLocalTime;
    const asked = { editions, freeText, notify, nowMs, localTimeOf, listWait, log: () => this.#log() };
    const person = new Person({
      ...asked,
      device: () => (this.#consent.personalise && config.device) || null,
    });
    this.#parts = {
      config: { ...config, server },
      notify,
      store,
      journal: new Journal(store),
      ledger: new Ledger(store, { keepCopy, nowMs, limits: limitsFor(server) }),
      editions,
      freeText,
      person,
      answers: new Answers({
        ...{ ...asked, person },
        onTrial: trialsOf({
          ...{ store, edges: this.#edges, notify },
          // Where nobody sums there is nothing to learn.
          allowed: () => (partiesIn(config) === "none" ? () => false : this.#mayContribute()),
          isPaused: async () => pausedNow(await this.#log(), nowMs()) !== null,
        }),
      }),
      contributing: new Contributing({
        lock: `tacit:${config.database}:contribute`,
        edges: this.#edges,
        pace: this.#edges.pace ?? paceFor({ ...config, server }),
        store: store.schedule,
        notify,
        parts: (askAgainMs) => this.#contributeParts(askAgainMs),
      }),
      tabs: joinTabs(config.database, (message) => this.#onTab(message)),
    };
    const { choices } = await this.#parts.ledger.reconcile(nowMs());
    await this.#permit(strictly(config.consent, choices));
    await editions.useKept();
    void editions.refresh();
  }

  async append(recorded: readonly Recorded[]): Promise<StoredIn> {
    const { answers, journal, store, tabs, notify, contributing } = this.#running("append");
    const sayable = this.#consent.personalise ? await this.#sayable(recorded) : [];
    const added = sayable.length > 0 ? await journal.append(sayable) : [];
    if (added.length > 0) {
      answers.tellUnknown(
        "track",
        added.map((entry) => (isFact(entry) ? undefined : entry.item)),
      );
      tabs.post({ type: "events", ids: added.map(({ id }) => id) });
      notify({ type: "change" });
      contributing.heard();
    }
    return store.storage;
  }

  /**
   * Without facts that cannot be, of which the page is told, and without what was done while learning was
   * paused.
   */
  async #sayable(recorded: readonly Recorded[]): Promise<readonly Recorded[]> {
    const { journal, notify } = this.#running("append");
    const erasures = this.#erasures;
    const { facts, factsSaid } = await journal.log();
    // A "no", or an erasure, has come meanwhile: what was asked for before is not recorded.
    if (this.#erasures !== erasures) return [];
    // By the times that pages gave: what is said against a clock that ran ahead is dated otherwise after.
    const kept = outsidePauses(recorded, facts);
    const { sayable, faults } = sayableOf(kept, { facts: factsSaid, nowMs: this.#edges.nowMs() });
    for (const message of faults) notify({ type: "trouble", message });
    return sayable;
  }

  async forYou(options: ForYouOptions): Promise<readonly Recommendation[]> {
    return this.#running("forYou").answers.forYou(options);
  }

  async similar(item: string, options: ListOptions): Promise<readonly Recommendation[]> {
    return this.#running("similar").answers.similar(item, options);
  }

  async goesWith(items: readonly string[], options: ListOptions): Promise<readonly Recommendation[]> {
    return this.#running("goesWith").answers.goesWith(items, options);
  }

  async search(text: string, options: ListOptions): Promise<readonly Recommendation[]> {
    return this.#running("search").answers.search(text, options);
  }

  async trending(options: TrendingOptions): Promise<readonly Recommendation[]> {
    return this.#running("trending").answers.trending(options);
  }

  async lists(requests: readonly ListRequest[]): Promise<readonly (readonly Recommendation[])[]> {
    return this.#running("lists").answers.lists(requests);
  }

  async explain(item: string, options: ExplainOptions): Promise<Explanation> {
    return this.#running("explain").answers.explain(item, options);
  }

  async wishes(): Promise<readonly Wish[]> {
    return this.#running("wishes").person.wishes();
  }

  async setConsent(consent: ConsentFlags, choices: Choices = noChoices): Promise<void> {
    const { ledger, tabs } = this.#running("setConsent");
    const permitted = this.#permit(consent);
    tabs.post({ type: "chosen", choices });
    await Promise.all([ledger.chosen(choices, this.#edges.nowMs()), permitted]);
  }

  /** Taking a permission back erases what it allowed: the journal, and reports not yet delivered. */
  async #permit(consent: ConsentFlags): Promise<void> {
    const { journal, ledger, store, tabs, notify } = this.#running("consent");
    this.#consent = consent;
    const mayContribute = consent.personalise && consent.contribute;
    if (!mayContribute) this.#takeBack();
    if (!consent.personalise) {
      this.#erasures++;
      this.#forgotten++;
      // Erased at once, before what comes next: one may be on its way, also where none is known.
      const before = journal.events().catch(() => null);
      await journal.erase();
      if ((await before)?.length !== 0) {
        tabs.post({ type: "journal-erased" });
        notify({ type: "change" });
      }
    }
    if (!mayContribute) {
      // What was on trial is for contributing alone.
      await store.trials.clear();
      for (const report of await ledger.withdraw()) notify({ type: "report", report });
    }
  }

  async panel(hand?: HandEvents): Promise<Panel> {
    if (hand === undefined) return this.#panel();
    for (;;) {
      const forgotten = this.#forgotten;
      const panel = await handedOver(await this.#panel(), hand, () => this.#forgotten === forgotten);
      if (panel !== null) return panel;
      await hand(null);
    }
  }

  async #panel(): Promise<Panel> {
    const { editions, ledger, person, store, config } = this.#running("panel");
    const log = await this.#log();
    const plan = this.#plan ?? keptPlan(await store.schedule.tasks());
    const nowMs = this.#edges.nowMs();
    const { isElsewhere } = ledger;
    const obstacles = { consent: this.#consent, store, parties: partiesIn(config), isElsewhere };
    return panelOf({
      ...{ log, ledger, store, config, model: editions.current, nowMs, ...person.shown(log) },
      plan: plan && planView(plan, this.#contributors),
      waiting: await waitingOf({ ...obstacles, isAutomated: isAutomated({ config, log }) }, nowMs),
    });
  }

  reportBytes(id: string): Promise<Uint8Array | null> {
    return this.#running("reportBytes").ledger.body(id);
  }

  async exportData(): Promise<TacitExport> {
    const { editions, ledger, person, store, config } = this.#running("exportData");
    const model = editions.current;
    const profile = model === null ? null : await person.profile(model);
    const log = await this.#log();
    const nowMs = this.#edges.nowMs();
    return exportOf({
      log,
      store,
      ledger,
      config,
      model,
      nowMs,
      ...person.shown(log),
      profile,
      consent: this.#consent,
    });
  }

  async exportFiles(): Promise<readonly ExportFile[]> {
    const { parquetFiles } = await this.#loaded<typeof import("./export/parquet.ts")>("parquet.js");
    return parquetFiles(await this.exportData());
  }

  async forget(ids: readonly string[]): Promise<void> {
    const { journal, tabs, notify } = this.#running("forget");
    await journal.remove(ids);
    this.#forgetRead();
    tabs.post({ type: "events" });
    notify({ type: "change" });
  }

  async requests(): Promise<MadeRequests> {
    const entries = performance.getEntriesByType("resource").map((entry) => entry.toJSON());
    return { originMs: performance.timeOrigin, entries };
  }

  async erase(atMs = this.#edges.nowMs()): Promise<void> {
    const { ledger, editions, freeText, tabs, notify } = this.#running("erase");
    this.#erasures++;
    this.#forgotten++;
    this.#takeBack();
    editions.forget();
    freeText.rest();
    try {
      await ledger.eraseAll(this.#edges.nowMs(), atMs);
    } finally {
      this.#forgetRead();
      tabs.post({ type: "all-erased", atMs });
      notify({ type: "change" });
    }
  }

  async move(step: MoveStep): Promise<MoveAnswer> {
    const { config, store } = this.#running("move");
    const { nowMs, fill } = this.#edges;
    const { move } = await this.#loaded<typeof import("./moving/main.ts")>("moving.js");
    const answer = await move(step, {
      ...{ store, nowMs, fill },
      site: config.pins?.siteKey ?? config.server,
      personalises: () => this.#consent.personalise,
      silence: () => this.#takeBack(),
      changed: () => this.#moved(),
    });
    if (answer.state === "taken") void this.contribute();
    return answer;
  }

  async #loaded<Module>(name: LazyFile): Promise<Module> {
    const { loadFile } = this.#edges;
    if (loadFile === undefined) throw new Error(`${name}: expected a way to load it, got none`);
    // What each file exports is what its entry does.
    return loadFile(name, this.#running(name).config.files?.[name]) as Promise<Module>;
  }

  async #moved(): Promise<void> {
    const { ledger, tabs, notify } = this.#running("move");
    this.#forgetRead();
    ledger.erased();
    tabs.post({ type: "moved" });
    await ledger.reconcile(this.#edges.nowMs());
    notify({ type: "change" });
  }

  async contribute(): Promise<void> {
    const { contributing, config, store, ledger, notify } = this.#running("contribute");
    const { isElsewhere } = ledger;
    const known = { parties: partiesIn(config), isElsewhere, isAutomated: isDriven(config) };
    const obstacle = obstacleOf({ consent: this.#consent, store, ...known });
    if (obstacle === null || obstacle === "pins") return contributing.wake();
    const words = obstacleInWords[obstacle];
    if (words !== undefined) notify(troubleOf("contribute", new Error(words)));
  }

  /**
   * Says whether this device may contribute; no more once that was taken back, even if it was given again
   * since.
   */
  #mayContribute(): () => boolean {
    const takenBack = this.#takenBack;
    return () => {
      if (this.#parts === null) return false;
      const { config, ledger } = this.#parts;
      const { personalise, contribute } = this.#consent;
      const isMine = !(isDriven(config) || ledger.isElsewhere);
      return personalise && contribute && this.#takenBack === takenBack && isMine;
    };
  }

  /** Null while nothing may be sent. */
  #contributeParts(askAgainMs: () => number): ContributeParts | null {
    if (this.#parts === null) return null;
    const { config, notify, store, journal, ledger, editions, person } = this.#parts;
    const { server, pins = null, relay = null } = config;
    const edges = this.#edges;
    const allowed = this.#mayContribute();
    if (!allowed()) return null;
    const load = async (): Promise<PrivacyPass> => {
      if (edges.loadPrivacyPass !== undefined) return edges.loadPrivacyPass(config.files?.["tokens.js"]);
      throw new Error("tokens: expected a way to blind them, got none");
    };
    return {
      ...{ server, relay, pins, edges, allowed, notify, journal, ledger, askAgainMs },
      signal: this.#stop.signal,
      wallet: (issuer) => new Wallet({ store: store.tokens, edges, issuer, load }),
      logs: store.logs,
      isAutomated: (log) => isAutomated({ config, log }),
      schedule: store.schedule,
      trials: store.trials,
      contributors: this.#contributors,
      downloads: {
        settled: () => editions.settled(),
        factors: () => factorsOf(editions.current),
        pairs: () => editions.current?.pairs ?? null,
        ranking: () => rankedBy(editions),
      },
      // Whoever wants to be in no segment is in no sum of them either.
      featuresOf: (log) =>
        editions.current?.isWhole === true && !declinesSegment(log) ? person.featuresOf(log) : null,
      onPlan: (plan) => {
        this.#plan = plan;
      },
    };
  }

  /** What was begun under the permissions of before ends, whatever is permitted next. */
  #takeBack(): void {
    this.#takenBack++;
    this.#stop.abort(new Error("contribute: expected consent, got it taken back"));
    this.#stop = new AbortController();
  }

  /** Ends once no download is under way. Nothing may be asked afterwards. */
  async close(): Promise<void> {
    await this.#running("close").editions.settled();
    this.end();
  }

  /**
   * Lets go of database and channel at once, as a worker that is terminated: what is under way comes to
   * nothing.
   */
  end(): void {
    const parts = this.#parts;
    this.#parts = null;
    this.#isEnded = true;
    this.#takeBack();
    parts?.contributing.close();
    parts?.freeText.rest();
    parts?.tabs.close();
    parts?.store.close();
  }

  #running(who: string): Parts {
    if (this.#parts === null) throw new Error(`${who}: expected the worker to be started, got none`);
    return this.#parts;
  }

  #log(): Promise<EventLog> {
    const { journal } = this.#running("events");
    return this.#consent.personalise ? journal.log() : Promise.resolve(nothing);
  }

  #onTab(message: TabMessage): void {
    if (this.#parts === null) return;
    const { journal, ledger, editions, store, notify } = this.#parts;
    const changed = (): void => notify({ type: "change" });
    if (message.type === "chosen") {
      this.#reconcile(message.choices);
      return;
    }
    if (message.type === "events" && message.ids !== undefined) {
      const lost = (): void => this.#forgetRead();
      void journal.learn(message.ids).catch(lost).then(changed);
      return;
    }
    this.#forgetRead();
    if (message.type === "journal-erased") store.erasedElsewhere();
    if (message.type === "moved") {
      this.#takeBack();
      ledger.erased();
      this.#reconcile();
    }
    if (message.type === "all-erased") {
      const nowMs = this.#edges.nowMs();
      store.erasedElsewhere((event) => isSince(event, message.atMs ?? nowMs, nowMs));
      this.#takeBack();
      editions.forget();
      ledger.erased();
      this.#reconcile();
    }
    changed();
  }

  /** The store may have been emptied or exchanged from outside, and with it what is kept. */
  #storeLost(): void {
    this.#forgetRead();
    if (this.#parts === null) return;
    this.#parts.ledger.erased();
    this.#parts.notify({ type: "change" });
    this.#reconcile();
  }

  /** @param choices of a tab whose copies may be out of reach here. */
  #reconcile(choices?: Choices): void {
    if (this.#parts === null) return;
    const { ledger, notify } = this.#parts;
    const nowMs = this.#edges.nowMs();
    const agreed = choices === undefined ? ledger.reconcile(nowMs) : ledger.chosen(choices, nowMs);
    void agreed.catch((cause) => notify(troubleOf("storage", cause)));
  }

  /** What was read from the store may be gone. */
  #forgetRead(): void {
    this.#forgotten++;
    this.#parts?.journal.forget();
    this.#parts?.person.forget();
  }
}

/** What everyone's word allows, and no later choice that another copy knows of forbids. */
function strictly({ personalise, contribute }: ConsentFlags, choices: Choices): ConsentFlags {
  return {
    personalise: personalise && choices.personalise !== false,
    contribute: contribute && choices.contribute !== false,
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The model that ranks, ready to rank for people; null before the whole catalogue has come. */
async function rankedBy(editions: Pick<Editions, "current" | "ready">): Promise<RankedBy | null> {
  const model = editions.current;
  if (model === null || !model.isWhole) return null;
  await editions.ready(model);
  return { factors: model.factors?.id ?? null, pairs: model.pairs?.id ?? null, model: model.ranking };
}

/** The factors part as contributions read it; null while there is none. */
function factorsOf(model: Model | null): Factors | null {
  const view = model?.factors ?? null;
  return view === null ? null : { id: view.id, ...view.rows, rowOf: view.rowOf };
}
