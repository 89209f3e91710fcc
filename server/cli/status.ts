/**
 * tacit status: what a running server sums, what came of it, and what the crowd's activity was, with what
 * noise leaves open.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { messageOf } from "../../core/errors.ts";
import type { Config } from "../base/config.ts";
import { OperatorError } from "../base/operatorerror.ts";
import { serverKinds } from "../kinds/registry.ts";
import type { Command } from "./command.ts";
import { configFrom, parseFlags } from "./flags.ts";

const roundsShown = 6;
const answerMs = 10_000;

const counts = v.record(v.string(), v.number());
const statusSchema = v.object({
  opening: v.record(v.string(), v.object({ why: v.string(), detail: v.string() })),
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
  summary: "show what a running server sums and what it found",
  usage: `tacit status [--config FILE] [--data DIR] [--port N]

  Asks the server at the configured port, with the admin token of TACIT_ADMIN_TOKEN or of the file admin-token in the
  data directory. Numbers of activity stand with the interval that noise leaves open, with 95 % probability.`,
  flags: { port: { type: "string" } },
  run: async (args, { env, out }) => {
    const config = configFrom(parseFlags("status", args, status.flags), env);
    const token = tokenFrom(config, env);
    for (const line of linesOf(await askStatus(config, token))) out(line);
    return 0;
  },
};

function tokenFrom({ data }: Config, env: Readonly<Record<string, string | undefined>>): string {
  const file = join(data, "admin-token");
  const token = env.TACIT_ADMIN_TOKEN ?? (existsSync(file) ? readFileSync(file, "utf8").trim() : undefined);
  if (token !== undefined) return token;
  throw new OperatorError(`status: the admin token must be in TACIT_ADMIN_TOKEN or ${file}, got neither`);
}

async function askStatus({ host, port }: Config, token: string): Promise<Status> {
  const reached = ["0.0.0.0", "::"].includes(host) ? "127.0.0.1" : host;
  const url = `http://${reached.includes(":") ? `[${reached}]` : reached}:${port}/v1/admin/status`;
  let response: Response;
  try {
    const headers = { authorization: `Bearer ${token}` };
    response = await fetch(url, { headers, redirect: "error", signal: AbortSignal.timeout(answerMs) });
  } catch (error) {
    throw new OperatorError(`status: a server must answer at ${url}, got ${messageOf(error)}`);
  }
  if (response.status !== 200) {
    throw new OperatorError(`status: ${url} must answer with 200, got ${response.status}`);
  }
  return v.parse(statusSchema, await response.json());
}

function linesOf({ opening, refused, leftOut, rounds, findings }: Status): readonly string[] {
  return [
    ...Object.entries(opening).map(([kind, { why, detail }]) => `${kind}: not open yet: ${why}: ${detail}`),
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
