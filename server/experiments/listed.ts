/** An experiment as an operator sees it listed: from the store, or over the admin API as JSON. */
import * as v from "valibot";
import { dayMs } from "../../core/time.ts";
import { issueText } from "../../core/wire/issues.ts";
import { type ExperimentState, type KeptExperiment, parseDraft } from "./draft.ts";

/** With its state at the moment of the asking. */
export interface ListedExperiment extends KeptExperiment {
  readonly state: ExperimentState;
}

/** All that a server keeps. */
export interface Listing {
  readonly experiments: readonly ListedExperiment[];
  /** Names of those that another version wrote in another form: nobody is in them, and nothing is asked about them. */
  readonly unread: readonly string[];
}

const listedSchema: v.GenericSchema<unknown, ListedExperiment> = v.object({
  draft: v.pipe(v.unknown(), v.transform(parseDraft)),
  createdAtMs: v.number(),
  started: v.nullable(
    v.object({ seed: v.string(), fromMs: v.number(), toMs: v.number(), lookDays: v.number() }),
  ),
  state: v.picklist(["draft", "running", "closing", "ended"]),
});

/** @throws {TypeError | RangeError} for what no server answers. */
export function parseListed(json: unknown): ListedExperiment {
  const parsed = v.safeParse(listedSchema, json);
  if (parsed.success) return parsed.output;
  throw new TypeError(issueText("parseListed", parsed.issues[0]));
}

const listingSchema = v.object({ experiments: v.array(v.unknown()), unread: v.array(v.string()) });

/** @throws {TypeError | RangeError} for what no server answers. */
export function parseListing(json: unknown): Listing {
  const parsed = v.safeParse(listingSchema, json);
  if (parsed.success) return { ...parsed.output, experiments: parsed.output.experiments.map(parseListed) };
  throw new TypeError(issueText("parseListing", parsed.issues[0]));
}

/** For people. */
export function listingLines({ experiments, unread }: Listing): readonly string[] {
  const lines = [
    ...experiments.flatMap(listedLines),
    ...unread.map(
      (name) => `${name.padEnd(24)} not read: another version of tacit wrote it; nobody is in it`,
    ),
  ];
  return lines.length === 0 ? ["no experiments: tacit experiment create FILE"] : lines;
}

/** For people. */
export function listedLines({ draft, started, state }: ListedExperiment): readonly string[] {
  const { name, arms, coverage, metrics, days, windowDays, layer } = draft;
  const times =
    started === null
      ? `${days} days of new people once it is started`
      : `${dayOf(started.fromMs)} to ${dayOf(started.toMs)}, told of until ${dayOf(started.toMs + windowDays * dayMs)}`;
  const shares = arms.map((arm) => `${arm.name} ${percent(arm.weight)}`).join(", ");
  const within = layer === null ? "" : `, layer ${layer.name}`;
  return [
    `${name.padEnd(24)} ${state.padEnd(8)} ${times}`,
    `  ${shares}; ${percent(coverage)} of people${within}; by ${metrics.map((one) => one.name).join(", ")}`,
  ];
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(2))} %`;
}

function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}
