/** What became of what a round or a training learned, and why, in one line for the operator. */
import { stageLines } from "../kinds/ranker/finding.ts";
import { fewestForStages, type Measured, type UnmeasuredRanker, type Verdict } from "./gate.ts";

export type Became =
  | "published"
  /** The gate refused it, or could not judge it; the operator's word was another. */
  | "forced"
  | "refused"
  /** It lists what is in force, and so is no other edition. */
  | "in force already";

/** @param isNew whether it is an edition that there was not. */
export function becameOf(verdict: Verdict, isNew: boolean): Became {
  if (verdict.verdict === "refused") return "refused";
  return isNew ? "published" : "in force already";
}

/** A verdict on factors or pairs, with what became of them. */
export function outcomeText(verdict: Verdict, became: Became): string {
  if (verdict.verdict === "not measured") {
    const { unmeasured } = verdict;
    const ranker = unmeasured === undefined ? "" : `; ranker ${unmeasured.became}`;
    return `${starts[became]}, not measured: no logs of people held out (gate.holdout)${ranker}`;
  }
  if (!("candidate" in verdict)) return `${starts[became]}: ${verdict.why}, ${verdict.detail}`;
  const why = verdict.verdict === "refused" ? `, ${verdict.why}` : "";
  return `${starts[became]}${why}: ${measuredText(verdict)}`;
}

/** The same of a ranker by itself: unlike other parts it is not served where it was not measured. */
export function rankerText(verdict: Verdict, became: Became): string {
  const unmeasured = unmeasuredIn(verdict);
  if (unmeasured === null) return outcomeText(verdict, became);
  return `${unjudgedStarts[became]}: ${tooFew(unmeasured)}`;
}

function unmeasuredIn(verdict: Verdict): Pick<UnmeasuredRanker, "people"> | null {
  if (verdict.verdict === "not measured") return verdict.unmeasured ?? { people: 0 };
  return ("unmeasured" in verdict ? verdict.unmeasured : null) ?? null;
}

const starts: Readonly<Record<Became, string>> = {
  published: "published",
  forced: "put in force by --force, refused by the gate",
  refused: "refused",
  "in force already": "in force already",
};

const unjudgedStarts: Readonly<Record<Became, string>> = {
  published: "published, not judged",
  forced: "put in force by --force, not judged",
  refused: "not served",
  "in force already": "in force already, not judged",
};

function measuredText(verdict: Measured): string {
  const { k, people, candidate, inForce, popularity, stages, unmeasured } = verdict;
  const against = [
    ...(inForce === null ? [] : [`in force ${inForce.toFixed(4)}`]),
    ...(popularity === null ? [] : [`popularity ${popularity.toFixed(4)}`]),
  ].join(", ");
  const ofRanker = [
    ...(stages === undefined ? [] : stageLines(stages)),
    ...(unmeasured === undefined ? [] : [`ranker ${unmeasured.became}: ${tooFew(unmeasured)}`]),
  ].map((line) => `; ${line}`);
  return `recall@${k} ${candidate.toFixed(4)} (${against || "nothing to compare with"}; ${people} people)${ofRanker.join("")}`;
}

function tooFew({ people }: Pick<UnmeasuredRanker, "people">): string {
  return people === 0
    ? "nobody is held out to measure it on (gate.holdout)"
    : `${people} people are held out to measure it on, expected at least ${fewestForStages}`;
}
