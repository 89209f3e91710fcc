/** What a round on the ranker found out, as it is stored, and in lines for the operator. */
import * as v from "valibot";
import { type JudgedStages, judgedStagesSchema } from "../../../core/model/ranker.ts";
import type { ProposingParts } from "./rankermodel.ts";

const findingSchema = v.object({
  /** The parts that people were asked with. */
  factors: v.string(),
  pairs: v.nullable(v.string()),
  people: v.number(),
  /** Null where nobody is held out. */
  judged: v.nullable(judgedStagesSchema),
});

export interface RankerFinding extends ProposingParts {
  readonly people: number;
  readonly judged: JudgedStages | null;
}

/** @throws {TypeError} for what another version wrote in another form. */
export function parseRankerFinding(text: string): RankerFinding {
  const parsed = v.safeParse(findingSchema, jsonIn(text));
  if (!parsed.success)
    throw new TypeError(`parseRankerFinding: expected a finding, got ${text.slice(0, 80)}`);
  return parsed.output;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function describeRanker(finding: unknown): readonly string[] {
  const parsed = v.safeParse(findingSchema, finding);
  if (!parsed.success) return ["of another version"];
  const { people, judged } = parsed.output;
  return [`learned from ${people} people`, ...(judged === null ? ["not measured"] : stageLines(judged))];
}

/** One line a stage: whether it gains enough to be served, and by how much. */
export function stageLines({ people, k, stages }: JudgedStages): readonly string[] {
  return stages.map(({ stage, isOn, ndcg, coverage, diversity }) => {
    const figures = [
      `NDCG@${k} ${ndcg.before.toFixed(4)} -> ${ndcg.after.toFixed(4)}`,
      `coverage ${coverage.before.toFixed(3)} -> ${coverage.after.toFixed(3)}`,
      `diversity ${diversity.before.toFixed(3)} -> ${diversity.after.toFixed(3)}`,
    ];
    return `${stage}: ${isOn ? "on" : "off"}: ${figures.join(", ")}; ${people} people held out`;
  });
}
