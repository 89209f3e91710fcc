/**
 * What looks at experiments found, as it is stored: each its own sum, as numbers of people and of what was
 * measured of them follow from it (core/tasks/experiments/cells.ts).
 */
import * as v from "valibot";
import { canonicalJson, type Json } from "../../core/json.ts";
import { cellsOf, type ExperimentCells } from "../../core/tasks/experiments/cells.ts";
import { experiments as shape } from "../../core/tasks/experiments/kind.ts";
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
}

/** So many of the newest looks are read: of five years of weeks. */
const mostLooks = 260;

/** Null for what another version wrote in another form. */
export function parseLook(value: unknown): (LookFinding & { readonly asked: Asked }) | null {
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

type Asked = ReturnType<typeof parseSettings<{ toMs: number; experiments: readonly AskedExperiment[] }>>;

/**
 * Looks at an experiment, oldest first: of those that asked as the newest did.
 *
 * @param seed of the deal that it was started with: what another deal brought is another experiment.
 */
export async function looksAt(
  queries: LeaderQueries,
  { name, seed }: { readonly name: string; readonly seed: string },
): Promise<readonly Look[]> {
  const found: { readonly asked: AskedExperiment; readonly look: Look }[] = [];
  for (const { finding, atMs } of await findingsOf(queries, shape.name, mostLooks)) {
    const look = parseLook(jsonIn(finding));
    if (look === null) continue;
    const { experiments, toMs } = look.asked;
    const at = experiments.findIndex((one) => one.name === name && one.seed === seed);
    if (at < 0) continue;
    const cells = cellsOf(experimentsLayout(experiments), look.values, look.noise)[at];
    found.push({ asked: experiments[at], look: { atMs, toMs, cells } });
  }
  const newest = found[0]?.asked;
  return found
    .filter(({ asked }) => newest !== undefined && isSame(asked, newest))
    .map(({ look }) => look)
    .reverse();
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
