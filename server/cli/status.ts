/**
 * tacit status: what a running server sums, what came of it, and what the crowd's activity was, with what
 * noise leaves open.
 */
import * as v from "valibot";
import { judgedStagesSchema } from "../../core/model/ranker.ts";
import { OperatorError } from "../base/operatorerror.ts";
import { stageLines } from "../kinds/ranker/finding.ts";
import { serverKinds } from "../kinds/registry.ts";
import type { Command } from "./command.ts";
import { configFrom, parseFlags } from "./flags.ts";
import { AdminApi, runningSchema, stepText, tokenFrom } from "./reach.ts";

const roundsShown = 6;

const counts = v.record(v.string(), v.number());
const pairsSchema = v.object({
  round: v.number(),
  reports: v.number(),
  items: v.number(),
  pairs: v.number(),
  weight: v.number(),
  recentWeight: v.optional(v.number(), 0),
});

const segmentsSchema = v.object({
  people: v.number(),
  origin: v.string(),
  segments: v.array(v.object({ name: v.string(), share: v.number() })),
});

const rankerSchema = v.object({
  people: v.number(),
  origin: v.string(),
  judged: v.nullable(judgedStagesSchema),
});

const statusSchema = v.object({
  opening: v.record(v.string(), v.object({ why: v.string(), detail: v.string() })),
  waits: v.record(
    v.string(),
    v.object({
      why: v.string(),
      reports: v.number(),
      lanesShort: v.number(),
      lanes: v.number(),
      minBatch: v.number(),
    }),
  ),
  /** One of an older server says nothing of pairs, segments or a ranker. */
  edition: v.optional(
    v.nullable(
      v.object({
        pairs: v.optional(v.nullable(pairsSchema), null),
        segments: v.optional(v.nullable(segmentsSchema), null),
        ranker: v.optional(v.nullable(rankerSchema), null),
      }),
    ),
    null,
  ),
  work: runningSchema,
  refused: counts,
  leftOut: counts,
  rounds: v.array(
    v.object({
      kind: v.string(),
      round: v.number(),
      state: v.string(),
      openedAt: v.string(),
      outcome: v.nullable(v.string()),
      waiting: counts,
      batches: v.array(v.object({ state: v.string(), counted: v.number() })),
    }),
  ),
  findings: v.array(v.object({ kind: v.string(), round: v.number(), at: v.string(), finding: v.unknown() })),
});
type Status = v.InferOutput<typeof statusSchema>;

export const status: Command = {
  summary: "show what a running server does, sums and found",
  usage: `tacit status [--config FILE] [--data DIR] [--port N]

  Asks the leader or helper at the configured port, with the admin token of TACIT_ADMIN_TOKEN or of the file admin-token in the
  data directory. Numbers of activity stand with the interval that noise leaves open, with 95 % probability.`,
  flags: { port: { type: "string" } },
  run: async (args, { env, out }) => {
    const config = configFrom(parseFlags("status", args, status.flags), env);
    if (config.role === "relay") {
      throw new OperatorError("status: a relay keeps nothing to tell: ask its /health/ready");
    }
    const answer = await new AdminApi("status", config, tokenFrom(config, env)).get("/status");
    const helper = v.safeParse(helperSchema, answer);
    const lines = helper.success ? helperLines(helper.output) : linesOf(v.parse(statusSchema, answer));
    for (const line of lines) out(line);
    return 0;
  },
};

const helperSchema = v.object({
  role: v.literal("helper"),
  entries: v.number(),
  vouched: v.array(v.object({ kind: v.string(), subject: v.string(), id: v.string(), at: v.string() })),
  batches: v.object({ all: v.number(), answered: v.number(), counted: v.number() }),
  keys: v.array(v.number()),
});

function helperLines({ entries, vouched, batches, keys }: v.InferOutput<typeof helperSchema>) {
  return [
    `log of ${entries} entries`,
    ...vouched.map(({ kind, subject, id, at }) => `${kind} ${subject}  ${id}  since ${at.slice(0, 16)}`),
    `${batches.counted} reports in ${batches.all} sums, ${batches.answered} of them answered`,
    `reports are sealed to key ${keys.join(", before it ")}`,
  ];
}

function linesOf({
  edition,
  opening,
  waits,
  work,
  refused,
  leftOut,
  rounds,
  findings,
}: Status): readonly string[] {
  return [
    ...(work === null ? [] : [`at work: ${work.job}${work.step === null ? "" : `: ${stepText(work.step)}`}`]),
    ...Object.entries(opening).map(([kind, { why, detail }]) => `${kind}: not open yet: ${why}: ${detail}`),
    ...Object.entries(waits).map(([kind, wait]) => `${kind}: waits: ${waitText(wait)}`),
    ...(edition?.pairs == null ? [] : [pairsLine(edition.pairs)]),
    ...(edition?.segments == null ? [] : segmentLines(edition.segments)),
    ...(edition?.ranker == null ? [] : rankerLines(edition.ranker)),
    ...rounds.slice(0, roundsShown).map(roundLine),
    ...countLine("refused since the start", refused),
    ...countLine("left out of sums", leftOut),
    ...serverKinds.flatMap(({ name, describe }) => {
      const newest = findings.find(({ kind }) => kind === name);
      if (newest === undefined || describe === undefined) return [];
      return ["", `${name}, round ${newest.round}`, ...describe(newest.finding).map((line) => `  ${line}`)];
    }),
  ];
}

function pairsLine(inForce: v.InferOutput<typeof pairsSchema>): string {
  const { round, reports, items, pairs, weight, recentWeight } = inForce;
  const list = `${pairs} pairs of ${items} items`;
  if (round === 0) return `pairs: ${list}, nobody has reported on them yet`;
  return `pairs: ${list}, ${round === 1 ? "1 round" : `${round} rounds`}, the last of ${reports} reports; ${weight} of a score, ${recentWeight} by what is wanted lately`;
}

function segmentLines({ people, origin, segments }: v.InferOutput<typeof segmentsSchema>) {
  return [
    `segments: ${segments.length} of ${people} people, from ${origin === "logs" ? "logs" : "sums of the crowd"}`,
    ...segments.map(({ name, share }) => `  ${String(Math.round(100 * share)).padStart(3)} %  ${name}`),
  ];
}

function rankerLines({ people, origin, judged }: v.InferOutput<typeof rankerSchema>) {
  return [
    `ranker: of ${people} people, from ${origin === "logs" ? "logs" : "sums of the crowd"}`,
    ...(judged === null ? ["not measured"] : stageLines(judged)).map((line) => `  ${line}`),
  ];
}

function waitText({ why, reports, lanesShort, lanes, minBatch }: Status["waits"][string]): string {
  return why === "too-few-reports"
    ? `${lanesShort} of ${lanes} lanes have fewer than ${minBatch} reports, ${reports} in all`
    : `reports still come, ${reports} so far`;
}

function roundLine({ kind, round, state, openedAt, outcome, waiting, batches }: Status["rounds"][number]) {
  const counted = batches.reduce((sum, batch) => sum + batch.counted, 0);
  const waits = Object.values(waiting).reduce((sum, reports) => sum + reports, 0);
  const came = outcome ?? `${counted} reports in ${batches.length} sums, ${waits} wait`;
  return `${kind} ${round}  ${state.padEnd(8)}  since ${openedAt.slice(0, 16)}  ${came}`;
}

function countLine(what: string, byReason: Readonly<Record<string, number>>): readonly string[] {
  const reasons = Object.entries(byReason).map(([why, count]) => `${why} ${count}`);
  return reasons.length === 0 ? [] : [`${what}: ${reasons.join(", ")}`];
}
