/**
 * The ranker as this kind needs it: on which parts people are asked, and the way of what was learned into
 * force.
 */
import type { PlaceCurve } from "../../../core/lists/placecurve.ts";
import type { JudgedStages, RankerPart } from "../../../core/model/ranker.ts";
import type { Consumed } from "../../tasks/kind.ts";

/** Ids of the parts that candidates are proposed from. */
export interface ProposingParts {
  readonly factors: string;
  /** Null: there are none. */
  readonly pairs: string | null;
}

export interface RankerDecided extends Consumed {
  /** What was measured of the stages, whether or not it came into force; null where nothing was. */
  readonly judged: JudgedStages | null;
}

/** Handed in by what publishes: kinds know nothing of it. */
export interface RankerModel {
  /** Null before there is an edition. */
  readonly inForce: () => ProposingParts | null;
  /** How likely places of lists are looked at; null where nobody knows: then nothing is corrected for. */
  readonly examined: () => Promise<PlaceCurve | null>;
  /** Judges it stage by stage, and prepares an edition with what gains something. */
  readonly decide: (part: RankerPart) => Promise<RankerDecided>;
}
