/** tacit budget: what a report costs in privacy under the settings, and what rho means in epsilon. */
import { sensitivityOf } from "../../core/contribution.ts";
import { epsilonOf } from "../../core/sum/budget.ts";
import { rhoOf } from "../../core/sum/task.ts";
import { OperatorError } from "../operatorerror.ts";
import { configFrom, parseFlags, textFlag } from "./flags.ts";
import type { Command } from "./main.ts";

/** Rounds whose total is told; nothing limits how many a browser takes part in yet. */
const roundsTold = [1, 8, 24, 100] as const;

export const budget: Command = {
  summary: "tell what a report costs in privacy",
  usage: `tacit budget [--delta D] [--config FILE]
tacit budget --rho R [--delta D] [--json]

  --delta   probability that the guarantee fails, 1e-6 unless told
  --rho     convert this zCDP cost instead of that of the settings
  --json    print {"epsilon": …} alone

  Unit: one device. Adjacency: leave one report out, batch size public. Counted is one honest aggregator's noise.`,
  flags: { rho: { type: "string" }, delta: { type: "string" }, json: { type: "boolean" } },
  run: async (args, { env, out }) => {
    const flags = parseFlags("budget", args, budget.flags);
    const delta = numberOf("delta", textFlag(flags, "delta") ?? "1e-6");
    if (!(delta > 0 && delta < 1))
      throw new OperatorError(`budget: --delta must lie between 0 and 1, got ${delta}`);
    const given = textFlag(flags, "rho");
    if (given !== undefined) {
      const rho = numberOf("rho", given);
      const epsilon = epsilonOf({ rho, delta });
      out(flags.values.json === true ? JSON.stringify({ epsilon }) : toldAs(rho, epsilon, delta));
      return 0;
    }
    if (flags.values.json === true) throw new OperatorError("budget: --json goes with --rho R, got no --rho");
    const { training } = configFrom(flags, env);
    const { clipL2, weightScale, noiseMultiplier } = training;
    if (noiseMultiplier === 0) {
      out("noise is off (training.noiseMultiplier is 0): no report has a differential privacy guarantee");
      return 0;
    }
    const sensitivity = sensitivityOf({ clipL2, weightScale });
    const sigma = noiseMultiplier * clipL2;
    const rho = rhoOf({ clipL2, weightScale, noiseMultiplier });
    out(
      `a report: sensitivity ${sensitivity.toFixed(4)}, sigma ${sigma} of each aggregator, rho ${rho.toPrecision(4)}`,
    );
    for (const rounds of roundsTold) {
      const total = rounds * rho;
      out(`${String(rounds).padStart(4)} rounds: ${toldAs(total, epsilonOf({ rho: total, delta }), delta)}`);
    }
    out("A browser sends one report a round. No limit over rounds is enforced yet.");
    return 0;
  },
};

function toldAs(rho: number, epsilon: number, delta: number): string {
  return `rho ${rho.toPrecision(4)}, epsilon ${epsilon.toFixed(4)} at delta ${delta}`;
}

function numberOf(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0) || value === Number.POSITIVE_INFINITY) {
    throw new OperatorError(`budget: --${name} must be a finite number of at least 0, got "${text}"`);
  }
  return value;
}
