/** Reasons as lines to read: what was done to one item several times is one line, and the least of them are one. */
import type { Reason } from "../../../worker/api.ts";

export interface WhyLine {
  readonly text: string;
  readonly contribution: number;
  /** Ids of the acts that it is of; none for what no act says. */
  readonly events: readonly string[];
}

export interface LineWords {
  readonly textOf: (reason: Reason) => string;
  /** Behind a line of several acts. */
  readonly timesOf: (times: number) => string;
  readonly restOf: (count: number) => string;
}

const shownAtMost = 8;

/** Strongest first; their contributions sum to what those of the reasons do. */
export function linesOf(reasons: readonly Reason[], words: LineWords): readonly WhyLine[] {
  const byText = new Map<string, { times: number; contribution: number; readonly events: string[] }>();
  for (const reason of reasons) {
    const text = words.textOf(reason);
    const line = byText.get(text) ?? { times: 0, contribution: 0, events: [] };
    line.times += 1;
    line.contribution += reason.contribution;
    if (reason.why === "event") line.events.push(reason.event);
    byText.set(text, line);
  }
  const lines = Array.from(byText, ([text, { times, contribution, events }]) => ({
    text: times === 1 ? text : `${text}${words.timesOf(times)}`,
    ...{ contribution, events },
  })).sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
  if (lines.length <= shownAtMost + 1) return lines;
  const rest = lines.slice(shownAtMost);
  const contribution = rest.reduce((sum, line) => sum + line.contribution, 0);
  return [...lines.slice(0, shownAtMost), { text: words.restOf(rest.length), contribution, events: [] }];
}
