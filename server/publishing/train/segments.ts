/** Segments of the people of a log as an operator asks for them: so many, as many as there are, or by density. */
import type { SegmentsPart } from "../../../core/model/segments.ts";
import { OperatorError } from "../../base/operatorerror.ts";
import {
  type CentralChoice,
  type CentralSegments,
  centralSegments,
  tellingEntries,
} from "../../kinds/segments/central.ts";
import type { Profiles } from "./profiles.ts";

const mostSegments = 16;
const counted = { by: "criterion", least: 1, most: 12 } as const;

/** @throws {OperatorError} for what asks for nothing. */
export function segmentChoiceIn(text: string): CentralChoice {
  if (text === "auto") return counted;
  if (text === "dbscan") return { by: "density" };
  const k = Number(text);
  if (Number.isInteger(k) && k >= 1 && k <= mostSegments) return { by: "operator", k };
  throw new OperatorError(
    `train: --segments must be auto, dbscan or a number from 1 to ${mostSegments}, got ${text}`,
  );
}

/** So few people make no segments. */
const fewestPeople = 20;

/**
 * @param tell hears what was found, and beside it what the other way to find clusters would have.
 * @throws {OperatorError} for logs that tell too little of people.
 */
export function segmentsFrom(
  { people, entries }: Profiles,
  choice: CentralChoice,
  tell: (line: string) => void,
): SegmentsPart {
  if (people.length < fewestPeople) {
    throw new OperatorError(
      `train: segments need at least ${fewestPeople} people with three lines that have times, got ${people.length}`,
    );
  }
  const telling = tellingEntries(people, entries);
  const found = triedOn(people, choice, telling);
  if ("why" in found) throw new OperatorError(`train: segments: ${found.why}`);
  const { part, outside } = found;
  const left = outside === 0 ? "" : `, ${percent(outside)} of the people in none: they are of the nearest`;
  const how = choice.by === "density" ? "by density" : "by k-means";
  tell(`${part.count} segments of ${people.length} people ${how}, told by ${telling.length} features${left}`);
  for (const { name, share } of part.segments) tell(`  ${percent(share).padStart(6)}  ${name}`);
  tell(`  ${comparedLine(people, choice, telling)}`);
  return part;
}

type Tried = CentralSegments | { readonly why: string };

function triedOn(people: Profiles["people"], choice: CentralChoice, entries: Profiles["entries"]): Tried {
  try {
    return centralSegments(people, choice, entries);
  } catch (error) {
    if (error instanceof RangeError) return { why: error.message };
    throw error;
  }
}

function comparedLine(
  people: Profiles["people"],
  choice: CentralChoice,
  entries: Profiles["entries"],
): string {
  const isByDensity = choice.by === "density";
  const other = triedOn(people, isByDensity ? counted : { by: "density" }, entries);
  const name = isByDensity ? "k-means" : "density (DBSCAN)";
  if ("why" in other) return `by ${name}: none`;
  const { part, outside } = other;
  return `by ${name}: ${part.count}${isByDensity ? "" : `, ${percent(outside)} of the people in none`}`;
}

function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`;
}
