/**
 * Everything about publishing that takes long: what is imported, learned, judged and compressed. Each job is a
 * function of plain data; what its makers hold between jobs (whom a model was judged on) is theirs.
 */

import type { RankerPart } from "../../../core/model/ranker.ts";
import type { Progress } from "../../base/jobs.ts";
import type { LearnedItems } from "../../kinds/itemfactors/knowledge.ts";
import { type LearnedAfter, type LearnFrom, learnedAfter } from "../../kinds/itemfactors/step.ts";
import type { PairsFrom } from "../../kinds/itempairs/pairmodel.ts";
import { type Learning, learnedAfter as segmentsAfter } from "../../kinds/segments/rounds.ts";
import type { SegmentStep } from "../../kinds/segments/segmentmodel.ts";
import type { Draft, Origin } from "../draft.ts";
import { type EncodedDraft, encodeDraft, type ToEncode } from "../encoding.ts";
import { Gate, type GateParts, type Verdict } from "../gate.ts";
import { type DraftedImport, draftImport, type ToImport } from "../importing.ts";
import type { InForce } from "../inforce.ts";
import { judged } from "../judged.ts";
import { withWaitingItems } from "../learn.ts";
import { type JudgedPairs, judgedPairs, type PairsSettings, withListedPairs } from "../pairdrafts.ts";
import { type JudgedRanker, judgedRanker } from "../rankerdrafts.ts";

/** What jobs need beside their input: handed over once. */
export interface WorkSetup {
  readonly gate: GateParts;
}

export interface ToJudge {
  readonly inForce: InForce;
  /** Items that have left the catalogue too long ago to be kept. */
  readonly forgotten: readonly string[];
  readonly learned: LearnedItems;
  readonly round: number;
  readonly origin: Origin;
}

export interface JudgedDraft {
  readonly verdict: Verdict;
  /** Null for numbers that are none: what has them could not be read back. */
  readonly draft: Draft | null;
}

export interface ToStep {
  readonly learned: LearnedItems;
  readonly from: LearnFrom;
}

export interface ToListPairs {
  readonly inForce: InForce;
  readonly settings: PairsSettings;
}

export interface ToLearnPairs extends ToListPairs {
  readonly from: PairsFrom;
}

export interface ToJudgeRanker {
  readonly inForce: InForce;
  readonly part: RankerPart;
  readonly origin: Origin;
}

export interface PublishingJobs {
  readonly import: (input: ToImport, progress: Progress) => Promise<DraftedImport>;
  readonly encode: (input: ToEncode, progress: Progress) => Promise<EncodedDraft>;
  /** What a round's sums make of the factors. */
  readonly step: (input: ToStep) => Promise<LearnedAfter>;
  readonly judge: (input: ToJudge, progress: Progress) => Promise<JudgedDraft>;
  /** The edition in force with a list of today's items; null where it has that list. */
  readonly "list pairs": (input: ToListPairs) => Promise<Draft | null>;
  /** What a round's sums teach about pairs, judged. */
  readonly "learn pairs": (input: ToLearnPairs, progress: Progress) => Promise<JudgedPairs>;
  /** A ranker, judged stage by stage beside what is in force. */
  readonly "judge ranker": (input: ToJudgeRanker, progress: Progress) => Promise<JudgedRanker>;
  /** What a round's sums teach about segments. */
  readonly "segment step": (input: SegmentStep) => Promise<Learning>;
  /** The edition in force with the items that wait for a round; null where none do. */
  readonly "take in": (input: Pick<ToJudge, "inForce" | "forgotten">) => Promise<Draft | null>;
}

export function publishingJobs({ gate: parts }: WorkSetup): PublishingJobs {
  const gate = new Gate(parts);
  // The one that was judged stays the same object for as long as it is in force: it is judged once.
  let last: InForce | null = null;
  const sameAsLast = (inForce: InForce): InForce => {
    if (last?.id !== inForce.id) last = inForce;
    return last;
  };
  return {
    import: draftImport,
    encode: encodeDraft,
    step: async ({ learned, from }) => learnedAfter(learned, from),
    judge: async ({ inForce, forgotten, ...learning }, progress) => {
      progress({ what: "judging" });
      const asked = { inForce: sameAsLast(inForce), editions: keptBut(forgotten), gate };
      const { verdict, draft } = await judged(asked, learning);
      const isReadable = !(verdict.verdict === "refused" && verdict.why === "not-finite");
      return { verdict, draft: isReadable ? await draft() : null };
    },
    "list pairs": ({ inForce, settings }) => withListedPairs(inForce, settings),
    "learn pairs": ({ inForce, from, settings }, progress) => {
      progress({ what: "judging" });
      return judgedPairs({ inForce: sameAsLast(inForce), gate }, from, settings);
    },
    "judge ranker": ({ inForce, part, origin }, progress) => {
      progress({ what: "judging" });
      return judgedRanker({ inForce: sameAsLast(inForce), gate }, part, origin);
    },
    "segment step": async ({ learning, sums, plan }) => segmentsAfter(learning, sums, plan),
    "take in": ({ inForce, forgotten }) => withWaitingItems(inForce, keptBut(forgotten)),
  };
}

function keptBut(forgotten: readonly string[]): { readonly isKept: (item: string) => boolean } {
  const gone = new Set(forgotten);
  return { isKept: (item) => !gone.has(item) };
}
