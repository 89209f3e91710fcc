/**
 * The rest of the SDK on a page: the worker, hand-over, answers, what is seen, erasing, other tabs. It is
 * made once its file has come, of the core that runs already, and keeps nothing that the core has.
 */
import type { Wish } from "../../core/policy/wish.ts";
import type { ConsentFlags, ExperimentStep, Kept, WorkerNotice } from "../../worker/api.ts";
import type { Capture } from "../capture.ts";
import { type Settings, settingsFrom } from "../config.ts";
import type { Edges } from "../edges.ts";
import { Erasure } from "../erasure.ts";
import { Gate } from "../gate.ts";
import { KeptCopy } from "../kept.ts";
import { lastErasure } from "../leftahead.ts";
import type { WorkerLink } from "../link.ts";
import type { Page } from "../page.ts";
import type { Begun, Misread, Rest, Steered } from "../parts.ts";
import { Questions } from "../questions.ts";
import { Outbox } from "../queue.ts";
import type { ConsentState, TacitConfig } from "../types.ts";
import { isAhead } from "../writeahead.ts";
import { ListsAhead } from "./ahead.ts";
import { type Answers, answersOf } from "./answers.ts";
import type { Core } from "./core.ts";
import { tellFault } from "./faults.ts";
import { tellNotice } from "./notices.ts";
import { workerLink } from "./starting.ts";
import { undoOf } from "./undo.ts";
import { Variants } from "./variants.ts";

/** At a developer's server it answers when the report is through, elsewhere at once or after one step. */
const contributeLimitMs = 120_000;
/** A page that lives has long handed over by then what it wrote ahead. */
const takeOverAfterMs = 2_000;

export class WholePage implements Rest {
  readonly #core: Core;
  readonly #page: Page;
  readonly #edges: Edges;
  readonly #kept: KeptCopy;
  readonly #erasure: Erasure;
  readonly #outbox: Outbox;
  readonly #questions: Questions;
  readonly #answers: Answers;
  readonly #variants: Variants;
  /** Null until a configuration was found right. */
  #settings: Settings | null = null;
  /** Open once the page is initialised and shown; every question waits for it. */
  readonly #link = new Gate<WorkerLink>();
  /** Null where the site's date of defaults has none, and until the page is shown. */
  #ahead: ListsAhead | null = null;
  #contributionDue = false;
  #takeOver: ReturnType<typeof setTimeout> | undefined;
  /** Null until the page is initialised and shown. */
  #capture: Capture | null = null;

  constructor(core: Core, edges: Edges) {
    const { page, permissions, recorder, troubles } = core;
    this.#core = core;
    this.#page = page;
    this.#edges = edges;
    this.#kept = new KeptCopy(core.store, permissions);
    this.#erasure = new Erasure({
      store: core.store,
      due: page.store,
      hasDatabase: (name) => page.hasDatabase(name),
      ...{ edges, kept: this.#kept },
    });
    this.#outbox = new Outbox({
      recorder,
      send: async (events) =>
        (await this.#questions.started("track")).call("track", (worker) => worker.append(events())),
      onError: (error) => troubles.report(error),
    });
    this.#questions = new Questions({
      link: this.#link,
      flush: () => this.#outbox.flush(),
      troubles,
      noteList: (listed) => core.note("list", listed),
      ahead: () => this.#ahead,
    });
    this.#answers = answersOf(this.#questions);
    this.#variants = new Variants({
      store: core.store,
      path: () => edges.path(),
      isPermitted: () => this.#mayContribute(),
      onShown: (experiment, atMs) => void this.#experiment({ step: "shown", experiment, atMs }),
    });
  }

  configure(config: TacitConfig): void {
    const { files } = this.#core;
    try {
      this.#settings = settingsFrom(config, { address: this.#page.address, files });
    } catch (cause) {
      this.#core.isConfigured = false;
      this.#link.refuse(new Error("expected the SDK to be started, got a configuration that was refused"));
      throw cause;
    } finally {
      this.#openOverlay();
    }
    this.#core.begin(this.#settings);
  }

  run(begun: Begun): void {
    if (this.#settings === null) return;
    const settings = this.#settings;
    this.#kept.restore();
    const link = workerLink({
      edges: this.#edges,
      settings,
      begun,
      flags: () => this.#flags(),
      mayStore: () => this.#core.mayStore,
      onNotice: (notice) => this.#core.attempt(() => this.#onNotice(notice)),
      keepCopy: (kept, isAll) => this.#keepCopy(kept, isAll),
      on: (state) => {
        this.#core.note("worker", state);
        if (state === "runs") this.#outbox.sendAgain();
      },
      onError: (error) => this.#report(error),
    });
    if (settings.behaviour.computesAhead) this.#computeAhead();
    this.#link.open(link);
    this.#dropArms();
    this.#erasure.begin(settings.database);
    // Before any question: an earlier page was asked to erase, and did not come to it. What this one was
    // asked waits here.
    const { dueMs } = this.#erasure;
    if (dueMs !== null && dueMs !== this.#core.erasedMs) void this.#erase(dueMs);
    void link.call("init", async () => undefined).catch((error: unknown) => this.#report(error));
    this.#outbox.open();
    this.#edges.onStoreChange((key, text) => this.#core.attempt(() => this.#onStoreChange(key, text)));
    this.#edges.onHidden(() => this.#outbox.hidden());
    this.#edges.onLeft(() => this.#leave(link));
    this.#edges.onBack(() => this.#core.attempt(() => this.#comeBack(link)));
    const { clicking } = begun;
    const { trackCaptured } = this.#core;
    if (clicking !== null) {
      clicking.stop();
      this.#capture = this.#edges.capture(trackCaptured, settings.behaviour, () => this.#stamp());
    }
    this.#contributeSoon();
  }

  /** The same for as long as nothing was erased, in any tab, and the permission is what it is. */
  #stamp(): string {
    const { permissions, erasedMs } = this.#core;
    return `${lastErasure(this.#core.store)} ${erasedMs} ${permissions.state().personalise}`;
  }

  #computeAhead(): void {
    const { permissions, recorder } = this.#core;
    const { store } = this.#core;
    this.#ahead = new ListsAhead({
      stamp: () => `${recorder.changes} ${lastErasure(store)} ${permissions.state().personalise}`,
      mayCompute: () => this.#edges.mayCompute(),
      whenIdle: (afterMs, run) => this.#edges.whenIdle(afterMs, run),
      nowMs: () => Date.now(),
    });
    this.#edges.onIntent((item) => this.#core.attempt(() => this.#questions.intends(item)));
  }

  permissionsChanged(before: ConsentState, state: ConsentState): void {
    if (state.personalise && !before.personalise) this.#capture?.lookAgain();
    this.#dropArms();
    // Also where only its reason has changed: a choice that says what held anyway has to outlive the default.
    void this.#without(this.#tellWorker());
    this.#contributeSoon();
  }

  forgotten(): void {
    this.#outbox.forget();
    this.#variants.forget();
  }

  variant(args: readonly unknown[], atMs: number): unknown {
    return this.#variants.of(args, atMs);
  }

  async answer(name: string, args: readonly unknown[]): Promise<unknown> {
    if (name === "erase") return this.#without(this.#erase(Number(args[0])));
    if (name === "leave") return this.#experiment({ step: "leave", experiment: String(args[0]) });
    // What the core puts there (client.ts).
    if (name === "steer") return this.#undo((args[0] as () => Steered)());
    const answer = Reflect.apply(this.#answers[name as keyof Answers], this.#answers, args);
    return name === "forget" || name === "move" ? this.#without(answer) : answer;
  }

  /** What takes away, or changes whose lists they are: none is given from before. */
  #without<T>(done: Promise<T>): Promise<T> {
    return this.#ahead === null ? done : this.#ahead.while(done);
  }

  fault(of: Misread, args: readonly unknown[]): void {
    tellFault(of, args, this.#core.troubles);
  }

  #undo(steered: Steered): Promise<() => void> {
    const { wished, troubles } = this.#core;
    const attempt = (run: () => void): void => troubles.attempt(run);
    return undoOf(steered, { held: this.#wishes(), wished, attempt });
  }

  async #wishes(): Promise<readonly Wish[]> {
    try {
      return await (await this.#questions.started("steer")).call("steer", (worker) => worker.wishes());
    } catch (error) {
      this.#report(error);
      return [];
    }
  }

  /** Erases what came before that moment, and tells whoever shows it: without a worker nobody else would. */
  async #erase(atMs: number): Promise<void> {
    this.#core.erasedMs = Math.max(atMs, this.#core.erasedMs);
    try {
      await this.#erasure.run(this.#link.value, (error) => this.#report(error), atMs);
    } catch (error) {
      this.#report(error);
    }
    this.#core.listeners.tell("change", undefined);
  }

  #openOverlay(): void {
    if (!this.#page.isDebugged) return;
    const { version, files, notes, permissions } = this.#core;
    this.#edges
      .overlay(this.#settings?.debug ?? files("debug.js"))
      .then(({ open }) =>
        open({
          version,
          notes,
          settings: this.#settings,
          consent: permissions,
          outbox: this.#outbox,
          link: this.#link,
        }),
      )
      .catch((error) => this.#report(error));
  }

  #keepCopy(kept: Kept, isAll: boolean): Kept {
    const all = isAll ? this.#kept.merge(kept) : this.#kept.hear(kept);
    this.#core.writeAhead();
    this.#core.attempt(() => this.#core.permissionsMayDiffer());
    return all;
  }

  #leave(link: WorkerLink): void {
    this.#kept.restore();
    link.leave();
  }

  #comeBack(link: WorkerLink): void {
    link.comeBack();
    this.#ahead?.changed();
    this.#storeMayDiffer();
    void this.#outbox.flush();
  }

  #onNotice(notice: WorkerNotice): void {
    this.#core.note("notice", notice);
    if (notice.type !== "report" && notice.type !== "trouble") this.#ahead?.changed();
    if (notice.type === "back") this.#outbox.sendAgain();
    else if (notice.type === "arms") this.#variants.learn(notice.arms);
    else tellNotice(notice, this.#core);
    // A new edition may bring new tasks.
    if (notice.type === "edition" && notice.isWhole) this.#contributeSoon();
  }

  #onStoreChange(key: string | null, text: string | null): void {
    if (key !== null) this.#core.permissions.hear(key, text);
    this.#core.takeChosen();
    if (isAhead(key)) this.#takeOverSoon();
    else this.#storeMayDiffer();
  }

  /** An event of another page: it hands it over itself, unless it has gone. */
  #takeOverSoon(): void {
    if (this.#takeOver !== undefined) return;
    this.#takeOver = setTimeout(() => {
      this.#takeOver = undefined;
      this.#core.attempt(() => this.#core.recorder.takeOver());
    }, takeOverAfterMs);
  }

  /** Another tab chose, or erased, or the site cleared what is kept here. */
  #storeMayDiffer(): void {
    this.#core.permissionsMayDiffer();
    this.#kept.restore();
    this.#core.writeAhead();
  }

  async #tellWorker(): Promise<void> {
    const link = this.#link.value;
    // A worker that starts later is told then.
    if (link === null) return;
    try {
      await link.call("consent", (worker) =>
        worker.setConsent(this.#flags(), this.#core.permissions.choices()),
      );
    } catch (error) {
      this.#report(error);
    }
  }

  #contributeSoon(): void {
    if (this.#contributionDue || !this.#flags().contribute || this.#link.value === null) return;
    this.#contributionDue = true;
    // Not later: a page may be short, and the worker has times of its own for what it does.
    this.#edges.whenIdle(0, () => {
      this.#contributionDue = false;
      if (!this.#flags().contribute) return;
      void this.#questions.ask(
        "contribute",
        undefined,
        () => (worker) => worker.contribute(),
        () => contributeLimitMs,
      );
    });
  }

  #experiment(step: ExperimentStep): Promise<void> {
    return this.#questions.ask("variant", undefined, () => (worker) => worker.experiment(step));
  }

  /** What is in localStorage may be of a time when the person contributed. */
  #dropArms(): void {
    if (!this.#mayContribute()) this.#variants.forget();
  }

  #mayContribute(): boolean {
    const { personalise, contribute } = this.#flags();
    return personalise && contribute;
  }

  #flags(): ConsentFlags {
    const { personalise, contribute } = this.#core.permissions.state();
    return { personalise, contribute };
  }

  #report(error: unknown): void {
    this.#core.troubles.report(error);
  }
}
