/** tacit train: factors from logs the operator owns, so that the crowd does not begin with nothing. */
import { OperatorError } from "../base/operatorerror.ts";
import { judged } from "../publishing/judged.ts";
import { namedOrKnown, reconciled } from "../publishing/model.ts";
import { verdictText } from "../publishing/rounds.ts";
import { learnCentrally } from "../publishing/train/central.ts";
import { readHoldout, readOrders } from "../publishing/train/logs.ts";
import { openParts } from "../roles/leader.ts";
import type { Command } from "./command.ts";
import { configFrom, parseFlags, textFlag, textFlags } from "./flags.ts";

const sweeps = 16;

export const train: Command = {
  summary: "learn item factors from logs the operator owns",
  usage: `tacit train --orders FILE [--exclude FILE]... [--force] [--config FILE] [--data DIR]

  --orders   CSV (also .gz): user,item,weight, or customer,at,item,quantity
  --exclude  CSV of people to leave out, as they are held out elsewhere; those of gate.holdout always are
  --force    publish even what the gate refuses`,
  flags: {
    orders: { type: "string" },
    exclude: { type: "string", multiple: true },
    force: { type: "boolean" },
  },
  run: async (args, { env, out }) => {
    const flags = parseFlags("train", args, train.flags);
    const orders = textFlag(flags, "orders");
    if (orders === undefined || flags.positionals.length > 0) {
      throw new OperatorError(`train: --orders FILE must be given, got ${args.join(" ") || "nothing"}`);
    }
    const config = configFrom(flags, env);
    const logs = new Map(readOrders(orders));
    const { holdout } = config.gate;
    for (const file of [...textFlags(flags, "exclude"), ...(holdout === undefined ? [] : [holdout])]) {
      for (const user of readHoldout(file).keys()) logs.delete(user);
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
      const { dim, alpha0, lambda } = config.training;
      const { items } = reconciled(inForce.learned, inForce.model, (item) => editions.isKept(item));
      const { learned, people, unknownPairs } = learnCentrally(logs.values(), items, {
        dim,
        alpha0,
        lambda,
        sweeps,
        onSweep: (sweep) => out(`sweep ${sweep}/${sweeps}`),
      });
      const left =
        unknownPairs === 0 ? "" : `; ${unknownPairs} pairs left out, their items are not in the catalogue`;
      out(`learned from ${people} people${left}`);
      const { verdict, draft } = await judged(
        { inForce, editions, gate },
        {
          learned: namedOrKnown(learned, inForce.learned),
          round: inForce.model.round + 1,
          origin: "train",
        },
      );
      out(verdictText(verdict));
      if (verdict.verdict === "refused" && flags.values.force !== true) {
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
