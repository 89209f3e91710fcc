/**
 * Reasons as lines to read: what was done to one item several times is one line, and the least of them are one,
 * which is left out where it says nothing.
 */
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
/** Of a contribution: less is no line of its own beside what says more. */
const leastOwn = 0.005;
/** What is printed as 0.000. */
const leastPrinted = 0.0005;

/** Strongest first; their contributions sum to what those of the reasons do, but for what would be printed as 0. */
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
  const strong = lines.filter((line) => Math.abs(line.contribution) >= leastOwn).length;
  const own = Math.min(strong === 0 ? lines.length : strong, shownAtMost + 1);
  const shown = own === lines.length ? own : Math.min(own, shownAtMost);
  const rest = lines.slice(shown);
  const contribution = rest.reduce((sum, line) => sum + line.contribution, 0);
  if (Math.abs(contribution) < leastPrinted) return lines.slice(0, shown);
  return [...lines.slice(0, shown), { text: words.restOf(rest.length), contribution, events: [] }];
}
