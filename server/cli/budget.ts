/** tacit budget: what a task costs in privacy under the settings, what a person can spend at most, what rho means in epsilon. */

import { epsilonOf } from "../../core/sum/budget.ts";
import { productionLimits, toldDelta } from "../../core/sum/limits.ts";
import { sensitivityOf } from "../../core/tasks/itemfactors/contribution.ts";
import { rhoOf } from "../../core/tasks/task.ts";
import type { Config } from "../base/config.ts";
import { OperatorError } from "../base/operatorerror.ts";
import type { Command } from "./command.ts";
import { configFrom, parseFlags, textFlag } from "./flags.ts";

/** Numbers of reports whose total is told. */
const reportsTold = [1, 2, 4, 8, 24] as const;

export const budget: Command = {
  summary: "tell what a task costs in privacy, and what a person can spend",
  usage: `tacit budget [--delta D] [--config FILE]
tacit budget --rho R [--delta D] [--json]

  --delta   probability that the guarantee fails, ${toldDelta} unless told
  --rho     convert this zCDP cost instead of that of the settings
  --json    print {"epsilon": …} alone

  Unit: one device. Adjacency: leave its reports out, batch size public. Counted is one honest aggregator's noise.`,
  flags: { rho: { type: "string" }, delta: { type: "string" }, json: { type: "boolean" } },
  run: async (args, { env, out }) => {
    const flags = parseFlags("budget", args, budget.flags);
    const delta = numberOf("delta", textFlag(flags, "delta") ?? String(toldDelta));
    if (!(delta > 0 && delta < 1))
      throw new OperatorError(`budget: --delta must lie between 0 and 1, got ${delta}`);
    const given = textFlag(flags, "rho");
    if (given !== undefined) {
      const rho = numberOf("rho", given);
      const epsilon = epsilonOf({ rho, delta });
      out(flags.values.json === true ? JSON.stringify({ epsilon }) : toldAs(rho, delta));
      return 0;
    }
    if (flags.values.json === true) throw new OperatorError("budget: --json goes with --rho R, got no --rho");
    for (const line of told(configFrom(flags, env), delta)) out(line);
    return 0;
  },
};

/** What the settings cost, and how far a browser goes along with them. */
function told({ training, round }: Config, delta: number): readonly string[] {
  const { clipL2, weightScale, noiseMultiplier, buckets } = training;
  const { rhoPerReport, rhoPer30Days, rhoLifetime } = productionLimits;
  const limits = [
    "",
    "A browser goes no further, whatever a server asks (core/sum/limits.ts; on a loopback address nothing limits it):",
    `  a report      ${toldAs(rhoPerReport, delta)}`,
    `  any 30 days   ${toldAs(rhoPer30Days, delta)}`,
    `  ever          ${toldAs(rhoLifetime, delta)}`,
  ];
  if (noiseMultiplier === 0) {
    return [
      "noise is off (training.noiseMultiplier is 0): no report has a differential privacy guarantee",
      ...limits,
      "So no browser answers this task, but on a loopback address.",
    ];
  }
  const sensitivity = sensitivityOf({ clipL2, weightScale });
  const rho = rhoOf({ clipL2, weightScale, noiseMultiplier });
  const within = (most: number) => Math.floor(most / rho + 1e-9);
  const bucketsLine =
    buckets === 1
      ? []
      : [
          `  in up to ${buckets} buckets: a report is in one, so its cost stays; their total has up to ${Math.sqrt(buckets).toFixed(2)} times the noise`,
        ];
  return [
    `a report: sensitivity ${sensitivity.toFixed(4)}, sigma ${noiseMultiplier * clipL2} of each aggregator, rho ${rho.toPrecision(4)}`,
    ...bucketsLine,
    ...reportsTold.map((reports) => `${String(reports).padStart(4)} rounds: ${toldAs(reports * rho, delta)}`),
    ...limits,
    ...refusalOf({ rho, minBatch: round.minBatch, noiseMultiplier }),
    `A person sends one report a round: ${plural(within(rhoPer30Days), "round")} in any 30 days, ${plural(within(rhoLifetime), "round")} ever.`,
  ];
}

interface Asked {
  readonly rho: number;
  readonly minBatch: number;
  readonly noiseMultiplier: number;
}

/** Why browsers would not answer such a task at all. */
function refusalOf({ rho, minBatch, noiseMultiplier }: Asked): readonly string[] {
  const limits = productionLimits;
  return [
    ...(rho > limits.rhoPerReport
      ? [`So no browser answers this task: a report may cost ${limits.rhoPerReport}.`]
      : []),
    ...(noiseMultiplier < limits.noiseMultiplier
      ? [
          `So no browser answers this task: training.noiseMultiplier must be at least ${limits.noiseMultiplier}.`,
        ]
      : []),
    ...(minBatch < limits.minBatch
      ? [`So no browser answers this task: round.minBatch must be at least ${limits.minBatch}.`]
      : []),
  ];
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

function toldAs(rho: number, delta: number): string {
  return `rho ${rho.toPrecision(4)}, epsilon ${epsilonOf({ rho, delta }).toFixed(4)} at delta ${delta}`;
}

function numberOf(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0) || value === Number.POSITIVE_INFINITY) {
    throw new OperatorError(`budget: --${name} must be a finite number of at least 0, got "${text}"`);
  }
  return value;
}
