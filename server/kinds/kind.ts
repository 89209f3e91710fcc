/**
 * A task kind on the server's side, before a server runs: what it promises in the privacy plan, and how it is
 * set to work. What it does then is in tasks/kind.ts; registry.ts names all of them.
 */
import type { PrivacyPlan } from "../../core/sum/plan.ts";
import type { Config } from "../base/config.ts";
import type { LeaderStore } from "../store/leaderstore.ts";
import type { Question, ServerKind } from "../tasks/kind.ts";
import type { ExperimentModel } from "./experiments/experimentmodel.ts";
import type { ItemModel } from "./itemfactors/itemmodel.ts";
import type { PairModel } from "./itempairs/pairmodel.ts";
import type { RankerModel } from "./ranker/rankermodel.ts";
import type { SegmentModel } from "./segments/segmentmodel.ts";

/** What kinds may look at. */
export interface KindParts {
  readonly config: Config;
  readonly store: LeaderStore;
  /** Items and their factors, as they are published. */
  readonly items: ItemModel;
  /** Pairs of items, and what they say for each other, as they are published. */
  readonly pairs: PairModel;
  /** Segments of people, as they are published. */
  readonly segments: SegmentModel;
  /** What orders lists, as it is published. */
  readonly ranker: RankerModel;
  /** What people may be in, as it is published. */
  readonly experiments: ExperimentModel;
  readonly nowMs: () => number;
}

export interface KindSetup {
  readonly name: string;
  /** What devices are promised about it under these settings; null where they do not ask for it. */
  readonly planned: (config: Config) => PrivacyPlan["kinds"][number] | null;
  /** Section of the settings that it is asked by. */
  readonly section?: "training" | "pairs" | "activity" | "segments" | "ranker" | "places" | "experiments";
  /** The largest task that these settings can make; it is tried at a start. */
  readonly largest?: (config: Config, atMs: number) => Question;
  /** What waits for no task, and is done where the settings do not ask for the kind, too: before each look at all kinds. */
  readonly heed?: (parts: KindParts) => Promise<void>;
  readonly open: (parts: KindParts) => ServerKind;
  /** A stored finding of the kind in lines for the operator; none where it stores no findings. */
  readonly describe?: (finding: unknown) => readonly string[];
}

/** The kinds that the settings ask for, at work. */
export function openKinds(setups: readonly KindSetup[], parts: KindParts): readonly ServerKind[] {
  return setups.filter(({ planned }) => planned(parts.config) !== null).map(({ open }) => open(parts));
}

/** @throws the first failure, when every kind has had its turn. */
export async function heedAll(setups: readonly KindSetup[], parts: KindParts): Promise<void> {
  const failures: unknown[] = [];
  for (const { heed } of setups) await heed?.(parts).catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}
