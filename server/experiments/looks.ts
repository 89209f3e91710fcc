/**
 * What looks at experiments found, as it is stored: each its own sum, as numbers of people and of what was
 * measured of them follow from it (core/tasks/experiments/cells.ts).
 */
import * as v from "valibot";
import { canonicalJson, type Json } from "../../core/json.ts";
import { estimateOf } from "../../core/sum/estimate.ts";
import { cellsOf, type ExperimentCells, wholeArm } from "../../core/tasks/experiments/cells.ts";
import { type ExperimentsSettings, experiments as shape } from "../../core/tasks/experiments/kind.ts";
import { type AskedExperiment, experimentsLayout } from "../../core/tasks/experiments/layout.ts";
import { parseSettings } from "../../core/tasks/task.ts";
import { findingsOf } from "../store/findings.ts";
import type { LeaderQueries } from "../store/leaderstore.ts";

const lookSchema = v.object({
  /** As the task asked. */
  settings: v.unknown(),
  /** The sum, in the units of the vector. */
  values: v.array(v.number()),
  /** Standard deviation of what moved each of its numbers. */
  noise: v.number(),
  /** Of it, each aggregator's: 0 where none was added. */
  sigma: v.number(),
  /** Reports that it is of. */
  reports: v.number(),
});

export type LookFinding = v.InferOutput<typeof lookSchema>;

/** A look at one experiment. */
export interface Look {
  readonly atMs: number;
  /** It is about windows that were closed by then. */
  readonly toMs: number;
  readonly cells: ExperimentCells;
  /** Whether noise was added, beyond the rounding of reports. */
  readonly isNoisy: boolean;
}

/** So many of the newest looks are read: of five years of weeks. */
const mostLooks = 260;

/** Null for what another version wrote in another form. */
export function parseLook(value: unknown): (LookFinding & { readonly asked: ExperimentsSettings }) | null {
  const parsed = v.safeParse(lookSchema, value);
  if (!parsed.success) return null;
  try {
    const asked = parseSettings(shape, parsed.output.settings);
    const { length } = experimentsLayout(asked.experiments);
    return length === parsed.output.values.length ? { ...parsed.output, asked } : null;
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** Looks at one experiment. */
export interface Looks {
  /** Oldest first; all asked as the newest did. */
  readonly looks: readonly Look[];
  /**
   * How many more there are, that asked otherwise, or have the form of another version: they do not add up.
   */
  readonly leftOut: number;
}

/** @param seed of the deal that it was started with: what another deal brought is another experiment. */
export async function looksAt(
  queries: LeaderQueries,
  deal: { readonly name: string; readonly seed: string },
): Promise<Looks> {
  return looksIn(await findingsOf(queries, shape.name, mostLooks), deal);
}

/** @param findings the newest first, as they are stored. */
export function looksIn(
  findings: readonly { readonly finding: string; readonly atMs: number }[],
  { name, seed }: { readonly name: string; readonly seed: string },
): Looks {
  const found: { readonly asked: AskedExperiment; readonly look: Look }[] = [];
  let unread = 0;
  for (const { finding, atMs } of findings) {
    const look = parseLook(jsonIn(finding));
    if (look === null) {
      // Whatever its form, it names whom it asked; a seed is of one deal alone.
      if (finding.includes(JSON.stringify(seed))) unread++;
      continue;
    }
    const { experiments, toMs } = look.asked;
    const at = experiments.findIndex((one) => one.name === name && one.seed === seed);
    if (at < 0) continue;
    const cells = cellsOf(experimentsLayout(experiments), look.values, look.noise)[at];
    found.push({ asked: experiments[at], look: { atMs, toMs, cells, isNoisy: look.sigma > 0 } });
  }
  const newest = found[0]?.asked;
  const alike = found.filter(({ asked }) => newest !== undefined && isSame(asked, newest));
  return {
    looks: alike.map(({ look }) => look).reverse(),
    leftOut: unread + found.length - alike.length,
  };
}

function isSame(one: AskedExperiment, other: AskedExperiment): boolean {
  return jsonOf(one) === jsonOf(other);
}

function jsonOf(value: AskedExperiment): string {
  const json: Json = JSON.parse(JSON.stringify(value));
  return canonicalJson(json);
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A look in lines for the operator: whom each experiment has, by arm. */
export function describeLook(value: unknown): readonly string[] {
  const look = parseLook(value);
  if (look === null) return ["of another version"];
  const { asked, values, noise, reports } = look;
  const cells = cellsOf(experimentsLayout(asked.experiments), values, noise);
  return [
    `windows closed by ${new Date(asked.toMs).toISOString().slice(0, 10)}: ${reports} people answered`,
    ...cells.map(({ name, arms }, at) => {
      const people = arms.map((strata, arm) => {
        const { value, noise: reach } = wholeArm(strata).n;
        const { low, high } = estimateOf(value, reach);
        return `${asked.experiments[at].arms[arm]} ${low.toFixed(0)} to ${high.toFixed(0)}`;
      });
      return `${name.padEnd(15)} people ${people.join(", ")}`;
    }),
  ];
}
