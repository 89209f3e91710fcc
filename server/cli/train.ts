/** tacit train: factors from logs the operator owns, so that the crowd does not begin with nothing. */
import * as v from "valibot";
import { OperatorError } from "../base/operatorerror.ts";
import type { LearnedItems } from "../kinds/itemfactors/knowledge.ts";
import { encodeLearned } from "../kinds/itemfactors/learned.ts";
import { readingAsked } from "../publishing/asked.ts";
import { feedNames } from "../publishing/feeds/known.ts";
import { inputOfFile } from "../publishing/input/input.ts";
import { itemsToLearn } from "../publishing/model.ts";
import { verdictText } from "../publishing/rounds.ts";
import { peopleIn } from "../publishing/train/acts.ts";
import { learnFrom } from "../publishing/train/learning.ts";
import { publishTrained } from "../publishing/trained.ts";
import type { Parts } from "../roles/leader.ts";
import type { Command } from "./command.ts";
import { configFrom, parseFlags, textFlag, textFlags } from "./flags.ts";
import { type AdminApi, openOrReach, voiceOf, waitFlag, waitMsIn } from "./reach.ts";
import { askedIn, readingFlags, tellFaults } from "./reading.ts";

export const train: Command = {
  summary: "learn item factors from logs the operator owns",
  usage: `tacit train --orders FILE [--exclude FILE]... [--format NAME] [--map COLUMN=NAME,…] [--skip-faults N%]
             [--charset NAME] [--force] [--wait SECONDS] [--config FILE] [--data DIR] [--port N]

  --orders       a table, JSON lines or a JSON list, also gzip, with a person (user, customer) and an item a line; if
                 there: kind, quantity (returns have less than none), weight, at (ISO 8601, or a number since 1970)
  --exclude      people who must not be learned from, in the same form or as a list; those of gate.holdout never are
  --format       how the log is written: ${feedNames("log").join(", ")}
  --map          names of columns in the log, as in item=sku,person="Customer ID"
  --skip-faults  leave out lines with a fault, up to this part of all, and write the faults to FILE.faults.txt
  --charset      encoding of the files, where it is not UTF-8
  --force        publish what the gate refuses, and what was learned from little of the log
  --wait         so long to wait for another command on the data directory, 30 unless told
  --port         where the server answers that has the data directory, 8787 unless told

  Where a server runs on the data directory, what is learned here is handed to it at its admin API: logs stay here.`,
  flags: {
    orders: { type: "string" },
    exclude: { type: "string", multiple: true },
    force: { type: "boolean" },
    port: { type: "string" },
    ...waitFlag,
    ...readingFlags,
  },
  run: async (args, { env, out, err }) => {
    const flags = parseFlags("train", args, train.flags);
    const orders = textFlag(flags, "orders");
    if (orders === undefined || flags.positionals.length > 0) {
      throw new OperatorError(`train: --orders FILE must be given, got ${args.join(" ") || "nothing"}`);
    }
    const isForced = flags.values.force === true;
    const charset = textFlag(flags, "charset");
    const { mostFaulty, ...reading } = readingAsked(askedIn(flags, "log"));
    const waitMs = waitMsIn("train", flags);
    const config = configFrom(flags, env);
    const { holdout } = config.gate;
    const without = new Set<string>();
    for (const file of textFlags(flags, "exclude")) {
      for (const person of await peopleIn(inputOfFile(file, charset), reading)) without.add(person);
    }
    if (holdout !== undefined) {
      for (const person of await peopleIn(inputOfFile(holdout))) without.add(person);
    }
    const { log, say } = voiceOf(config, { out, err });
    const reached = await openOrReach("train", config, { env, log, say, waitMs });
    const { dim, alpha0, lambda } = config.training;
    const onFaults = (faults: readonly string[]) => tellFaults(orders, faults, out);
    const learning = {
      without,
      reading,
      mostFaulty,
      isForced,
      nowMs: Date.now(),
      say,
      onFaults,
      dim,
      alpha0,
      lambda,
    };
    const learn: Learn = (items) => learnFrom(inputOfFile(orders, charset), { ...learning, items });
    try {
      const lines =
        reached.at === "server"
          ? await learnedBeside(reached.api, learn, { isForced, say })
          : await learnedHere(reached.parts, learn, isForced);
      for (const line of lines) out(line);
    } finally {
      if (reached.at === "directory") await reached.parts.close();
    }
    return 0;
  },
};

type Learn = (items: readonly string[]) => Promise<LearnedItems>;

async function learnedHere({ editions }: Parts, learn: Learn, isForced: boolean): Promise<readonly string[]> {
  const { inForce } = editions;
  if (inForce === null) {
    throw new OperatorError("train: expected a catalogue in force, got none: run tacit import FILE first");
  }
  const items = itemsToLearn(inForce.learned, inForce.model, (item) => editions.isKept(item));
  const { verdict, isPublished } = await publishTrained(editions, inForce, await learn(items), isForced);
  if (!isPublished) {
    throw new OperatorError(
      `train: the gate refused the factors, nothing was published (--force publishes them): ${verdictText(verdict)}`,
    );
  }
  return [verdictText(verdict), `edition ${editions.inForce?.sequence} is in force`];
}

const itemsSchema = v.object({ items: v.array(v.string()) });
const publishedSchema = v.object({ sequence: v.number(), verdict: v.string() });

/** With a server on the directory: learned in this process, judged and published in that one. */
async function learnedBeside(
  api: AdminApi,
  learn: Learn,
  { isForced, say }: { readonly isForced: boolean; readonly say: (line: string) => void },
): Promise<readonly string[]> {
  const { items } = v.parse(itemsSchema, await api.get("/items"));
  const bytes = encodeLearned(await learn(items));
  const answer = await api.post(`/learned${isForced ? "?force=1" : ""}`, { bytes }, say);
  const { sequence, verdict } = v.parse(publishedSchema, answer);
  return [verdict, `edition ${sequence} is in force`];
}
