/**
 * A shop that has learned from honest people for some rounds, liars that then join for some more, and what
 * held-out people are shown before and after: rounds, gate and ranking as the product runs them.
 */
import { dot } from "../../core/linear.ts";
import { recallAt } from "../../core/metrics.ts";
import { bestRows } from "../../core/ranking/best.ts";
import { rankingModelOf } from "../../core/ranking/fromjoined.ts";
import { placeInList, rank } from "../../core/ranking/pipeline.ts";
import { profileOfTastes } from "../../core/ranking/profile.ts";
import { seededRandom } from "../../core/seeded.ts";
import type { Defences } from "../../server/kinds/itemfactors/defences.ts";
import type { Learned } from "../../server/kinds/itemfactors/knowledge.ts";
import { unlearned } from "../../server/kinds/itemfactors/learned.ts";
import { learnedAfter } from "../../server/kinds/itemfactors/step.ts";
import { Gate, type Verdict } from "../../server/publishing/gate.ts";
import { factorLengths } from "../../server/publishing/learn.ts";
import { learnedParts, modelOf, settingsFor } from "../../server/publishing/model.ts";
import { type ItemTask, type ItemTaskInput, itemTask } from "../itemtask.ts";
import { lieOf, type Plan, type Strategy } from "./attackers.ts";
import { aggregatesOf } from "./crowd.ts";
import type { PoisonShop } from "./shop.ts";

export interface World {
  readonly shop: PoisonShop;
  readonly settings: Omit<ItemTaskInput, "items" | "dim" | "round">;
  readonly dim: number;
  readonly defences: Defences;
  readonly honestRounds: number;
  readonly attackedRounds: number;
  readonly seed: number;
}

/** What the shop has learned, and in how many rounds. */
export interface State {
  readonly learned: Learned;
  readonly rounds: number;
}

export interface Attack {
  readonly strategy: Strategy;
  /** Row of the item to be pushed. */
  readonly target: number;
  /** Share of all reports that are lies. */
  readonly rate: number;
}

/** After `honestRounds` without liars. */
export function honestState(world: World): State {
  const { shop, dim, honestRounds } = world;
  let state: State = { learned: unlearned(shop.publicSide, dim), rounds: 0 };
  for (let round = 0; round < honestRounds; round++) state = roundOf(world, state, null).state;
  return state;
}

export interface Attacked {
  readonly state: State;
  /** Lanes that the server dropped, of all in the attacked rounds. */
  readonly dropped: number;
  readonly lanes: number;
}

/** The state after `attackedRounds` more; without an attack, of honest people alone. */
export function attackedState(world: World, from: State, attack: Attack | null): Attacked {
  let state = from;
  let dropped = 0;
  let lanes = 0;
  // What a liar knows of whom it wants to reach is the model in force when it begins.
  const direction = attack === null ? null : likedByMany(world, from);
  for (let round = 0; round < world.attackedRounds; round++) {
    const next = roundOf(
      world,
      state,
      attack === null || direction === null ? null : { ...attack, direction },
    );
    state = next.state;
    dropped += next.dropped;
    lanes += next.lanes;
  }
  return { state, dropped, lanes };
}

type Aimed = Attack & Pick<Plan, "direction">;

function roundOf(world: World, { learned, rounds }: State, attack: Aimed | null) {
  const { shop, settings, dim, defences } = world;
  const items = shop.publicSide.catalogue.length;
  const on = itemTask({ ...settings, items, dim, round: rounds });
  const lies = attack === null ? [] : liesOf({ attack, on, learned, world });
  const aggregates = aggregatesOf({
    on,
    learned,
    crowd: shop.crowd,
    lies,
    seed: 1000 * world.seed + 10 * rounds,
  });
  const after = learnedAfter(learned, { ...on, aggregates, stepsBefore: rounds, defences });
  return {
    state: { learned: after, rounds: rounds + 1 },
    dropped: after.outcomes.reduce((sum, { dropped }) => sum + dropped.length, 0),
    lanes: after.outcomes.reduce((sum, { lanes }) => sum + lanes, 0),
  };
}

/**
 * Unit vector towards the mean of the factors' part of real people's joint user vectors. An outsider can only
 * guess it from the model; the liars here are granted it.
 */
function likedByMany({ shop, dim }: World, state: State): Float64Array {
  const model = rankingModelOf(variantsOf(shop, state)[0]);
  const jointDim = model.joint.rows.dim;
  const direction = new Float64Array(dim);
  for (const person of shop.crowd.slice(0, 100)) {
    const { solved } = profileOfTastes(model, person);
    if (solved === null) continue;
    for (let k = 0; k < dim; k++) direction[k] += solved.userVector[jointDim - dim + k];
  }
  const length = Math.sqrt(dot(direction, 0, direction, 0, dim));
  return direction.map((value) => value / length);
}

interface LiesInput {
  readonly attack: Aimed;
  readonly on: ItemTask;
  readonly learned: Learned;
  readonly world: World;
}

function liesOf({ attack, on, learned, world }: LiesInput) {
  const { shop } = world;
  const liars = Math.max(1, Math.round(attack.rate * shop.crowd.length));
  const [inForce] = variantsOf(shop, { learned, rounds: on.task.round });
  const trending = rank({ model: rankingModelOf(inForce), by: "trending" });
  const inBlock = shop.crowd.length / on.task.blocks + liars;
  const { lanes } = on.task;
  const plan = {
    ...attack,
    on,
    learned,
    popular: [...bestRows(trending, 50)],
    laneReports: inBlock / lanes,
    liesInLane: Math.ceil(liars / lanes),
    random: seededRandom(on.task.round),
  };
  return Array.from({ length: liars }, () => lieOf(plan));
}

export interface Shown {
  /** Median over people of the target's rank, 1 the best. */
  readonly rank: number;
  /** Share of people with the target among the first 20. */
  readonly inTop20: number;
  readonly recall: number;
}

/** Judges states of one shop; what the gate says of the state in force is computed once. */
export class Judge {
  readonly #gate: Gate;
  readonly #known = new WeakMap<State, ReturnType<typeof variantsOf>>();

  readonly #shop: PoisonShop;

  constructor(shop: PoisonShop) {
    this.#shop = shop;
    this.#gate = new Gate({ heldOut: shop.gate, k: 20, margin: 1 });
  }

  /** Whether the gate would let `candidate` follow `inForce`, and which variant of it. */
  async verdict(candidate: State, inForce: State | null): Promise<Verdict> {
    const before = inForce === null ? null : await this.#published(inForce);
    return this.#gate.judge(this.#variants(candidate), before);
  }

  /** What held-out people are shown by a state, for each of the targets. */
  async shown(state: State, targets: readonly number[]): Promise<readonly Shown[]> {
    const model = rankingModelOf(await this.#published(state));
    const ranks: number[][] = targets.map(() => []);
    let recall = 0;
    for (const person of this.#shop.heldOut) {
      const profile = profileOfTastes(model, person.foldIn);
      const ranked = rank({ model, by: "person", profile });
      recall += recallAt({ list: bestRows(ranked, 20), targets: person.targets, k: 20 });
      for (const [at, target] of targets.entries()) {
        // Who has the target already is not shown it.
        if (ranked.barred[target] === 0) ranks[at].push(placeInList(ranked, target));
      }
    }
    return ranks.map((ofTarget) => ({
      rank: ofTarget.toSorted((a, b) => a - b)[ofTarget.length >> 1],
      inTop20: ofTarget.filter((rank) => rank <= 20).length / ofTarget.length,
      recall: recall / this.#shop.heldOut.length,
    }));
  }

  /** The variant that the gate likes best: what the product publishes. */
  async #published(state: State) {
    const variants = this.#variants(state);
    const verdict = await this.#gate.judge(variants, null);
    return variants["variant" in verdict ? verdict.variant : 0];
  }

  #variants(state: State) {
    const known = this.#known.get(state) ?? variantsOf(this.#shop, state);
    this.#known.set(state, known);
    return known;
  }
}

function variantsOf({ publicSide }: PoisonShop, { learned, rounds }: State) {
  const items = publicSide.catalogue.map(({ item }) => item);
  const parts = learnedParts({ ...learned, items }, rounds, publicSide);
  const model = modelOf(publicSide, parts, settingsFor(parts.factors, 0));
  return factorLengths.map((length) => ({ ...model, ...settingsFor(parts.factors, length) }));
}
