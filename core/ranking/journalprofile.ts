/**
 * The profile of a journal, kept in step with it: an event that comes or goes costs what its own item's
 * events do, whatever the length of the journal, and one fold-in when the profile is next asked for.
 *
 * Weights are as of one moment, `asOfMs`. An hour later all tastes are weighed anew and what is solved is
 * scaled by one factor; only what did not age by that factor (events that were of the future) is put in anew.
 * At each moment it is what the events would give all at once (test/core/ranking/plainprofile.ts).
 */
import { Repetition } from "../events/cleaning/repetition.ts";
import { isEventKind, isPassive, type TacitEvent } from "../events/event.ts";
import { insertInOrder } from "../events/order.ts";
import { ageFactor, defaultHalfLifeMs, weightOf } from "../events/tastes.ts";
import { type FoldIn, Folding, type TasteRows } from "../foldin.ts";
import type { Ignored } from "../policy/listpolicy.ts";
import { hourMs } from "../time.ts";
import type { Leaning } from "./leaning.ts";
import type { RankingModel } from "./model.ts";
import { type Chosen, chosenFor } from "./parts.ts";
import type { Acts, Profile } from "./profile.ts";
import { History, type Told } from "./ranker/history.ts";
import type { FoldingRows } from "./shortcontent.ts";
import { Shown } from "./shown.ts";

export interface JournalAt {
  readonly events: Iterable<TacitEvent>;
  readonly nowMs: number;
  /** What an event counts half after, in milliseconds; 90 days unless given. */
  readonly halfLifeMs?: number;
}

/** What the journal says about the item of one row. */
interface ToldOfItem {
  readonly row: number;
  /** What weighs, oldest first, and how much each alone as of `asOfMs`. */
  readonly events: TacitEvent[];
  weights: number[];
  /** Sum of the weights, in that order; of what was done too often, of as much of them as counts. */
  taste: number;
  least: number;
  most: number;
  above: number;
  /** Likes and dislikes, oldest first: the last one counts. */
  readonly opinions: TacitEvent[];
  /**
   * How many events say that the person dealt with it; how often it was bought, without what was returned.
   */
  dealt: number;
  bought: number;
  /** The taste that the fold-in has of it. */
  folded: number;
}

export class JournalProfile implements Profile {
  readonly seen: Uint8Array;
  readonly bought: Uint8Array;
  readonly #disliked: Uint8Array;
  readonly #model: RankingModel;
  readonly #told = new Map<number, ToldOfItem>();
  readonly #repetition = new Repetition();
  readonly #history: History;
  readonly #shown: Shown;
  /** Of what was done too often, as much of the acts as counts; as of the last listing. */
  #excessive = new Map<ToldOfItem, Acts>();
  /** What was usual then, and whose acts or weights have changed since. */
  #usual = "";
  readonly #renewed = new Set<ToldOfItem>();
  /** Rows whose taste the fold-in does not have yet. */
  readonly #changed = new Set<ToldOfItem>();
  readonly #halfLifeMs: number;
  #asOfMs: number;
  #folding: Folding | null = null;
  #leanings: readonly Leaning[] = [];
  /** What is folded in on. */
  #foldedOn: FoldingRows | null = null;
  #chosen: Chosen | null = null;
  #solved: FoldIn | null | undefined;
  /** What has a taste, in a fixed order; null when it must be listed again. */
  #tasted: readonly ToldOfItem[] | null = null;
  #tastes: TasteRows | null = null;

  constructor(model: RankingModel, { events, nowMs, halfLifeMs = defaultHalfLifeMs }: JournalAt) {
    this.#model = model;
    this.#halfLifeMs = halfLifeMs;
    this.#asOfMs = nowMs;
    this.#history = new History(model);
    this.#shown = new Shown(model);
    this.seen = new Uint8Array(model.count);
    this.bought = new Uint8Array(model.count);
    this.#disliked = new Uint8Array(model.count);
    for (const event of events) this.add(event);
  }

  get disliked(): Uint8Array {
    this.#inOrder();
    return this.#disliked;
  }

  get tastes(): TasteRows {
    const tasted = this.#inOrder();
    this.#tastes ??= { items: tasted.map(({ row }) => row), weights: tasted.map(({ taste }) => taste) };
    return this.#tastes;
  }

  get acts(): readonly Acts[] {
    return this.#inOrder().map((told) => this.#excessive.get(told) ?? told);
  }

  get told(): Told {
    return this.#history.told(this.#asOfMs);
  }

  ignored(limits: Ignored, nowMs: number): readonly number[] {
    return this.#shown.ignored(limits, nowMs);
  }

  /** The event behind an act of a taste. */
  eventOf(taste: number, act: number): TacitEvent {
    return this.#inOrder()[taste].events[act];
  }

  /** Whether anything is liked, or said to be, so that there is something to solve. */
  get likes(): boolean {
    return this.#leanings.length > 0 || this.#inOrder().some(({ taste }) => taste > 0);
  }

  get leanings(): readonly Leaning[] {
    return this.#leanings;
  }

  /** What the person says from now on that they like. */
  lean(leanings: readonly Leaning[]): void {
    if (leanings === this.#leanings) return;
    this.#leanings = leanings;
    this.#chosen = null;
    this.#solved = undefined;
  }

  get chosen(): Chosen {
    const tastes = this.tastes;
    this.#chosen ??= chosenFor(this.#model, tastes, this.#leanings.length);
    return this.#chosen;
  }

  get solved(): FoldIn | null {
    if (this.#solved === undefined) this.#solved = this.#fold();
    return this.#solved;
  }

  /** An event that was not there; one about an item that the model does not know says nothing in it. */
  add(event: TacitEvent): void {
    this.#repeat(event, "add");
    this.#history.add(event);
    this.#shown.add(event);
    const row = this.#rowOf(event);
    if (row === undefined) return;
    const told = this.#told.get(row) ?? untold(row);
    this.#told.set(row, told);
    const weight = this.#weightOf(event);
    if (weight !== null) {
      const place = insertInOrder(told.events, event);
      told.weights.splice(place, 0, weight);
      if (place === told.events.length - 1) addWeight(told, weight);
      else sumUp(told);
    }
    if (marksDealt(event)) told.dealt++;
    told.bought += boughtBy(event);
    if (isOpinion(event)) insertInOrder(told.opinions, event);
    this.#change(told);
  }

  /** An event that was added, and is no more. */
  remove(event: TacitEvent): void {
    this.#repeat(event, "remove");
    this.#history.remove(event);
    this.#shown.remove(event);
    const row = this.#rowOf(event);
    const told = row === undefined ? undefined : this.#told.get(row);
    if (told === undefined) return;
    const place = told.events.findIndex(({ id }) => id === event.id);
    if (place >= 0) {
      told.events.splice(place, 1);
      told.weights.splice(place, 1);
      sumUp(told);
    }
    if (marksDealt(event)) told.dealt--;
    told.bought -= boughtBy(event);
    const opinion = told.opinions.findIndex(({ id }) => id === event.id);
    if (opinion >= 0) told.opinions.splice(opinion, 1);
    this.#change(told);
  }

  /** Weighs everything as of `nowMs`, once that is an hour away. */
  ageTo(nowMs: number): void {
    if (Math.abs(nowMs - this.#asOfMs) < hourMs) return;
    // The clock may have been set back, so that what aged is younger again.
    const passedMs = nowMs - this.#asOfMs;
    const halfLifeMs = this.#halfLifeMs;
    const factor = passedMs > 0 ? ageFactor(passedMs, halfLifeMs) : 1 / ageFactor(-passedMs, halfLifeMs);
    this.#asOfMs = nowMs;
    // After years nothing would be left of what is folded but its rounding.
    if (factor < 2 ** -20 || factor > 2 ** 20) this.#folding = null;
    else this.#folding?.scale(factor);
    for (const told of this.#told.values()) {
      told.weights = told.events.map((event) => this.#weightOf(event) ?? 0);
      sumUp(told);
      told.folded *= factor;
      if (Math.abs(told.folded - told.taste) <= roundingOf(told)) told.folded = told.taste;
      this.#change(told);
    }
  }

  /** As of `asOfMs`. */
  #weightOf(event: TacitEvent): number | null {
    return weightOf(event, { nowMs: this.#asOfMs, halfLifeMs: this.#halfLifeMs });
  }

  /** What is usual is told from all events that weigh, about items that the model knows and others. */
  #repeat(event: TacitEvent, change: "add" | "remove"): void {
    if (this.#weightOf(event) === null) return;
    this.#repetition[change](event);
    this.#tasted = null;
    this.#solved = undefined;
  }

  #rowOf({ item, kind }: TacitEvent): number | undefined {
    if (item === undefined || isPassive(kind) || !isEventKind(kind)) return undefined;
    return this.#model.rowOf.get(item);
  }

  #change(told: ToldOfItem): void {
    const { row, taste, opinions, dealt, bought, folded } = told;
    this.seen[row] = Number(dealt > 0);
    this.bought[row] = Number(bought > 0);
    this.#disliked[row] = Number(taste < 0 || opinions.at(-1)?.kind === "dislike");
    if (taste === folded) this.#changed.delete(told);
    else this.#changed.add(told);
    this.#renewed.add(told);
    this.#tasted = null;
    this.#solved = undefined;
  }

  #inOrder(): readonly ToldOfItem[] {
    if (this.#tasted !== null) return this.#tasted;
    this.#limitExcess();
    this.#tasted = [...this.#told.values()].filter(({ taste }) => taste !== 0);
    this.#tastes = null;
    this.#chosen = null;
    return this.#tasted;
  }

  /** What was done too often counts as far as is usual, and what is not any more counts in full. */
  #limitExcess(): void {
    const repeated = [...this.#repetition.repeated()].flatMap(
      (item) => this.#told.get(this.#model.rowOf.get(item) ?? -1) ?? [],
    );
    const before = this.#excessive;
    const { usual } = this.#repetition;
    // What was limited by the same, and is what it was, stays so.
    const isSame = usual === this.#usual;
    const limited = (told: ToldOfItem): Acts =>
      (isSame && !this.#renewed.has(told) && before.get(told)) || this.#asCounts(told);
    this.#excessive = new Map(repeated.map((told) => [told, limited(told)]));
    for (const told of before.keys()) {
      if (this.#excessive.has(told)) continue;
      sumUp(told);
      this.#change(told);
    }
    for (const [told, acts] of this.#excessive) {
      if (before.get(told) === acts) continue;
      told.taste = acts.weights.reduce((sum, weight) => sum + weight, 0);
      this.#change(told);
    }
    this.#usual = usual;
    this.#renewed.clear();
  }

  #asCounts({ events, weights }: ToldOfItem): Acts {
    const counting = weights.map((weight, act) => weight * this.#repetition.factorOf(events[act]));
    const least = counting.reduce((a, b) => Math.min(a, b));
    const most = counting.reduce((a, b) => Math.max(a, b));
    const above = counting.reduce((sum, weight) => sum + Math.max(0, weight), 0);
    return { weights: counting, least, most, above };
  }

  #fold(): FoldIn | null {
    if (!this.likes) return null;
    const tasted = this.#inOrder();
    const { joint } = this.chosen;
    const isOther = joint !== this.#foldedOn;
    if (this.#folding === null || isOther || this.#changed.size > tasted.length / 2) {
      this.#folding = new Folding(joint.rows, joint);
      this.#foldedOn = joint;
      this.#folding.add(this.tastes);
      for (const told of this.#told.values()) told.folded = told.taste;
    } else {
      for (const { row, folded, taste } of this.#changed)
        this.#folding.change(row, { from: folded, to: taste });
    }
    for (const told of this.#changed) told.folded = told.taste;
    this.#changed.clear();
    return this.#folding.solved(
      tasted.length,
      this.#leanings.map(({ tastes }) => tastes),
    );
  }
}

function untold(row: number): ToldOfItem {
  const nothing = { taste: 0, least: 0, most: 0, above: 0, dealt: 0, bought: 0, folded: 0 };
  return { row, events: [], weights: [], opinions: [], ...nothing };
}

function addWeight(told: ToldOfItem, weight: number): void {
  const isFirst = told.weights.length === 1;
  told.taste += weight;
  told.above += Math.max(0, weight);
  told.least = isFirst ? weight : Math.min(told.least, weight);
  told.most = isFirst ? weight : Math.max(told.most, weight);
}

function sumUp(told: ToldOfItem): void {
  told.taste = 0;
  told.above = 0;
  told.least = told.weights.length === 0 ? 0 : Number.POSITIVE_INFINITY;
  told.most = told.weights.length === 0 ? 0 : Number.NEGATIVE_INFINITY;
  for (const weight of told.weights) {
    told.taste += weight;
    told.above += Math.max(0, weight);
    told.least = Math.min(told.least, weight);
    told.most = Math.max(told.most, weight);
  }
}

/** How far two ways to age the same sum may be apart. */
function roundingOf({ weights }: ToldOfItem): number {
  let size = 0;
  for (const weight of weights) size += Math.abs(weight);
  return 1e-13 * size;
}

/** Whether the person dealt with the item, beyond seeing and clicking it. */
function marksDealt({ kind }: TacitEvent): boolean {
  return !isPassive(kind) && kind !== "click";
}

function boughtBy({ kind }: TacitEvent): number {
  return Number(kind === "purchase") - Number(kind === "refund");
}

function isOpinion({ kind }: TacitEvent): boolean {
  return kind === "like" || kind === "dislike";
}
