/** A small shop: its model, its tasks and its plan, at noon of one day. */
import type { JoinedModel } from "../../core/model/join.ts";
import type { PrivacyPlan } from "../../core/sum/plan.ts";
import type { ActivitySettings } from "../../core/tasks/activity/contribution.ts";
import { activity } from "../../core/tasks/activity/kind.ts";
import { blockSizeFor } from "../../core/tasks/itemfactors/contribution.ts";
import { type ItemFactorsSettings, itemFactors } from "../../core/tasks/itemfactors/kind.ts";
import type { TaskKind } from "../../core/tasks/kind.ts";
import { type Task, taskVersion } from "../../core/tasks/task.ts";
import { dayMs } from "../../core/time.ts";
import { factorsIdOf, randomModel } from "../model.ts";

export const noonMs = Date.UTC(2011, 5, 1, 12);

export const itemId = (row: number): string => `item-${row}`;

export interface ShopOptions {
  readonly items?: number;
  readonly contentDim?: number;
  readonly factorDim?: number;
  readonly seed?: number;
  readonly change?: Partial<JoinedModel>;
}

export function shopModel({ change = {}, ...options }: ShopOptions = {}): JoinedModel {
  const things = ["Lantern", "Mugs", "Mug", "Clock", "Ribbon"];
  const card = (row: number) => ({
    item: itemId(row),
    title: `${things[row % things.length]} of Kind ${"abcdefgh"[row % 8].repeat(4)}`,
    price: 2 + row,
    categories: [row % 2 === 0 ? "Kitchen" : "Garden"],
  });
  return { ...randomModel({ ...options, card }), ...change };
}

/** A task of a kind, as the leader lays it out. */
export function taskOf<Settings>(
  kind: TaskKind<Settings>,
  settings: Settings,
  change: Partial<Task> = {},
): Task {
  return {
    version: taskVersion,
    kind: kind.name,
    settings: Object.fromEntries(Object.entries(Object(settings))),
    round: 4,
    ...kind.layoutOf(settings),
    sigma: 0.75,
    fractionBits: 15,
    minBatch: 20,
    maxBatch: 500,
    lanes: 1,
    laneCommitment: "1a".repeat(32),
    tokenKey: null,
    expiresAtMs: noonMs + 14 * dayMs,
    ...change,
  };
}

export function factorSettings(
  model: JoinedModel,
  change: Partial<ItemFactorsSettings> = {},
): ItemFactorsSettings {
  return {
    factors: factorsIdOf(model),
    items: model.items,
    dim: model.factorDim,
    blockSize: blockSizeFor(model.items, 25),
    alpha0: 0.35,
    lambda: 0.002,
    clipL2: 1.5,
    countScale: 0.1,
    weightScale: 0.25,
    ...change,
  };
}

/** A task for the factors of a model. */
export function taskOn(
  model: JoinedModel,
  change: Partial<Task> = {},
  settings: Partial<ItemFactorsSettings> = {},
): Task {
  return taskOf(itemFactors, factorSettings(model, settings), change);
}

/** A task for what people did on the day before `noonMs`. */
export function activityTask(change: Partial<Task> = {}, settings: Partial<ActivitySettings> = {}): Task {
  const asked: ActivitySettings = {
    kinds: ["view", "purchase", "like", "dislike"],
    fromMs: noonMs - 2 * dayMs,
    toMs: noonMs - dayMs / 2,
    positions: 5,
    mostEvents: 10,
    mostPlaces: 10,
    ...settings,
  };
  return taskOf(activity, asked, change);
}

/** A plan that allows everything: for servers on this machine. */
export const anyPlan: PrivacyPlan = {
  version: 3,
  kinds: ["item-factors", "activity"].map((kind) => ({ kind, rho: null, reportsPer30Days: 1000 })),
  rhoPer30Days: null,
  issuedAtMs: noonMs - dayMs,
};
