/**
 * The private side, put together. What must be there at once is in this file's build: store, journal, consent, what
 * is kept, tabs. What ranks, contributes and shows is loaded when it is first needed, each a file of its own.
 *
 * Needs IndexedDB, WebCrypto and the `Edges` it is given, so that it runs in a Web Worker, in a test and in a
 * crowd of many on one machine alike.
 */
import { type Choices, noChoices } from "../core/consent.ts";
import { isFact, type Recorded } from "../core/events/fact.ts";
import type { Wish } from "../core/policy/wish.ts";
import type { PrivacyPlan } from "../core/sum/plan.ts";
import type { Answers } from "./answers/answers.ts";
import type { Ranking, RankingParts } from "./answers/main.ts";
import type {
  ConsentFlags,
  ExperimentStep,
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
import type { Contributing } from "./contribute/contributing.ts";
import type { AnyContributor } from "./contribute/kinds/contributor.ts";
import { obstacleInWords, obstacleOf } from "./contribute/waiting.ts";
import { askEarly } from "./door/early.ts";
import { type Edges, type LazyFile, type Notify, troubleOf } from "./edges.ts";
import { isDriven } from "./events/automation.ts";
import { EventLog } from "./events/eventlog.ts";
import { Journal, journalLimits } from "./events/journal.ts";
import { toldOnce } from "./events/once.ts";
import { outsidePauses } from "./events/pausing.ts";
import { sayableOf } from "./events/saying.ts";
import { joinTabs, type TabMessage, type Tabs } from "./events/tabs.ts";
import { WishesCache } from "./events/wishes.ts";
import { Lazy } from "./lazy.ts";
import { holdForLife } from "./lock.ts";
import type { Shown } from "./panel/main.ts";
import { type FallbackStore, openStore } from "./store/fallback.ts";
import { isSince } from "./store/kept.ts";
import { Records } from "./store/records.ts";
import { partiesIn } from "./trust/trust.ts";

/** What each of the files exports that are loaded when they are first needed. */
interface Modules {
  readonly "ranking.js": typeof import("./answers/main.ts");
  readonly "contributing.js": typeof import("./contribute/main.ts");
  readonly "shown.js": typeof import("./panel/main.ts");
  readonly "moving.js": typeof import("./moving/main.ts");
  readonly "parquet.js": typeof import("./export/parquet.ts");
  readonly "words.js": typeof import("./texts/main.ts");
  readonly "experiments.js": typeof import("./experiments/main.ts");
}

interface Parts {
  readonly config: WorkerConfig;
  readonly notify: Notify;
  readonly store: FallbackStore;
  readonly journal: Journal;
  readonly records: Records;
  readonly ranking: Lazy<Ranking>;
  readonly contributing: Lazy<Contributing>;
  readonly tabs: Tabs;
}

/** What is known of whoever does not want to be known. */
const nothing = new EventLog([], journalLimits);

export class TacitWorker implements WorkerApi {
  readonly #edges: Edges;
  readonly #kinds: readonly AnyContributor[] | undefined;
  readonly #wishes = new WishesCache();
  #parts: Parts | null = null;
  /** As soon as it is made, before it has an edition in force. */
  #ranking: Ranking | null = null;
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
  /** Whether everything was erased since the page began. */
  #isModelForgotten = false;
  /** Whether the page has asked for it in vain. */
  #isContributionDue = false;

  /** @param kinds of sums that it takes part in; all unless given. */
  constructor(edges: Edges, kinds?: readonly AnyContributor[]) {
    this.#edges = edges;
    this.#kinds = kinds;
  }

  /** Resolves without waiting for the network, and for no other file: what is tracked can be kept by then. */
  async start(
    config: WorkerConfig,
    notify: Notify,
    keepCopy: KeepCopy = (kept) => kept,
    prefetch: Prefetch | null = null,
  ): Promise<void> {
    if (this.#parts !== null) throw new Error("start: expected one call, got another");
    const { nowMs } = this.#edges;
    if (config.lifeLock !== undefined) holdForLife(config.lifeLock);
    // On its way while the store opens: the first list waits for both.
    let begun: Promise<Modules["ranking.js"]> | null = this.#load("ranking.js", config);
    begun.catch(() => undefined); // Whoever waits for it gets the failure.
    const server = config.server.replace(/\/+$/, "");
    // Through the relay where there is one, like everything else: the server then never sees who fetches its model.
    const from = config.relay?.replace(/\/+$/, "") ?? server;
    const early = askEarly({ edges: this.#edges, from, prefetch });
    early.ask("/v1/edition");
    const store = await openStore({
      name: config.database,
      nowMs,
      mayCreate: config.storage !== "memory",
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
    // A first visit has none that was kept.
    void store.parts.edition().then(
      (kept) => kept === null && early.ask("/v1/head"),
      () => undefined,
    );
    const ranking = new Lazy({
      open: () => {
        // What was asked for at first is too old for a file that comes after a while.
        const { loading, prefetch, fetch } =
          begun === null
            ? { loading: this.#load("ranking.js", config), prefetch: null, fetch: this.#edges.fetch }
            : { ...early, loading: begun };
        begun = null;
        return loading.then((module) => this.#openRanking(module, { from, prefetch, fetch }));
      },
      again: () => void this.#rankingAgain(),
    });
    const contributing = new Lazy({
      open: async () => this.#openContributing(await this.#load("contributing.js", config)),
      again: () => void this.contribute().catch(() => undefined),
    });
    this.#parts = {
      config: { ...config, server },
      ...{ notify, store, ranking, contributing },
      journal: new Journal(store),
      records: new Records(store, { keepCopy, nowMs }),
      tabs: joinTabs(config.database, (message) => this.#onTab(message)),
    };
    const { choices } = await this.#parts.records.reconcile(nowMs());
    this.#mayStore(choices);
    await this.#permit(strictly(config.consent, choices));
    ranking.get().catch(() => undefined); // Whoever asks for a list gets the failure.
  }

  async append(recorded: readonly Recorded[]): Promise<StoredIn> {
    const { ranking, journal, store, tabs, notify, contributing } = this.#running("append");
    const sayable = this.#consent.personalise ? await this.#sayable(recorded) : [];
    const added = sayable.length > 0 ? await journal.append(sayable.map(toldOnce)) : [];
    if (added.length > 0) {
      const items = added.map((entry) => (isFact(entry) ? undefined : entry.item));
      void ranking.settled().then((opened) => opened?.answers.tellUnknown("track", items));
      tabs.post({ type: "events", ids: added.map(({ id }) => id) });
      notify({ type: "change" });
      contributing.current?.heard();
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
    return (await this.#answers("forYou")).forYou(options);
  }

  async similar(item: string, options: ListOptions): Promise<readonly Recommendation[]> {
    return (await this.#answers("similar")).similar(item, options);
  }

  async goesWith(items: readonly string[], options: ListOptions): Promise<readonly Recommendation[]> {
    return (await this.#answers("goesWith")).goesWith(items, options);
  }

  async search(text: string, options: ListOptions): Promise<readonly Recommendation[]> {
    return (await this.#answers("search")).search(text, options);
  }

  async trending(options: TrendingOptions): Promise<readonly Recommendation[]> {
    return (await this.#answers("trending")).trending(options);
  }

  async lists(requests: readonly ListRequest[]): Promise<readonly (readonly Recommendation[])[]> {
    return (await this.#answers("lists")).lists(requests);
  }

  async explain(item: string, options: ExplainOptions): Promise<Explanation> {
    return (await this.#answers("explain")).explain(item, options);
  }

  async wishes(): Promise<readonly Wish[]> {
    this.#running("wishes");
    return this.#wishes.of(await this.#log());
  }

  async setConsent(consent: ConsentFlags, choices: Choices = noChoices): Promise<void> {
    const { records, tabs } = this.#running("setConsent");
    this.#mayStore(choices);
    const permitted = this.#permit(consent);
    tabs.post({ type: "chosen", choices });
    await Promise.all([records.chosen(choices, this.#edges.nowMs()), permitted]);
  }

  /** Once the person has said yes or no to personalising: that is kept, whatever it is. */
  #mayStore({ personalise }: Choices): void {
    if (personalise !== undefined) this.#running("consent").store.permit();
  }

  /** Taking a permission back erases what it allowed: the journal, and reports not yet delivered. */
  async #permit(consent: ConsentFlags): Promise<void> {
    const { journal, records, store, tabs, notify } = this.#running("consent");
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
      for (const report of await records.withdraw()) notify({ type: "report", report });
    }
    void this.#ranking?.experiments.look();
  }

  async panel(hand?: HandEvents): Promise<Panel> {
    const { panelNow, handedOver } = await this.#loaded("shown.js");
    const now = async (): Promise<Panel> => panelNow(await this.#shown("panel"));
    if (hand === undefined) return now();
    for (;;) {
      const forgotten = this.#forgotten;
      const panel = await handedOver(await now(), hand, () => this.#forgotten === forgotten);
      if (panel !== null) return panel;
      await hand(null);
    }
  }

  reportBytes(id: string): Promise<Uint8Array | null> {
    return this.#running("reportBytes").records.body(id);
  }

  async exportData(): Promise<TacitExport> {
    const { exportNow } = await this.#loaded("shown.js");
    const { editions, person } = await this.#running("exportData").ranking.get();
    for (;;) {
      const forgotten = this.#forgotten;
      const model = editions.current;
      const profile = model === null ? null : await person.profile(model);
      const data = await exportNow({ ...(await this.#shown("exportData")), profile });
      // Of one moment: no profile of what the events beside it do not have any more.
      if (this.#forgotten === forgotten) return data;
    }
  }

  /** What is held about the person. */
  async #shown(who: string): Promise<Shown> {
    const { ranking, records, store, config } = this.#running(who);
    const { editions, person } = await ranking.get();
    const log = await this.#log();
    const nowMs = this.#edges.nowMs();
    return {
      ...{ log, records, store, config, nowMs, model: editions.current, ...person.shown(log) },
      ...{ consent: this.#consent, plan: this.#plan, kinds: this.#kinds?.map(({ kind }) => kind) },
    };
  }

  async exportFiles(): Promise<readonly ExportFile[]> {
    const { parquetFiles } = await this.#loaded("parquet.js");
    return parquetFiles(await this.exportData());
  }

  async forget(ids: readonly string[]): Promise<void> {
    const { journal, tabs, notify } = this.#running("forget");
    await journal.remove(ids);
    this.#forgetRead();
    tabs.post({ type: "events" });
    notify({ type: "change" });
  }

  async experiment(step: ExperimentStep): Promise<void> {
    await (await this.#running("experiment").ranking.get()).experiments.step(step);
  }

  async requests(): Promise<MadeRequests> {
    const entries = performance.getEntriesByType("resource").map((entry) => entry.toJSON());
    return { originMs: performance.timeOrigin, entries };
  }

  async erase(atMs = this.#edges.nowMs()): Promise<void> {
    const { records, tabs, notify } = this.#running("erase");
    this.#erasures++;
    this.#forgotten++;
    this.#takeBack();
    this.#forgetModel();
    this.#ranking?.freeText.rest();
    try {
      await records.eraseAll(this.#edges.nowMs(), atMs);
    } finally {
      this.#forgetRead();
      tabs.post({ type: "all-erased", atMs });
      notify({ type: "change" });
    }
  }

  async move(step: MoveStep): Promise<MoveAnswer> {
    const { config, store } = this.#running("move");
    const { nowMs, fill } = this.#edges;
    const { move } = await this.#loaded("moving.js");
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

  async #loaded<Name extends LazyFile>(name: Name): Promise<Modules[Name]> {
    return this.#load(name, this.#running(name).config);
  }

  async #load<Name extends LazyFile>(
    name: Name,
    { files }: Pick<WorkerConfig, "files">,
  ): Promise<Modules[Name]> {
    const { loadFile } = this.#edges;
    if (loadFile === undefined) throw new Error(`${name}: expected a way to load it, got none`);
    // What each file exports is what its entry does.
    return loadFile(name, files?.[name]) as Promise<Modules[Name]>;
  }

  /** Puts the edition kept from an earlier visit in force, and asks for a newer one. */
  async #openRanking(
    { openRanking }: Modules["ranking.js"],
    asked: Pick<RankingParts, "from" | "prefetch" | "fetch">,
  ): Promise<Ranking> {
    const { config, notify, store } = this.#running("ranking");
    const ranking = openRanking({
      ...{ config, edges: this.#edges, notify, store, ...asked },
      log: () => this.#log(),
      wishes: async () => this.#wishes.of(await this.#log()),
      device: () => (this.#consent.personalise && config.device) || null,
      logOf: (recorded) => new EventLog(recorded, journalLimits),
      loadWords: () => this.#loaded("words.js"),
      loadExperiments: () => this.#loaded("experiments.js"),
      changed: () => this.#running("experiments").tabs.post({ type: "events" }),
      mayContribute: () => this.#mayContribute(),
    });
    // From now on an erasure reaches it.
    this.#ranking = ranking;
    if (this.#isModelForgotten) ranking.experiments.erased();
    await ranking.editions.useKept();
    this.#running("ranking");
    void ranking.editions.refresh();
    // What was erased while this was on its way is not followed by a download that began before.
    if (this.#isModelForgotten) ranking.editions.forget();
    return ranking;
  }

  async #openContributing({ openContributing }: Modules["contributing.js"]): Promise<Contributing> {
    const { config, notify, store, records, journal, ranking } = this.#running("contribute");
    const { editions, person, rankedBy } = await ranking.get();
    return openContributing({
      ...{ config, edges: this.#edges, notify, store, records, journal, kinds: this.#kinds },
      ...{ editions, rankedBy },
      featuresOf: (log) => person.featuresOf(log),
      mayContribute: () => this.#mayContribute(),
      signal: () => this.#stop.signal,
      onPlan: (plan) => {
        this.#plan = plan;
      },
    });
  }

  async #rankingAgain(): Promise<void> {
    try {
      await this.#parts?.ranking.get();
      if (this.#isContributionDue) await this.contribute();
    } catch {
      // It was told when it failed first.
    }
  }

  async #answers(who: string): Promise<Answers> {
    return (await this.#running(who).ranking.get()).answers;
  }

  async #moved(): Promise<void> {
    const { records, tabs, notify } = this.#running("move");
    this.#forgetRead();
    records.erased();
    tabs.post({ type: "moved" });
    await records.reconcile(this.#edges.nowMs());
    notify({ type: "change" });
  }

  async contribute(): Promise<void> {
    const { config, store, records, notify } = this.#running("contribute");
    const { isElsewhere } = records;
    const known = { parties: partiesIn(config), isElsewhere, isAutomated: isDriven(config) };
    const obstacle = obstacleOf({ consent: this.#consent, store, ...known });
    if (obstacle === null || obstacle === "pins") return this.#wakeContributing();
    const words = obstacleInWords[obstacle];
    if (words !== undefined) notify(troubleOf("contribute", new Error(words)));
  }

  async #wakeContributing(): Promise<void> {
    const { ranking, contributing } = this.#running("contribute");
    const allowed = this.#mayContribute();
    this.#isContributionDue = true;
    try {
      // What contributes works on what ranks, and comes after all of it: lists are waited for.
      const { editions } = await ranking.get();
      await editions.settled();
      // A "no" has come meanwhile, an erasure, or the end of the page.
      if (!allowed()) return;
      const opened = await contributing.get();
      if (!allowed()) return;
      this.#isContributionDue = false;
      await opened.wake();
    } catch (cause) {
      if (allowed()) throw cause;
    }
  }

  /**
   * Says whether this device may contribute; no more once that was taken back, even if it was given again
   * since.
   */
  #mayContribute(): () => boolean {
    const takenBack = this.#takenBack;
    return () => {
      if (this.#parts === null) return false;
      const { config, records } = this.#parts;
      const { personalise, contribute } = this.#consent;
      const isMine = !(isDriven(config) || records.isElsewhere);
      return personalise && contribute && this.#takenBack === takenBack && isMine;
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
    const ranking = await this.#running("close").ranking.settled();
    await ranking?.editions.settled();
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
    parts?.ranking.close();
    parts?.contributing.current?.close();
    parts?.contributing.close();
    this.#ranking?.freeText.rest();
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
    const { journal, records, store, notify } = this.#parts;
    const changed = (): void => notify({ type: "change" });
    if (message.type === "chosen") {
      if (message.choices !== undefined) this.#mayStore(message.choices);
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
      records.erased();
      this.#reconcile();
    }
    if (message.type === "all-erased") {
      const nowMs = this.#edges.nowMs();
      store.erasedElsewhere((event) => isSince(event, message.atMs ?? nowMs, nowMs));
      this.#takeBack();
      this.#forgetModel();
      records.erased();
      this.#reconcile();
    }
    changed();
  }

  /** The store may have been emptied or exchanged from outside, and with it what is kept. */
  #storeLost(): void {
    this.#forgetRead();
    if (this.#parts === null) return;
    this.#parts.records.erased();
    this.#parts.notify({ type: "change" });
    this.#reconcile();
  }

  /** @param choices of a tab whose copies may be out of reach here. */
  #reconcile(choices?: Choices): void {
    if (this.#parts === null) return;
    const { records, notify } = this.#parts;
    const nowMs = this.#edges.nowMs();
    const agreed = choices === undefined ? records.reconcile(nowMs) : records.chosen(choices, nowMs);
    void agreed.catch((cause) => notify(troubleOf("storage", cause)));
  }

  /** Lets no download that is under way, or about to be, write to the store. */
  #forgetModel(): void {
    this.#isModelForgotten = true;
    this.#ranking?.editions.forget();
    this.#ranking?.experiments.erased();
  }

  /** What was read from the store may be gone. */
  #forgetRead(): void {
    this.#forgotten++;
    this.#parts?.journal.forget();
    this.#ranking?.person.forget();
    void this.#ranking?.experiments.look();
    this.#wishes.forget();
  }
}

/** What everyone's word allows, and no later choice that another copy knows of forbids. */
function strictly({ personalise, contribute }: ConsentFlags, choices: Choices): ConsentFlags {
  return {
    personalise: personalise && choices.personalise !== false,
    contribute: contribute && choices.contribute !== false,
  };
}
