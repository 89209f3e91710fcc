/** What could be published: parts, how they are put together, and what is kept beside them. */
import type { Experiment } from "../../core/experiments/experiment.ts";
import type { CataloguePart } from "../../core/model/catalogue.ts";
import type { ContentPart } from "../../core/model/content.ts";
import type { ModelSettings } from "../../core/model/edition.ts";
import { encodeExperiments, experimentsKind } from "../../core/model/experiments.ts";
import { encodeFactors, type FactorsPart, factorsKind } from "../../core/model/factors.ts";
import { type JoinedModel, joinParts } from "../../core/model/join.ts";
import { encodePairs, type PairsPart, pairsKind } from "../../core/model/pairs.ts";
import { encodePolicy, policyKind, type SitePolicy } from "../../core/model/policy.ts";
import { encodePopularity, type PopularityPart, popularityKind } from "../../core/model/popularity.ts";
import { encodePredicted, type PredictedPart, predictedKind } from "../../core/model/predicted.ts";
import { encodeRanker, type RankerPart, rankerKind } from "../../core/model/ranker.ts";
import { encodeSegments, type SegmentsPart, segmentsKind } from "../../core/model/segments.ts";
import type { LearnedItems } from "../kinds/itemfactors/knowledge.ts";
import { type Named, named } from "./encode.ts";
import type { LearnedParts } from "./model.ts";
import type { TextParts } from "./texts.ts";

/** The parts of a model; its head follows from them. */
export interface PublishedParts {
  readonly catalogue: Named<CataloguePart>;
  readonly content: readonly Named<ContentPart>[];
  readonly factors: Named<FactorsPart>;
  readonly popularity: Named<PopularityPart>;
  readonly predicted: Named<PredictedPart> | null;
  readonly pairs: Named<PairsPart> | null;
  /** What free text is understood by; no model is made of it. */
  readonly texts: TextParts;
  readonly segments: Named<SegmentsPart> | null;
  readonly ranker: Named<RankerPart> | null;
  readonly policy: Named<SitePolicy> | null;
  /** What people may be in; no model is made of it. */
  readonly experiments: Named<readonly Experiment[]> | null;
}

export type Origin =
  | "import"
  | "train"
  | "round"
  | "list"
  | "roll back"
  | "fall back"
  | "upgrade"
  | "policy"
  | "experiments";

export interface Draft {
  readonly parts: PublishedParts;
  readonly settings: ModelSettings;
  readonly learned: LearnedItems;
  /** The content space; its bytes unless it is stored, or unknown. */
  readonly space: { readonly id: string; readonly bytes: Uint8Array | null };
  readonly origin: Origin;
  /** What the gate said, as JSON. */
  readonly verdict: string;
}

export function joined(parts: PublishedParts, settings: ModelSettings): JoinedModel {
  return joinParts(
    {
      catalogue: parts.catalogue.part,
      content: parts.content.map(({ part }) => part),
      factors: parts.factors.part,
      popularity: parts.popularity.part,
      predicted: parts.predicted?.part ?? null,
      pairs: parts.pairs?.part ?? null,
      ranker: parts.ranker?.part ?? null,
      policy: parts.policy?.part ?? null,
    },
    settings,
  );
}

/** What was learned, named by its bytes. */
export async function namedLearned({
  factors,
  popularity,
  predicted,
}: LearnedParts): Promise<Pick<PublishedParts, "factors" | "popularity" | "predicted">> {
  return {
    factors: await named(factorsKind, factors, encodeFactors(factors)),
    popularity: await named(popularityKind, popularity, encodePopularity(popularity)),
    predicted: await namedPredicted(predicted),
  };
}

export async function namedPredicted(part: PredictedPart | null): Promise<Named<PredictedPart> | null> {
  return part === null ? null : named(predictedKind, part, encodePredicted(part));
}

export async function namedPairs(part: PairsPart): Promise<Named<PairsPart>> {
  return named(pairsKind, part, encodePairs(part));
}

export async function namedSegments(part: SegmentsPart): Promise<Named<SegmentsPart>> {
  return named(segmentsKind, part, encodeSegments(part));
}

export async function namedRanker(part: RankerPart): Promise<Named<RankerPart>> {
  return named(rankerKind, part, encodeRanker(part));
}

export async function namedPolicy(part: SitePolicy): Promise<Named<SitePolicy>> {
  return named(policyKind, part, encodePolicy(part));
}

export async function namedExperiments(part: readonly Experiment[]): Promise<Named<readonly Experiment[]>> {
  return named(experimentsKind, part, encodeExperiments(part));
}

export const notMeasured = JSON.stringify({ verdict: "not measured", variant: 0 });

/** In the order in which an edition lists them. */
export function listOf({
  catalogue,
  content,
  factors,
  popularity,
  predicted,
  pairs,
  segments,
  ranker,
  policy,
  experiments,
  texts: { words, encoder, meanings },
}: PublishedParts): readonly Named<unknown>[] {
  const some = [predicted, pairs, segments, ranker, policy, experiments, words, encoder, meanings].flatMap(
    (part): Named<unknown>[] => (part === null ? [] : [part]),
  );
  return [catalogue, ...content, factors, popularity, ...some];
}

/** Stored parts need no bytes of their own. */
export function withoutBytes(parts: PublishedParts): PublishedParts {
  const stored = <Part>(part: Named<Part>): Named<Part> => ({ ...part, bytes: null });
  const { words, encoder, meanings } = parts.texts;
  return {
    catalogue: stored(parts.catalogue),
    content: parts.content.map(stored),
    factors: stored(parts.factors),
    popularity: stored(parts.popularity),
    predicted: parts.predicted === null ? null : stored(parts.predicted),
    pairs: parts.pairs === null ? null : stored(parts.pairs),
    texts: {
      words: words === null ? null : stored(words),
      encoder: encoder === null ? null : stored(encoder),
      meanings: meanings === null ? null : stored(meanings),
    },
    segments: parts.segments === null ? null : stored(parts.segments),
    ranker: parts.ranker === null ? null : stored(parts.ranker),
    policy: parts.policy === null ? null : stored(parts.policy),
    experiments: parts.experiments === null ? null : stored(parts.experiments),
  };
}
