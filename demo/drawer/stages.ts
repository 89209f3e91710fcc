/**
 * The stages of the ranking in plain words: which are on, and what they gained for the people that they were
 * tried on.
 */
import type { ShownStage } from "../../sdk/index.ts";

const what: Readonly<Record<ShownStage["stage"], string>> = {
  ranker: "A second look at what is proposed (how long ago you bought it, how new it is, how many want it)",
  variety: "Variety",
};

/** A sentence a stage; empty where none was tried. */
export function stagesInWords(stages: readonly ShownStage[]): readonly string[] {
  return stages.map(({ stage, isOn, ndcg, coverage }) => {
    const higher = changeInWords(ndcg, "higher", "lower");
    const more = changeInWords(coverage, "more", "less");
    const found = `what they then wanted stood ${higher}, and ${more} of the catalogue was shown`;
    return `${what[stage]} is ${isOn ? "on" : "off"}: for people that it was tried on, ${found}.`;
  });
}

/** Empty where none was. */
export function trialsInWords(trials: number): string {
  if (trials === 0) return "";
  const lists = trials === 1 ? "One list" : `${trials} lists`;
  return `${lists} of the last 30 days had two places swapped, to learn how much the place counts.`;
}

function changeInWords({ before, after }: ShownStage["ndcg"], above: string, below: string): string {
  if (before === 0) return after > 0 ? above : `no ${above}`;
  const percent = Math.round(100 * (after / before - 1));
  return percent === 0 ? `no ${above}` : `${Math.abs(percent)} % ${percent > 0 ? above : below}`;
}
