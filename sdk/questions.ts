/** Questions to the worker, each answered knowing every event tracked before it, or plainly. */
import type { Remote } from "comlink";
import type {
  ForYouOptions,
  ListRequest,
  Recommendation,
  TrendingOptions,
  WorkerApi,
} from "../worker/api.ts";
import type { Gate } from "./gate.ts";
import type { WorkerLink } from "./link.ts";
import { WorkerLost } from "./lost.ts";
import type { Listed } from "./notes.ts";
import { optionKeys, plainOptions, plainRequest } from "./plain.ts";
import type { ListsAhead } from "./rest/ahead.ts";
import type { Troubles } from "./troubles.ts";
import { tellUnknown } from "./unknown.ts";
import { within } from "./within.ts";

/** How long a question may wait for `init`. */
const startLimitMs = 10_000;
/** What says which list is asked for, and about what. */
const requestKeys = ["list", "item", "items", "text"] as const;
/** How long it may take in all. */
export const answerLimitMs = 12_000;

/** What is asked of the worker. */
export type AskWorker<T> = (worker: Remote<WorkerApi>) => Promise<T>;

export interface QuestionsOptions {
  /** Open once the page is initialised and shown; every question waits for it. */
  readonly link: Gate<WorkerLink>;
  /** Hands over what was tracked so far. */
  readonly flush: () => Promise<void>;
  readonly troubles: Troubles;
  readonly noteList: (listed: Listed) => void;
  /** Lists that are computed ahead; null where none are. */
  readonly ahead: () => ListsAhead | null;
}

/** What is asked of the worker, and about what. */
export interface ListQuestion {
  readonly about?: unknown;
  readonly ask: AskWorker<readonly Recommendation[]>;
}

export class Questions {
  readonly #options: QuestionsOptions;

  /** How this page asked for what is similar; null while it did not. */
  #similar: ForYouOptions | null = null;

  constructor(options: QuestionsOptions) {
    this.#options = options;
  }

  started(who: string): Promise<WorkerLink> {
    const expected = `${who}: expected init to be called and the page to be shown`;
    return this.#options.link.pass(startLimitMs, expected);
  }

  /**
   * The worker's answer to a question, or the plain answer.
   *
   * @param limitOf milliseconds, known once the question was read.
   */
  async ask<T>(
    who: string,
    plain: T,
    question: () => AskWorker<T>,
    limitOf: () => number = () => answerLimitMs,
  ): Promise<T> {
    try {
      const ask = question();
      return await this.#inTime(who, ask, limitOf());
    } catch (error) {
      this.#options.troubles.report(error);
      return plain;
    }
  }

  /** @param question read once: an iterator gives its ids once, and a worker may be asked again. */
  async list(
    who: Listed["who"],
    given: Listed["given"],
    question: (plain: ForYouOptions & TrendingOptions) => ListQuestion,
  ): Promise<readonly Recommendation[]> {
    const { ahead, noteList, troubles } = this.#options;
    const askedMs = performance.now();
    let list: readonly Recommendation[] = [];
    try {
      const plain = this.plainOptions(who, given.options);
      const { about, ask } = question(plain);
      const answer = () => this.#inTime(who, ask, answerLimitMs);
      const kept = plain.name === undefined ? ahead() : null;
      if (who === "similar") this.#similar = plain;
      list = await (kept === null ? answer() : kept.answer(keyOf(who, about, plain), answer));
    } catch (error) {
      troubles.report(error);
    }
    noteList({ who, given, askedMs, list });
    return list;
  }

  /** A person is about to look at an item: what is similar to it is wanted soon, if this page has asked for such. */
  intends(item: string): void {
    const plain = this.#similar;
    if (plain === null) return;
    const ask: AskWorker<readonly Recommendation[]> = (worker) => worker.similar(item, plain);
    this.#options
      .ahead()
      ?.expect(keyOf("similar", item, plain), () => this.#inTime("similar", ask, answerLimitMs));
  }

  /** One list a name; one that means nothing is told, and leaves the others theirs. */
  async lists<Name extends string>(
    requests: Readonly<Record<Name, ListRequest>>,
  ): Promise<Readonly<Record<Name, readonly Recommendation[]>>> {
    const { troubles } = this.#options;
    const named: [name: string, request: ListRequest][] = [];
    const lists = await this.ask<readonly (readonly Recommendation[])[]>("lists", [], () => {
      for (const [name, request] of Object.entries(requests ?? {})) {
        troubles.attempt(() => named.push([name, plainRequest(name, request)]));
        const { list } = Object(request);
        const known = Object.hasOwn(optionKeys, list) ? optionKeys[list as keyof typeof optionKeys] : null;
        if (known !== null) tellUnknown(troubles, `lists: ${name}`, request, [...requestKeys, ...known]);
      }
      return (worker) => worker.lists(named.map(([, request]) => request));
    });
    const found = new Map(named.map(([name], at) => [name, lists[at]]));
    // The cast says what the question does: an answer a name.
    return Object.fromEntries(
      Object.keys(requests ?? {}).map((name) => [name, found.get(name) ?? []]),
    ) as Record<Name, readonly Recommendation[]>;
  }

  plainOptions(who: keyof typeof optionKeys, options: unknown): ForYouOptions & TrendingOptions {
    const plain = plainOptions(who, options);
    tellUnknown(this.#options.troubles, `${who}: options`, options, optionKeys[who]);
    return plain;
  }

  #inTime<T>(who: string, ask: AskWorker<T>, limitMs: number): Promise<T> {
    const late = new WorkerLost(`${who}: expected an answer within ${limitMs} ms, got none`);
    return within(this.#answer(who, ask, limitMs), limitMs, late);
  }

  async #answer<T>(who: string, ask: AskWorker<T>, limitMs: number): Promise<T> {
    const link = await this.started(who);
    await this.#options.flush();
    return link.call(who, ask, limitMs);
  }
}

function keyOf(who: string, about: unknown, plain: object): string {
  return JSON.stringify([who, about, plain]);
}
