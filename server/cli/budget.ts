/**
 * tacit budget: the privacy plan of the settings, what it lets a device spend at most, what rho means in
 * epsilon.
 */
import { epsilonOf } from "../../core/sum/budget.ts";
import { productionLimits, reportedDelta } from "../../core/sum/limits.ts";
import { type PrivacyPlan, plannedRhoOf } from "../../core/sum/plan.ts";
import type { Config } from "../base/config.ts";
import { OperatorError } from "../base/operatorerror.ts";
import { serverKinds } from "../kinds/registry.ts";
import { planOf } from "../roles/plan.ts";
import type { Command } from "./command.ts";
import { configFrom, parseFlags, textFlag } from "./flags.ts";

export const budget: Command = {
  summary: "tell what the settings cost in privacy, and what a person can spend",
  usage: `tacit budget [--delta D] [--config FILE]
tacit budget --rho R [--delta D] [--json]

  --delta   probability that the guarantee fails, ${reportedDelta} unless told
  --rho     convert this zCDP cost instead of that of the settings
  --json    print {"epsilon": …} alone

  Unit: one device. Adjacency: leave its reports out, batch size public. Counted is one honest aggregator's noise.`,
  flags: { rho: { type: "string" }, delta: { type: "string" }, json: { type: "boolean" } },
  run: async (args, { env, out }) => {
    const flags = parseFlags("budget", args, budget.flags);
    const delta = numberOf("delta", textFlag(flags, "delta") ?? String(reportedDelta));
    if (!(delta > 0 && delta < 1))
      throw new OperatorError(`budget: --delta must lie between 0 and 1, got ${delta}`);
    const given = textFlag(flags, "rho");
    if (given !== undefined) {
      const rho = numberOf("rho", given);
      const epsilon = epsilonOf({ rho, delta });
      out(flags.values.json === true ? JSON.stringify({ epsilon }) : costText(rho, delta));
      return 0;
    }
    if (flags.values.json === true) throw new OperatorError("budget: --json goes with --rho R, got no --rho");
    for (const line of linesOf(configFrom(flags, env), delta)) out(line);
    return 0;
  },
};

/** The plan, and how far a browser goes along with it. */
function linesOf(config: Config, delta: number): readonly string[] {
  const plan = planOf(config, serverKinds, 0);
  const { rhoPerSum, rhoPer30Days, rhoLifetime } = productionLimits;
  return [
    "What this server's privacy plan promises every device:",
    ...plan.kinds.map((kind) => kindLine(kind, delta)),
    `  together      ${costText(plannedRhoOf(plan), delta)} within any 30 days`,
    ...lanesLines(config),
    "",
    "A browser goes no further, whatever a server asks (core/sum/limits.ts; on a loopback address nothing limits it):",
    `  a sum         ${costText(rhoPerSum, delta)}`,
    `  any 30 days   ${costText(rhoPer30Days, delta)}`,
    `  ever          ${costText(rhoLifetime, delta)}`,
    "",
    ...verdictLines(plan, config),
  ];
}

function kindLine({ kind, rho, reportsPer30Days }: PrivacyPlan["kinds"][number], delta: number): string {
  const cost =
    rho === null ? "noise is off: no differential privacy guarantee" : `${costText(rho, delta)} each`;
  return `  ${kind.padEnd(13)} at most ${plural(reportsPer30Days, "report")} within any 30 days, ${cost}`;
}

function lanesLines(config: Config): readonly string[] {
  const { training, pairs, activity, segments, ranker, places, experiments } = config;
  const asked = [training, pairs, activity, segments, ranker, places, experiments].filter(({ on }) => on);
  const most = Math.max(1, ...asked.map(({ lanes }) => lanes));
  if (most === 1) return [];
  const times = Math.sqrt(most).toFixed(2);
  return [
    `  in ${most} lanes: a report is in one, so its cost stays; their total has ${times} times the noise`,
  ];
}

/** Whether browsers go along with the plan, and how long. */
function verdictLines(plan: PrivacyPlan, { round }: Config): readonly string[] {
  const { rhoPerSum, rhoPer30Days, rhoLifetime, minBatch } = productionLimits;
  const planned = plannedRhoOf(plan);
  const faults = [
    ...plan.kinds.flatMap(({ kind, rho }) => {
      if (rho === null) return [`noise is off for ${kind}: no browser answers it, but on a loopback address`];
      return rho > rhoPerSum ? [`${kind} costs more than ${rhoPerSum} a sum: no browser answers it`] : [];
    }),
    ...(Number.isFinite(planned) && planned > rhoPer30Days * (1 + 1e-9)
      ? [
          `the plan is beyond a browser's ${rhoPer30Days} within 30 days: no browser follows it, but on a loopback address`,
        ]
      : []),
    ...(round.minBatch < minBatch
      ? [`no browser answers these tasks: round.minBatch must be at least ${minBatch}`]
      : []),
  ];
  if (faults.length > 0) return faults;
  const windows = Math.floor(rhoLifetime / planned + 1e-9);
  return [`The plan fits. A device that takes part in all of it can do so for ${plural(windows, "month")}.`];
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

function costText(rho: number, delta: number): string {
  if (rho === Number.POSITIVE_INFINITY) return "rho unbounded";
  return `rho ${rho.toPrecision(4)}, epsilon ${epsilonOf({ rho, delta }).toFixed(4)} at delta ${delta}`;
}

function numberOf(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0) || value === Number.POSITIVE_INFINITY) {
    throw new OperatorError(`budget: --${name} must be a finite number of at least 0, got "${text}"`);
  }
  return value;
}
