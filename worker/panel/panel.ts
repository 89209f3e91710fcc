/**
 * Everything the device holds about the person, put together for the person: to look at, and to take along.
 */

import { deviceWhy } from "../../core/choosing/devicewords.ts";
import { isPossibleTime } from "../../core/events/cleaning/times.ts";
import { interestsOf } from "../../core/events/interests.ts";
import { eventWeights, tastesOf } from "../../core/events/tastes.ts";
import { pauseFact } from "../../core/facts/steering.ts";
import { titleOf } from "../../core/facts/table.ts";
import { given } from "../../core/given.ts";
import { type KeptTrial, swappedIn } from "../../core/lists/servings.ts";
import { isWishName, wishesIn } from "../../core/policy/wish.ts";
import type { JournalProfile } from "../../core/ranking/journalprofile.ts";
import { chosenFor } from "../../core/ranking/parts.ts";
import { knownTastes } from "../../core/ranking/profile.ts";
import { dayMs } from "../../core/time.ts";
import type {
  ConsentFlags,
  EditionInForce,
  HandEvents,
  Interest,
  ItemCard,
  Panel,
  RankingChoice,
  ShownFact,
  ShownProfile,
  ShownSegment,
  ShownTrial,
  ShownWish,
  TacitExport,
  WorkerConfig,
} from "../api.ts";
import type { Ledger } from "../contribute/ledger.ts";
import { cleanedIn } from "../events/automation.ts";
import type { EventLog } from "../events/eventlog.ts";
import { pausedNow } from "../events/pausing.ts";
import { shownExperiments } from "../experiments/kept.ts";
import type { Model } from "../rank/model.ts";
import type { Store } from "../store/store.ts";
import { partiesIn } from "../trust/trust.ts";

export interface Held {
  /** Empty where the person does not want to be known. */
  readonly log: EventLog;
  readonly ledger: Pick<Ledger, "records" | "budget">;
  readonly config: Pick<WorkerConfig, "server" | "pins" | "automation">;
  /** Null before any has come. */
  readonly model: Model | null;
  readonly nowMs: number;
  readonly profileShown: ShownProfile;
  readonly segment: ShownSegment;
  /** What an event counts half after, in milliseconds. */
  readonly halfLifeMs: number;
}

export interface Exported extends Held {
  readonly store: Pick<Store, "trials" | "experiments">;
  /** Null before there is anything to rank with. */
  readonly profile: JournalProfile | null;
  readonly consent: ConsentFlags;
}

export async function panelOf(
  held: Held &
    Pick<Panel, "plan" | "waiting"> & { readonly store: Pick<Store, "storage" | "trials" | "experiments"> },
): Promise<Panel> {
  const { log, ledger, model, nowMs, plan, waiting } = held;
  const { storage, trials } = held.store;
  const tastes = tastesIn(held);
  const cardOf = (item = ""): Partial<Pick<ItemCard, "title" | "categories">> =>
    model?.catalogue[model.rowOf.get(item) ?? -1] ?? {};
  const events = log.all().map((event) => {
    const leftOut = log.leftOutFor(event) ?? undefined;
    const isUndated = isPossibleTime(event.atMs, nowMs) ? undefined : (true as const);
    return given({ ...event, title: cardOf(event.item).title, leftOut, isUndated });
  });
  return {
    events: events.toReversed(),
    ...(await saidByBoth(held, tastes)),
    tastes: Array.from(tastes, ([item, weight]) => {
      const { title, categories = [] } = cardOf(item);
      return given({ item, weight, title, categories });
    }),
    pausedUntilMs: pausedNow(log, nowMs),
    reports: (await ledger.records.entries()).toReversed(),
    experiments: shownExperiments(await held.store.experiments.found()),
    trials: swappedIn(await trials.all(nowMs), { nowMs, days: 30 }),
    plan,
    waiting,
    stages: model?.stages ?? [],
    storage,
  };
}

/** So many events cross to a page at once: reading them is less than a frame of its time. */
const handedAtOnce = 1_000;

/**
 * The panel; of many events without them, which `hand` is given in turn. Null where it was given up, as they do
 * not stand any more.
 */
export async function handedOver(
  panel: Panel,
  hand: HandEvents,
  stands: () => boolean,
): Promise<Panel | null> {
  const { events, ...rest } = panel;
  if (events.length <= handedAtOnce) return panel;
  for (let at = 0; at < events.length; at += handedAtOnce) {
    if (!stands()) return null;
    await hand(events.slice(at, at + handedAtOnce));
  }
  return stands() ? { ...rest, events: [] } : null;
}

export async function exportOf(held: Exported): Promise<TacitExport> {
  const { log, ledger, nowMs, profile, store, consent } = held;
  const tastes = tastesIn(held);
  const events = log.all();
  return {
    format: "tacit-export",
    version: 3,
    exportedAt: new Date(nowMs).toISOString(),
    consent,
    events,
    leftOut: events.flatMap((event) => {
      const why = log.leftOutFor(event);
      return why === null ? [] : [{ event: event.id, why }];
    }),
    ...(await saidByBoth(held, tastes)),
    tastes: Array.from(tastes, ([item, weight]) => ({ item, weight })),
    userVector: Array.from(profile?.solved?.userVector ?? []),
    reports: await ledger.records.entries(),
    trials: (await store.trials.all(nowMs)).map(shownTrial),
    experiments: shownExperiments(await store.experiments.found()),
  };
}

type Tastes = ReturnType<typeof tastesOf>;

function tastesIn({ log, nowMs, halfLifeMs }: Held): Tastes {
  return tastesOf(eventWeights(log.clean(), { nowMs, halfLifeMs }));
}

type SaidByBoth =
  | ("cleaned" | "facts" | "wishes" | "profile" | "segment" | "interests")
  | ("budget" | "parties" | "edition" | "choice");

/** What panel and export say alike. */
async function saidByBoth(
  { log, ledger, config, model, nowMs, profileShown, segment }: Held,
  tastes: Tastes,
): Promise<Pick<Panel, SaidByBoth>> {
  return {
    cleaned: cleanedIn({ config, log, nowMs }),
    facts: factsIn(log),
    wishes: shownWishes(log, model),
    profile: profileShown,
    segment,
    interests: interestsFor(model, tastes),
    budget: await ledger.budget(nowMs),
    parties: partiesIn(config),
    edition: editionInForce(model),
    choice: choiceFor(model, log, nowMs),
  };
}

function factsIn({ facts }: EventLog): readonly ShownFact[] {
  return facts.flatMap(({ fact, value, atMs }) =>
    value === null || isWishName(fact) || fact === pauseFact
      ? []
      : { fact, title: titleOf(fact), value, atMs },
  );
}

function shownWishes({ facts }: EventLog, model: Model | null): readonly ShownWish[] {
  return facts.flatMap(({ atMs, ...fact }) =>
    wishesIn([fact]).map((wish) => {
      const row = wish.of === "item" ? model?.rowOf.get(wish.value) : undefined;
      const title = row === undefined ? undefined : model?.catalogue[row].title;
      return { ...given({ ...wish, title }), atMs };
    }),
  );
}

function shownTrial({ list, day, trial, servings }: KeptTrial): ShownTrial {
  return {
    list,
    day: new Date(day * dayMs).toISOString().slice(0, 10),
    place: trial?.place ?? null,
    isSwapped: trial?.isSwapped === true,
    servings: servings.map(({ fromMs, items }) => ({ atMs: fromMs, items })),
  };
}

function editionInForce(model: Model | null): EditionInForce | null {
  if (model === null) return null;
  const { edition, round, catalogue, isWhole } = model;
  return { ...edition, round, items: catalogue.length, isWhole };
}

function choiceFor(model: Model | null, log: EventLog, nowMs: number): RankingChoice | null {
  if (model === null) return null;
  const events = log.clean();
  const tastes = knownTastes(model, tastesOf(eventWeights(events, { nowMs })));
  const said = log.facts.filter(({ fact }) => fact === "categories").length;
  const { profile, row, parts } = chosenFor(model.ranking, tastes, said);
  let lastMs: number | null = null;
  for (const { atMs } of events) lastMs = Math.max(lastMs ?? atMs, atMs);
  const daysSince = lastMs === null ? null : Math.max(0, nowMs - lastMs) / dayMs;
  return { ...profile, row, why: deviceWhy[row], site: model.choice, parts, daysSince };
}

/** Words need tastes alone: a device that never ranks does not build the joint rows for its panel. */
function interestsFor(model: Model | null, tastes: ReadonlyMap<string, number>): readonly Interest[] {
  if (model === null) return [];
  const { items, weights } = knownTastes(model, tastes);
  const itemTastes = items.map((row, k) => ({ row, weight: weights[k] }));
  return interestsOf(model.words, itemTastes).map(({ word, weight, rows }) => ({
    word,
    weight,
    items: rows.map((row) => model.catalogue[row].item),
  }));
}
