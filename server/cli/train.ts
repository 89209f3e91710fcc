/** tacit train: factors from logs the operator owns, so that the crowd does not begin with nothing. */
import * as v from "valibot";
import { type CatalogueCard, cardSchema } from "../../core/model/card.ts";
import type { JoinedModel } from "../../core/model/join.ts";
import { encodeRanker, type RankerPart } from "../../core/model/ranker.ts";
import { encodeSegments, type SegmentsPart } from "../../core/model/segments.ts";
import { catalogueFacts } from "../../core/profile/catalogue.ts";
import type { Config } from "../base/config.ts";
import { OperatorError } from "../base/operatorerror.ts";
import type { LearnedItems } from "../kinds/itemfactors/knowledge.ts";
import { encodeLearned, hasLearned } from "../kinds/itemfactors/learned.ts";
import { readingAsked } from "../publishing/asked.ts";
import { feedNames } from "../publishing/feeds/known.ts";
import type { Reading } from "../publishing/feeds/reading.ts";
import { inputOfFile } from "../publishing/input/input.ts";
import { itemsToLearn } from "../publishing/model.ts";
import { outcomeText, rankerText } from "../publishing/outcome.ts";
import { publishRanker } from "../publishing/rankerrounds.ts";
import { publishSegments } from "../publishing/segmentrounds.ts";
import { peopleIn } from "../publishing/train/acts.ts";
import { learnFrom, sweeps } from "../publishing/train/learning.ts";
import type { LogOptions } from "../publishing/train/log.ts";
import { profilesOf } from "../publishing/train/profiles.ts";
import { labelDaysIn, rankerFromLog } from "../publishing/train/ranker.ts";
import { segmentChoiceIn, segmentsFrom } from "../publishing/train/segments.ts";
import { publishTrained } from "../publishing/trained.ts";
import type { Parts } from "../roles/leader.ts";
import type { Command } from "./command.ts";
import { configFrom, parseFlags, textFlag, textFlags } from "./flags.ts";
import { type AdminApi, openOrReach, voiceOf, waitFlag, waitMsIn } from "./reach.ts";
import { askedIn, readingFlags, tellFaults } from "./reading.ts";
import { servedModel } from "./servedmodel.ts";

export const train: Command = {
  summary: "learn item factors from logs the operator owns",
  usage: `tacit train --orders FILE [--exclude FILE]... [--format NAME] [--map COLUMN=NAME,…] [--skip-faults N%]
             [--segments auto|N|dbscan] [--ranker DAYS] [--charset NAME] [--as-is] [--force] [--if-unlearned] [--wait SECONDS]
             [--config FILE] [--data DIR] [--port N]

  --orders       a table, JSON lines or a JSON list, also gzip, with a person (user, customer) and an item a line; if
                 there: kind, quantity (returns have less than none), weight, at (ISO 8601, or a number since 1970)
  --exclude      people who must not be learned from, in the same form or as a list; those of gate.holdout never are
  --format       how the log is written: ${feedNames("log").join(", ")}
  --map          names of columns in the log, as in item=sku,person="Customer ID"
  --skip-faults  leave out lines with a fault, up to this part of all, and write the faults to FILE.faults.txt
  --segments     also which sorts of people there are: auto counts them, N is so many, dbscan finds them by density
  --ranker       also what orders lists, from what people did in the last DAYS of the log; it comes into force where it
                 ranks better for people held out (gate.holdout)
  --charset      encoding of the files, where it is not UTF-8
  --as-is        learn from every line, also from what was written twice or faster than a person, and from robots
  --force        publish what the gate refuses, and what was learned from little of the log
  --if-unlearned  do nothing where something is learned already, from logs or from the crowd
  --wait         so long to wait for another command on the data directory, 30 unless told
  --port         where the server answers that has the data directory, 8787 unless told

  Where a server runs on the data directory, what is learned here is handed to it at its admin API: logs stay here.`,
  flags: {
    orders: { type: "string" },
    exclude: { type: "string", multiple: true },
    segments: { type: "string" },
    ranker: { type: "string" },
    "as-is": { type: "boolean" },
    force: { type: "boolean" },
    "if-unlearned": { type: "boolean" },
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
    const cleaning = flags.values["as-is"] === true ? "none" : "rules";
    const charset = textFlag(flags, "charset");
    const { mostFaulty, ...reading } = readingAsked(askedIn(flags, "log"));
    const waitMs = waitMsIn("train", flags);
    const config = configFrom(flags, env);
    const { log, say } = voiceOf(config, { err });
    const reached = await openOrReach("train", config, { env, log, say, waitMs });
    const onFaults = (faults: readonly string[]) => tellFaults(orders, faults, out);
    const { dim, alpha0, lambda } = config.training;
    const asked = textFlag(flags, "segments");
    const choice = asked === undefined ? null : segmentChoiceIn(asked);
    const askedDays = textFlag(flags, "ranker");
    const labelDays = askedDays === undefined ? null : labelDaysIn(askedDays);
    const learn: Learn = async ({ items, cards, modelInForce }) => {
      const model = labelDays === null ? null : await modelInForce();
      let segments: SegmentsPart | null = null;
      let ranker: RankerPart | null = null;
      const nowMs = Date.now();
      const facts = choice === null ? null : catalogueFacts(await cards());
      const onLines: LogOptions["onLines"] = (lines, byPerson) => {
        if (labelDays !== null && model !== null) {
          const how = { labelDays, repetition: cleaning === "none" ? "counts" : "bounded" } as const;
          say("learning what orders lists");
          ranker = rankerFromLog(lines, byPerson, {
            ...{ ...how, items, model, nowMs, dim, alpha0, lambda, sweeps },
          });
        }
        if (choice === null || facts === null) return;
        const profiles = profilesOf(lines, byPerson, { items, facts, nowMs, mostPeople });
        segments = segmentsFrom(profiles, choice, out);
      };
      const without = await leftOut(textFlags(flags, "exclude"), { charset, reading, config });
      const learning = {
        items,
        without,
        reading,
        mostFaulty,
        cleaning,
        isForced,
        onFaults,
        say,
        tell: out,
      } as const;
      const learned = await learnFrom(inputOfFile(orders, charset), {
        ...learning,
        ...{ dim, alpha0, lambda, nowMs, onLines },
      });
      return { learned, segments, ranker };
    };
    const isOnlyIfUnlearned = flags.values["if-unlearned"] === true;
    try {
      const how = { isForced, isOnlyIfUnlearned };
      const lines =
        reached.at === "server"
          ? await learnedBeside(reached.api, learn, { ...how, say })
          : await learnedHere(reached.parts, learn, how);
      for (const line of lines) out(line);
    } finally {
      if (reached.at === "directory") await reached.parts.close();
    }
    return 0;
  },
};

interface Asked {
  readonly isForced: boolean;
  readonly isOnlyIfUnlearned: boolean;
}

/** People of these files, and of those held out for the gate. */
async function leftOut(
  files: readonly string[],
  {
    charset,
    reading,
    config,
  }: { readonly charset: string | undefined; readonly reading: Reading; readonly config: Config },
): Promise<ReadonlySet<string>> {
  const { holdout } = config.gate;
  const lists = await Promise.all([
    ...files.map((file) => peopleIn(inputOfFile(file, charset), reading)),
    ...(holdout === undefined ? [] : [peopleIn(inputOfFile(holdout))]),
  ]);
  return new Set(lists.flatMap((people) => [...people]));
}

const alreadyLearned = "something is learned already: nothing learned from these logs";

interface LearnFor {
  /** In the order of their rows. */
  readonly items: readonly string[];
  /** Of the catalogue in force, asked for where segments are learned. */
  readonly cards: () => Promise<readonly CatalogueCard[]>;
  /** What is in force, asked for where a ranker is learned. */
  readonly modelInForce: () => Promise<JoinedModel>;
}

interface FromLogs {
  readonly learned: LearnedItems;
  /** Null where none were asked for. */
  readonly segments: SegmentsPart | null;
  readonly ranker: RankerPart | null;
}

type Learn = (of: LearnFor) => Promise<FromLogs>;

/** Segments are learned from so many people at most. */
const mostPeople = 20_000;

async function learnedHere(
  { editions }: Parts,
  learn: Learn,
  { isForced, isOnlyIfUnlearned }: Asked,
): Promise<readonly string[]> {
  const { inForce } = editions;
  if (inForce === null) {
    throw new OperatorError("train: expected a catalogue in force, got none: run tacit import FILE first");
  }
  if (isOnlyIfUnlearned && hasLearned(inForce.learned)) return [alreadyLearned];
  const items = itemsToLearn(inForce.learned, inForce.model, (item) => editions.isKept(item));
  const { model } = inForce;
  const { learned, segments, ranker } = await learn({
    items,
    cards: async () => model.catalogue,
    modelInForce: async () => model,
  });
  const { verdict, isPublished, became } = await publishTrained(editions, inForce, learned, isForced);
  if (!isPublished) {
    throw new OperatorError(
      `train: the gate refused the factors, nothing was published (--force publishes them): ${outcomeText(verdict, became)}`,
    );
  }
  if (segments !== null) await publishSegments(editions, segments);
  const ranked = ranker === null ? null : await publishRanker(editions, ranker, isForced);
  const ofRanker = ranked === null ? [] : [`ranker: ${rankerText(ranked.verdict, ranked.became)}`];
  return [outcomeText(verdict, became), ...ofRanker, `edition ${editions.inForce?.sequence} is in force`];
}

const itemsSchema = v.object({ items: v.array(v.string()), isLearned: v.boolean() });
const factsSchema = v.object({ cards: v.array(cardSchema) });
const inForceSchema = v.object({ sequence: v.number() });
const publishedSchema = v.object({ sequence: v.number(), verdict: v.string() });

/** With a server on the directory: learned in this process, judged and published in that one. */
async function learnedBeside(
  api: AdminApi,
  learn: Learn,
  { isForced, isOnlyIfUnlearned, say }: Asked & { readonly say: (line: string) => void },
): Promise<readonly string[]> {
  const { items, isLearned } = v.parse(itemsSchema, await api.get("/items"));
  if (isOnlyIfUnlearned && isLearned) return [alreadyLearned];
  const cards = async () => v.parse(factsSchema, await api.get("/facts")).cards;
  const modelInForce = () => servedModel(api);
  const { learned, segments, ranker } = await learn({ items, cards, modelInForce });
  const bytes = encodeLearned(learned);
  const answer = await api.post(`/learned${isForced ? "?force=1" : ""}`, { bytes }, say);
  const { verdict, ...published } = v.parse(publishedSchema, answer);
  let { sequence } = published;
  if (segments !== null) {
    const after = await api.post("/segments", { bytes: encodeSegments(segments) }, say);
    sequence = v.parse(inForceSchema, after).sequence;
  }
  const lines = [verdict];
  if (ranker !== null) {
    const after = await api.post(
      `/ranker${isForced ? "?force=1" : ""}`,
      { bytes: encodeRanker(ranker) },
      say,
    );
    const ranked = v.parse(publishedSchema, after);
    sequence = ranked.sequence;
    lines.push(`ranker: ${ranked.verdict}`);
  }
  return [...lines, `edition ${sequence} is in force`];
}
