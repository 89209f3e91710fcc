/** tacit train: factors from logs the operator owns, so that the crowd does not begin with nothing. */
import { OperatorError } from "../base/operatorerror.ts";
import { feedNames } from "../publishing/feeds/known.ts";
import { inputOfFile } from "../publishing/input/input.ts";
import { judged } from "../publishing/judged.ts";
import { namedOrKnown, reconciled } from "../publishing/model.ts";
import { verdictText } from "../publishing/rounds.ts";
import { peopleIn } from "../publishing/train/acts.ts";
import { learnCentrally } from "../publishing/train/central.ts";
import { readLog } from "../publishing/train/log.ts";
import { leftOutText, requireMatched } from "../publishing/train/matched.ts";
import { openParts } from "../roles/leader.ts";
import type { Command } from "./command.ts";
import { configFrom, parseFlags, textFlag, textFlags } from "./flags.ts";
import { readingFlags, readingOf, tellFaults } from "./reading.ts";

const sweeps = 16;

export const train: Command = {
  summary: "learn item factors from logs the operator owns",
  usage: `tacit train --orders FILE [--exclude FILE]... [--format NAME] [--map COLUMN=NAME,…] [--skip-faults N%]
             [--charset NAME] [--force] [--config FILE] [--data DIR]

  --orders       a table, JSON lines or a JSON list, also gzip, with a person (user, customer) and an item a line; if
                 there: kind, quantity (returns have less than none), weight, at (ISO 8601, or a number since 1970)
  --exclude      people who must not be learned from, in the same form or as a list; those of gate.holdout never are
  --format       how the log is written: ${feedNames("log").join(", ")}
  --map          names of columns in the log, as in item=sku,person="Customer ID"
  --skip-faults  leave out lines with a fault, up to this part of all, and write the faults to FILE.faults.txt
  --charset      encoding of the files, where it is not UTF-8
  --force        publish what the gate refuses, and what was learned from little of the log`,
  flags: {
    orders: { type: "string" },
    exclude: { type: "string", multiple: true },
    force: { type: "boolean" },
    ...readingFlags,
  },
  run: async (args, { env, out }) => {
    const flags = parseFlags("train", args, train.flags);
    const orders = textFlag(flags, "orders");
    if (orders === undefined || flags.positionals.length > 0) {
      throw new OperatorError(`train: --orders FILE must be given, got ${args.join(" ") || "nothing"}`);
    }
    const isForced = flags.values.force === true;
    const { charset, mostFaulty, ...reading } = readingOf(flags, "log");
    const config = configFrom(flags, env);
    const { holdout } = config.gate;
    const without = new Set<string>();
    for (const file of textFlags(flags, "exclude")) {
      for (const person of await peopleIn(inputOfFile(file, charset), reading)) without.add(person);
    }
    if (holdout !== undefined) {
      for (const person of await peopleIn(inputOfFile(holdout))) without.add(person);
    }
    const parts = await openParts(config, { log: out });
    try {
      const { editions, gate } = parts;
      const { inForce } = editions;
      if (inForce === null) {
        throw new OperatorError(
          "train: expected a catalogue in force, got none: run tacit import FILE first",
        );
      }
      const { items } = reconciled(inForce.learned, inForce.model, (item) => editions.isKept(item));
      const rowOf = new Map(items.map((item, row) => [item, row]));
      const log = await readLog(inputOfFile(orders, charset), {
        ...{ rowOf, without, reading, mostFaulty },
        nowMs: Date.now(),
      });
      await tellFaults(orders, log.faults, out);
      requireMatched(log, items, isForced ? 0 : undefined);
      const people = log.tastes.interactions.starts.length - 1;
      if (people === 0) {
        throw new OperatorError("train: expected somebody who has something, got a log of returns alone");
      }
      const { dim, alpha0, lambda } = config.training;
      const learned = learnCentrally(log.tastes, items, {
        dim,
        alpha0,
        lambda,
        sweeps,
        onSweep: (sweep) => out(`sweep ${sweep}/${sweeps}`),
      });
      out(`learned from ${people} people${leftOutText(log)}`);
      const { verdict, draft } = await judged(
        { inForce, editions, gate },
        {
          learned: namedOrKnown(learned, inForce.learned),
          round: inForce.model.round + 1,
          origin: "train",
        },
      );
      out(verdictText(verdict));
      if (verdict.verdict === "refused" && !isForced) {
        throw new OperatorError(
          "train: the gate refused the factors, nothing was published (--force publishes them)",
        );
      }
      await editions.publish(await draft(), "superseded: trained on logs");
      out(`edition ${editions.inForce?.sequence} is in force`);
    } finally {
      await parts.close();
    }
    return 0;
  },
};
