/**
 * Questions about the catalogue, answered from the model in force and the person's profile. Where the head
 * alone has come and says too little, the whole model is waited for.
 */
import type { TacitEvent } from "../../core/events/event.ts";
import type { Wish } from "../../core/policy/wish.ts";
import type { LocalTimeOf } from "../../core/time.ts";
import type {
  ExplainOptions,
  Explanation,
  ForYouOptions,
  ListOptions,
  ListRequest,
  Recommendation,
  TrendingOptions,
} from "../api.ts";
import type { OnTrial } from "../contribute/trials.ts";
import { type Notify, troubleOf } from "../edges.ts";
import type { EventLog } from "../events/eventlog.ts";
import type { Editions } from "../rank/editions.ts";
import type { Model } from "../rank/model.ts";
import * as ranking from "../rank/recommend.ts";
import { UnknownItems } from "../rank/unknown.ts";
import type { FreeText } from "../texts/freetext.ts";
import type { Person } from "./person.ts";

export interface AnswersParts {
  readonly editions: Pick<Editions, "current" | "inForce" | "whole">;
  readonly freeText: Pick<FreeText, "answer">;
  readonly person: Pick<Person, "profile">;
  /** What the person asked of the shelf. */
  readonly wishes: () => Promise<readonly Wish[]>;
  readonly onTrial: OnTrial;
  readonly notify: Notify;
  readonly nowMs: () => number;
  readonly localTimeOf: LocalTimeOf;
  /** So long a list waits for what would make it better. */
  readonly listWait: () => Promise<void>;
  /** What may be known now; empty for whoever does not want to be known. */
  readonly log: () => Promise<EventLog>;
}

export class Answers {
  readonly #parts: AnswersParts;
  readonly #unknown = new UnknownItems();

  constructor(parts: AnswersParts) {
    this.#parts = parts;
  }

  async forYou(options: ForYouOptions, beside?: readonly string[]): Promise<readonly Recommendation[]> {
    const { person } = this.#parts;
    const model = await this.#modelOfTastes();
    this.tellUnknown("recommend: exclude", options.exclude);
    const profile = await person.profile(model, options.without);
    const list = ranking.forYou(model, profile, { ...options, ...(await this.#asked(beside)) });
    // Afterwards: what is no list of pins has been refused by then.
    this.tellUnknown("recommend: pin", pinnedIn(options));
    return this.#parts.onTrial(list, options, model);
  }

  async similar(
    item: string,
    options: ListOptions,
    beside?: readonly string[],
  ): Promise<readonly Recommendation[]> {
    const model = await this.#modelWith(item);
    this.tellUnknown("similar: exclude", options.exclude);
    return ranking.similar(model, item, { ...options, ...(await this.#asked(beside)) });
  }

  async goesWith(
    items: readonly string[],
    options: ListOptions,
    beside?: readonly string[],
  ): Promise<readonly Recommendation[]> {
    const model = await this.#modelWithSome(items);
    const list = ranking.goesWith(model, items, { ...options, ...(await this.#asked(beside)) });
    // Afterwards: where none of them is known, that has thrown, and is told once.
    this.tellUnknown("goesWith", items);
    this.tellUnknown("goesWith: exclude", options.exclude);
    return list;
  }

  async search(
    text: string,
    options: ListOptions,
    beside?: readonly string[],
  ): Promise<readonly Recommendation[]> {
    const { editions, freeText } = this.#parts;
    const model = await editions.whole();
    this.tellUnknown("search: exclude", options.exclude);
    const answer = await freeText.answer(model, text);
    return ranking.search(model, answer, { ...options, ...(await this.#asked(beside)) });
  }

  async trending(options: TrendingOptions, beside?: readonly string[]): Promise<readonly Recommendation[]> {
    const model = await this.#parts.editions.inForce();
    this.tellUnknown("trending: exclude", options.exclude);
    return ranking.trending(model, { ...options, ...(await this.#asked(beside)) });
  }

  /** The lists of one page, in that order: no item, and no variant of one, stands in two of them. */
  async lists(requests: readonly ListRequest[]): Promise<readonly (readonly Recommendation[])[]> {
    const lists: (readonly Recommendation[])[] = [];
    for (const request of requests) {
      const beside = lists.flat().map(({ item }) => item);
      // One that cannot be answered says so, and leaves the others theirs.
      const list = await this.#listOf(request, beside).catch((cause) => {
        this.#parts.notify(troubleOf("lists", cause));
        return [];
      });
      lists.push(list);
    }
    return lists;
  }

  #listOf(request: ListRequest, beside: readonly string[]): Promise<readonly Recommendation[]> {
    switch (request.list) {
      case "recommend":
        return this.forYou(request, beside);
      case "similar":
        return this.similar(request.item, request, beside);
      case "goesWith":
        return this.goesWith(request.items, request, beside);
      case "search":
        return this.search(request.text, request, beside);
      case "trending":
        return this.trending(request, beside);
    }
  }

  async explain(item: string, options: ExplainOptions): Promise<Explanation> {
    const model = await this.#modelWith(item);
    const profile = await this.#parts.person.profile(model, options.without);
    return ranking.explain(model, profile, item, { ...options, ...(await this.#asked()) });
  }

  /**
   * When and by whom: a list and an explanation of it are of the same moment, and keep to the same wishes.
   */
  async #asked(beside: readonly string[] = []): Promise<ranking.Asked> {
    const { nowMs, localTimeOf, wishes } = this.#parts;
    const atMs = nowMs();
    return { nowMs: atMs, local: localTimeOf(atMs), wishes: await wishes(), beside };
  }

  /** Says which items the catalogue does not have, once all of it has come. */
  tellUnknown(who: string, items: readonly (string | undefined)[] = []): void {
    const { editions, notify } = this.#parts;
    const tell = (model: Model): void => {
      for (const message of this.#unknown.complaints(who, items, model)) notify({ type: "trouble", message });
    };
    if (editions.current?.isWhole === true) tell(editions.current);
    // Whoever began the download gets its failure.
    else if (items.length > 0) void editions.whole().then(tell, () => undefined);
  }

  /** The model in force; one that knows the item, when the edition has it. */
  async #modelWith(item: string): Promise<Model> {
    const { editions } = this.#parts;
    const model = await editions.inForce();
    return model.rowOf.has(item) ? model : editions.whole();
  }

  /**
   * The model in force. Where that is the head alone and knows some of the items, the whole one is worth
   * waiting for, a little: the others may have left the shop. Where it knows none, the whole one alone can
   * say anything.
   */
  async #modelWithSome(items: readonly string[]): Promise<Model> {
    const { editions } = this.#parts;
    const model = await editions.inForce();
    const known = items.filter((item) => model.rowOf.has(item)).length;
    if (model.isWhole || known === items.length) return model;
    return known === 0 ? editions.whole() : this.#wholeSoon();
  }

  /**
   * The model in force. While that is the head alone and does not know what the person dealt with, the whole
   * one is worth waiting for, a little.
   */
  async #modelOfTastes(): Promise<Model> {
    const { editions, log } = this.#parts;
    const model = await editions.inForce();
    if (model.isWhole) return model;
    const isUnknown = ({ item }: TacitEvent): boolean => item !== undefined && !model.rowOf.has(item);
    return (await log()).all().some(isUnknown) ? this.#wholeSoon() : model;
  }

  /** The whole model, or the one in force where that takes longer than a little. */
  async #wholeSoon(): Promise<Model> {
    const { editions, listWait } = this.#parts;
    await Promise.race([editions.whole(), listWait()]);
    return editions.inForce();
  }
}

function pinnedIn({ pin = [] }: ForYouOptions): readonly string[] {
  return pin.map(({ item }) => item);
}
