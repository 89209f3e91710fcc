/**
 * The second stage in time: the ranking of a device (core/ranking/) over parts learned from everything before a day
 * without noise, and the ranker learned from the months before it.
 *
 * A month of labels is of people as they were when it began: parts, features and proposals are of what was known then
 * (Example of core/ranking/ranker/examples.ts).
 */
import type { TacitEvent } from "../../core/events/event.ts";
import { jointDefaults, jointRows, scaleToLength } from "../../core/model/joint.ts";
import { quantizeRows } from "../../core/model/quantize.ts";
import type { RankerWeights } from "../../core/model/ranker.ts";
import type { ListPolicy } from "../../core/policy/listpolicy.ts";
import { bestRows } from "../../core/ranking/best.ts";
import { JournalProfile } from "../../core/ranking/journalprofile.ts";
import { type RankingModel, rankingModel } from "../../core/ranking/model.ts";
import { rank } from "../../core/ranking/pipeline.ts";
import type { Question } from "../../core/ranking/question.ts";
import { statisticsOf } from "../../core/ranking/ranker/examples.ts";
import type { ListStatistics } from "../../core/ranking/ranker/statistics.ts";
import type { PlacedUnit } from "../../core/ranking/ranker/units.ts";
import { weighedRecent } from "../../core/ranking/recent.ts";
import { seededRandom } from "../../core/seeded.ts";
import type { LocalTime } from "../../core/time.ts";
import { publishedWeights } from "../../server/kinds/itempairs/part.ts";
import { contentVectors } from "../../server/publishing/import/content.ts";
import { mixesFor } from "../../server/publishing/pairdrafts.ts";
import { interactionsOf, trainAls } from "../../server/publishing/train/als.ts";
import { seededFill } from "../crowds.ts";
import { pairSettingsFor } from "../privacysettings.ts";
import { learnPairs } from "../privatepairs.ts";
import type { OrderLine } from "../shop.ts";
import { k, type ListsOf } from "./judging.ts";
import type { JudgedCustomer, Month } from "./month.ts";

export interface RankedMonth {
  readonly month: Month;
  readonly fromMs: number;
  /** Everything that ranks but the ranker. */
  readonly parts: Parameters<typeof rankingModel>[0];
}

export interface LearningParts {
  readonly contentDim: number;
  readonly dim: number;
  readonly sweeps: number;
}

/** Parts as an edition would have them on the day: content, exact factors, pairs and what is wanted lately. */
export function learnedMonth(
  month: Month,
  fromMs: number,
  { contentDim, dim, sweeps }: LearningParts,
): RankedMonth {
  const { items, train } = month;
  const content = quantizeRows(contentVectors(items, { dim: contentDim }), items.length, contentDim);
  const factors = trainAls(interactionsOf(train, items.length), {
    ...{ dim, sweeps, alpha0: 0.3, lambda: 0.003, random: seededRandom(1) },
  });
  const { settings } = pairSettingsFor({ people: train.length, epsilon: null });
  const bought = month.boughtWithin(14);
  const people = train.map((person, at) => ({ ...person, recent: bought[at] }));
  const learned = learnPairs({ people, content, contentDim, fill: seededFill(1) }, settings);
  const [mix] = mixesFor(train.length, 0);
  const listed = Int32Array.from(items.keys());
  const shares = Float64Array.from(items, () => 0);
  for (const person of train) for (const row of Array.from(person.items)) shares[row] += 1 / train.length;
  const { contentScale, popularityWeight, popularityPower, factorLength, joint } = jointDefaults;
  return {
    ...{ month, fromMs },
    parts: {
      cards: items,
      shares,
      jointRows: () =>
        jointRows({
          ...{ content, contentDim, contentScale, popularityWeight, popularityPower, popularity: shares },
          factors: quantizeRows(factors, items.length, dim),
          factorDim: dim,
          factorScale: scaleToLength(factors, dim, factorLength),
        }),
      ...joint,
      pairs: {
        ...{ pattern: learned.pattern, ...publishedWeights(learned.pattern, learned.weights) },
        ...{ listed, rows: listed, weight: mix.pairWeight },
      },
      ...(learned.recent === null
        ? {}
        : {
            recent: weighedRecent(
              { ...learned.recent, shares: Float32Array.from(learned.recent.shares) },
              shares,
              mix,
            ),
          }),
    },
  };
}

export function modelOf({ parts }: RankedMonth, without: Without = {}): RankingModel {
  const { pairs, recent, cards, ...rest } = parts;
  return rankingModel({
    ...rest,
    cards: without.variants === true ? cards.map(({ group: _group, ...card }) => card) : cards,
    ...(without.pairs === true ? {} : { pairs, recent }),
    ...(without.ranker === undefined ? {} : { ranker: without.ranker }),
  });
}

export interface Without {
  /** Neither pairs nor what is wanted lately. */
  readonly pairs?: boolean;
  /** Sizes and colours of one product are listed each. */
  readonly variants?: boolean;
  readonly ranker?: RankerWeights;
}

type Asked = Omit<Extract<Question, { readonly by: "person" }>, "includeSeen" | "by">;

/** A customer as a device has them on the day. */
export function askedFor(model: RankingModel, { before }: JudgedCustomer, nowMs: number): Asked {
  const profile = new JournalProfile(model, { events: eventsOf(before), nowMs });
  return { model, profile, nowMs, local: localTime(nowMs) };
}

/** As a journal has them. */
export function eventsOf(lines: readonly OrderLine[]): readonly TacitEvent[] {
  return lines.map(purchaseOf);
}

function purchaseOf({ item, atMs }: OrderLine, at: number): TacitEvent {
  return { id: String(at).padStart(6, "0"), kind: "purchase", item, atMs };
}

/** The shop's hours are told in its own time. */
export function localTime(atMs: number): LocalTime {
  const date = new Date(atMs);
  return { hour: date.getUTCHours(), weekday: (date.getUTCDay() + 6) % 7 };
}

/** What a device lists on the day. */
export function deviceLists(model: RankingModel, nowMs: number, policy?: ListPolicy): ListsOf {
  const best = (question: Question): Uint32Array => bestRows(rank(question), k);
  return (customer) => {
    const asked = { ...askedFor(model, customer, nowMs), policy };
    // Some look at one of the two alone.
    return {
      get whole() {
        return best({ ...asked, by: "person", includeSeen: true });
      },
      get fresh() {
        return best({ ...asked, by: "person" });
      },
    };
  };
}

/** Statistics of everybody who bought something in the month that was looked at. */
export function monthStatistics(
  ranked: RankedMonth,
  units: readonly PlacedUnit[],
): readonly ListStatistics[] {
  const model = modelOf(ranked);
  return ranked.month.judged.flatMap((customer) => {
    const person = askedFor(model, customer, ranked.fromMs);
    return statisticsOf({ person, wanted: customer.all }, units) ?? [];
  });
}
