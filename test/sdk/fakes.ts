/** Hand-made edges for the tests of sdk/: a page without a browser, and a worker behind real comlink. */

import { expose } from "comlink";
import type { Wish } from "../../core/policy/wish.ts";
import type { DeviceClass } from "../../core/profile/device.ts";
import type { Clicking, TrackCaptured } from "../../sdk/capture/clicking.ts";
import type { Capture } from "../../sdk/capture.ts";
import type { Edges, WorkerWay } from "../../sdk/edges.ts";
import type { Files } from "../../sdk/files.ts";
import type { OverlayModule } from "../../sdk/notes.ts";
import { memoryStore, type Page, type TextStore, type WorkerPort } from "../../sdk/page.ts";
import type { RestModule } from "../../sdk/parts.ts";
import { Client } from "../../sdk/rest/client.ts";
import type {
  Budget,
  ExperimentStep,
  ExportFile,
  HandEvents,
  KeepCopy,
  KeptErased,
  MadeRequests,
  MoveAnswer,
  MoveStep,
  Recommendation,
  SentReport,
  ShownEvent,
  StoredIn,
  TacitExport,
  WorkerApi,
  WorkerConfig,
  WorkerNotice,
} from "../../worker/api.ts";

/** A worker in the same thread: what it is sent really passes through structured clone and comlink. */
export class FakeWorker extends EventTarget implements WorkerPort {
  terminated = false;
  readonly #channel = new MessageChannel();

  /** Without an API it never answers: a hung worker. */
  constructor(api: object | null) {
    super();
    if (api !== null) expose(api, this.#channel.port2);
    this.#channel.port1.onmessage = ({ data }) => this.dispatchEvent(new MessageEvent("message", { data }));
  }

  /** What is sent while it is held; null: it is not. */
  #held: (() => void)[] | null = null;

  postMessage(message: unknown, transfer: Transferable[] = []): void {
    const send = (): void => this.#channel.port1.postMessage(message, transfer);
    if (this.#held === null) send();
    else this.#held.push(send);
  }

  /** Busy: it hears nothing until it is released. */
  hold(): void {
    this.#held = [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const send of held) send();
  }

  terminate(): void {
    this.terminated = true;
    this.#channel.port1.close();
  }

  die(): void {
    this.dispatchEvent(new Event("error"));
  }
}

export const recommendation: Recommendation = {
  item: "84879",
  title: "Assorted Colour Bird Ornament",
  categories: ["Home Decor"],
  score: 0.75,
  from: "catalogue",
  reasons: [{ why: "catalogue", contribution: 0.75 }],
};

const sent: SentReport = {
  id: "r",
  atMs: 1_700_000_000_000,
  bytes: 137_284,
  sha256: "0".repeat(64),
  sums: [{ task: "t", kind: "item-factors", round: 2, block: 3, rho: 0.04, state: "accepted" }],
};

/** Where the files of the SDK are in every test. */
export const files: Files = (name) => `https://shop.example/tacit/${name}`;

const spent = { rho: 0.04, epsilon: 1.4, limit: { rho: 0.32, epsilon: 4.1 } };
const budget: Budget = { last30Days: spent, lifetime: spent, delta: 1e-6, since: "2026-02-01" };

/** A worker that remembers what it was told and knows one item. */
export class FakeApi implements WorkerApi {
  readonly calls: { readonly method: string; readonly args: readonly unknown[] }[] = [];
  config: WorkerConfig | null = null;
  notify: (notice: WorkerNotice) => void = () => undefined;
  keepCopy: KeepCopy = (kept) => kept;
  storedIn: StoredIn = "device";
  /** Parts in which a panel hands over its events. */
  handed: readonly (readonly ShownEvent[] | null)[] = [];

  #note(method: string, ...args: unknown[]): void {
    this.calls.push({ method, args });
  }

  /** Arguments of each call of one method. */
  argsOf(method: keyof WorkerApi): readonly (readonly unknown[])[] {
    return this.calls.filter((call) => call.method === method).map(({ args }) => args);
  }

  async start(
    config: WorkerConfig,
    notify: (notice: WorkerNotice) => void,
    keepCopy: KeepCopy,
  ): Promise<void> {
    this.config = config;
    this.notify = notify;
    this.keepCopy = keepCopy;
    this.#note("start", config);
  }
  async append(events: Parameters<WorkerApi["append"]>[0]): Promise<StoredIn> {
    this.#note("append", events);
    return this.storedIn;
  }
  async forYou(options: Parameters<WorkerApi["forYou"]>[0]) {
    this.#note("forYou", options);
    return [recommendation];
  }
  async similar(item: string, options: Parameters<WorkerApi["similar"]>[1]) {
    this.#note("similar", item, options);
    return [recommendation];
  }
  async goesWith(items: readonly string[], options: Parameters<WorkerApi["goesWith"]>[1]) {
    this.#note("goesWith", items, options);
    return [recommendation];
  }
  async search(text: string, options: Parameters<WorkerApi["search"]>[1]) {
    this.#note("search", text, options);
    return [recommendation];
  }
  async trending(options: Parameters<WorkerApi["trending"]>[0]) {
    this.#note("trending", options);
    return [recommendation];
  }
  async explain(item: string, options: Parameters<WorkerApi["explain"]>[1]) {
    this.#note("explain", item, options);
    if (item !== recommendation.item) throw new RangeError(`explain: item must be known, got ${item}`);
    const { title, score, reasons } = recommendation;
    return { item, title, score, rank: 7, of: 3623, reasons };
  }
  async setConsent(...args: Parameters<WorkerApi["setConsent"]>): Promise<void> {
    this.#note("setConsent", ...args);
  }
  async panel(hand?: HandEvents) {
    this.#note("panel");
    for (const part of this.handed) await hand?.(part);
    return {
      events: [],
      facts: [],
      wishes: [],
      trials: 0,
      experiments: [],
      pausedUntilMs: null,
      profile: { features: [], categories: [] },
      segment: { state: "unknown" as const, why: "no-segments" as const },
      cleaned: { time: 0, duplicate: 0, rate: 0, isAutomated: false },
      interests: [{ word: "mug", weight: 0.5, items: ["a"] }],
      tastes: [{ item: "a", weight: 2, title: "Red Mug", categories: ["Kitchen"] }],
      reports: [sent],
      budget,
      plan: null,
      waiting: { why: "consent" as const, untilMs: null },
      parties: "one" as const,
      edition: null,
      stages: [],
      choice: null,
      storage: "memory" as const,
    };
  }
  async reportBytes(id: string): Promise<Uint8Array | null> {
    this.#note("reportBytes", id);
    return new Uint8Array([2, 3]);
  }
  async exportData(): Promise<TacitExport> {
    this.#note("exportData");
    return {
      format: "tacit-export",
      version: 3,
      exportedAt: "2026-03-01T00:00:00.000Z",
      consent: { personalise: true, contribute: false },
      events: [],
      tastes: [],
      userVector: [],
      cleaned: { time: 0, duplicate: 0, rate: 0, isAutomated: false },
      leftOut: [],
      facts: [],
      wishes: [],
      trials: [],
      experiments: [],
      profile: { features: [], categories: [] },
      segment: { state: "unknown", why: "no-segments" },
      interests: [],
      reports: [],
      budget,
      parties: "one",
      edition: null,
      choice: null,
    };
  }
  async exportFiles(): Promise<readonly ExportFile[]> {
    this.#note("exportFiles");
    return [{ name: "events.parquet", file: new Blob(["PAR1"]) }];
  }
  async wishes(): Promise<readonly Wish[]> {
    this.#note("wishes");
    return [];
  }
  async lists(...requests: Parameters<WorkerApi["lists"]>) {
    this.#note("lists", ...requests);
    return requests[0].map(() => [recommendation]);
  }
  async experiment(step: ExperimentStep): Promise<void> {
    this.#note("experiment", step);
  }
  async forget(...ids: Parameters<WorkerApi["forget"]>): Promise<void> {
    this.#note("forget", ...ids);
  }
  async requests(): Promise<MadeRequests> {
    return { originMs: 0, entries: [] };
  }
  async erase(): Promise<void> {
    this.#note("erase");
  }
  async move(step: MoveStep): Promise<MoveAnswer> {
    this.#note("move", step);
    return { state: "refused", why: "file" };
  }
  async contribute(): Promise<void> {
    this.#note("contribute");
  }
}

/** A store that holds one text whatever is asked for, or nothing, and takes nothing more. */
export function fullStore(text: string | null): { readonly store: TextStore; readonly tried: string[] } {
  const tried: string[] = [];
  const store = {
    read: () => text,
    write: (key: string) => {
      tried.push(key);
      return false;
    },
    remove: () => undefined,
    keys: () => [],
  };
  return { store, tried };
}

/**
 * A page whose edges a test holds in its hands. The file of the rest is there at once, within the call that wants it,
 * unless a test says otherwise (`loads`): what holds then is tested in rest.test.ts.
 */
export class FakePage implements Page<RestModule>, Edges {
  readonly address = "https://shop.example/family/bags?page=2";
  readonly store: TextStore;
  readonly privacyControl: boolean;
  readonly automated: boolean;
  readonly device: DeviceClass | null;
  here = "/family/bags";
  readonly workers: FakeWorker[] = [];
  readonly urls: string[] = [];
  readonly emptied: (readonly [name: string, known: KeptErased])[] = [];
  readonly left: (() => void)[] = [];
  readonly back: (() => void)[] = [];
  readonly idle: (() => void)[] = [];
  readonly hidden: (() => void)[] = [];
  readonly storeChanged: Parameters<Edges["onStoreChange"]>[0][] = [];
  /** Set for a prerendered page: what to run when it is shown. */
  shown: (() => void)[] | null = null;
  readonly #makeWorker: () => FakeWorker;

  constructor({
    makeWorker,
    store = memoryStore(),
    privacyControl = false,
    automated = false,
    device = null,
  }: {
    readonly makeWorker: () => FakeWorker;
    readonly store?: TextStore;
    readonly privacyControl?: boolean;
    readonly automated?: boolean;
    readonly device?: DeviceClass | null;
  }) {
    this.#makeWorker = makeWorker;
    this.store = store;
    this.privacyControl = privacyControl;
    this.automated = automated;
    this.device = device;
  }

  startWorker(url: string): FakeWorker {
    this.urls.push(url);
    const worker = this.#makeWorker();
    this.workers.push(worker);
    return worker;
  }
  path(): string {
    return this.here;
  }
  workerWays(_url: string, first: () => WorkerPort): readonly WorkerWay[] {
    return [{ name: "as a worker", start: first }];
  }
  readonly loaded: string[] = [];
  loads: PromiseLike<RestModule> = this.atOnce();
  loadRest(url: string): PromiseLike<RestModule> {
    this.loaded.push(url);
    return this.loads;
  }
  /** The rest, for whoever waits for it, before `then` returns. */
  atOnce(): PromiseLike<RestModule> {
    const there: RestModule = { begin: (loaded) => new Client(loaded, this).call };
    return {
      // biome-ignore lint/suspicious/noThenProperty: it stands for a promise that is kept already.
      then: (use) => Promise.resolve(use?.(there)) as never,
    };
  }
  /** Whether locks are held; null: the page has none. */
  held: boolean | null = null;
  async isHeld(_lock: string): Promise<boolean | null> {
    return this.held;
  }
  ask(_url: string): Promise<Response> | null {
    return null;
  }
  /** Whether there is a database. */
  has: boolean | null = null;
  refusesToEmpty = false;
  async hasDatabase(_name: string): Promise<boolean | null> {
    return this.has;
  }
  async emptyDatabase(name: string, known: KeptErased): Promise<void> {
    if (this.refusesToEmpty) throw new Error("erase: refused");
    this.emptied.push([name, known]);
  }
  readonly deleted: string[] = [];
  /** What a deletion waits for. */
  deleting: Promise<void> = Promise.resolve();
  async deleteDatabase(name: string): Promise<void> {
    await this.deleting;
    this.deleted.push(name);
  }
  onShown(run: () => void): void {
    if (this.shown === null) run();
    else this.shown.push(run);
  }
  onHidden(run: () => void): void {
    this.hidden.push(run);
  }
  onLeft(run: () => void): void {
    this.left.push(run);
  }
  onBack(run: () => void): void {
    this.back.push(run);
  }
  onStoreChange(run: FakePage["storeChanged"][number]): void {
    this.storeChanged.push(run);
  }
  whenIdle(_afterMs: number, run: () => void): void {
    this.idle.push(run);
  }
  isVisible = true;
  mayCompute(): boolean {
    return this.isVisible;
  }
  readonly intents: ((item: string) => void)[] = [];
  onIntent(run: (item: string) => void): void {
    this.intents.push(run);
  }
  isDebugged = false;
  overlay: (url: string) => Promise<OverlayModule> = () => Promise.reject(new Error("overlay: refused"));
  /** What the page's elements would track. */
  captured: TrackCaptured = () => undefined;
  /** For which journal, and how often all of the page was to be looked at again. */
  journal = "";
  looksAgain = 0;
  clicks(track: TrackCaptured, journal: string): Clicking {
    this.captured = track;
    this.journal = journal;
    return { stop: () => undefined };
  }
  capture(_track: TrackCaptured): Capture {
    return { lookAgain: () => void this.looksAgain++ };
  }
}
