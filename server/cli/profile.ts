/** tacit profile: what a site's data are like, and what the decision matrix makes of it. */
import { deviceRowsInWords } from "../../core/choosing/devicewords.ts";
import { jointRows } from "../../core/choosing/matrix.ts";
import { quantizeRows } from "../../core/model/quantize.ts";
import type { Config } from "../base/config.ts";
import { OperatorError } from "../base/operatorerror.ts";
import { unlearned } from "../kinds/itemfactors/learned.ts";
import { readingAsked } from "../publishing/asked.ts";
import type { Reading } from "../publishing/feeds/reading.ts";
import { contentVectors } from "../publishing/import/content.ts";
import { readCatalogue } from "../publishing/import/readcatalogue.ts";
import type { InForce } from "../publishing/inforce.ts";
import { inputOfFile } from "../publishing/input/input.ts";
import { namedOrKnown } from "../publishing/model.ts";
import { type Logged, loggedReport, publishedReport, type SiteReport } from "../publishing/profiled.ts";
import { peopleIn } from "../publishing/train/acts.ts";
import { actColumnsOf, leavingOutFaults } from "../publishing/train/columns.ts";
import { learnFrom } from "../publishing/train/learning.ts";
import type { Command, Surroundings } from "./command.ts";
import { configFrom, type Flags, parseFlags, textFlag } from "./flags.ts";
import { profileLines } from "./profilelines.ts";
import { openOrReach, voiceOf, waitFlag, waitMsIn } from "./reach.ts";
import { askedIn, readingFlags } from "./reading.ts";

export const profile: Command = {
  summary: "tell what a site's data are like, and how content and people are weighed by it",
  usage: `tacit profile [--log FILE] [--catalogue FILE] [--json] [--format NAME] [--map COLUMN=NAME,…]
              [--skip-faults N%] [--charset NAME] [--wait SECONDS] [--config FILE] [--data DIR] [--port N]

  --log          a log as tacit train reads it; it is learned from to see what it would choose, and nothing is published
  --catalogue    a catalogue as tacit import reads it, where none is in force or another is to be looked at; with --log
  --json         as JSON, with the whole decision matrix
  --format, --map, --skip-faults   how the log is written, as for tacit train
  --charset      encoding of the files, where it is not UTF-8
  --wait         so long to wait for another command on the data directory, 30 unless told

  Without --log it tells of the catalogue in force what the crowd's sums, or an earlier training, have told. Nothing
  changes. A data directory that a server has is looked at with --catalogue and --log alone.`,
  flags: {
    log: { type: "string" },
    catalogue: { type: "string" },
    json: { type: "boolean" },
    port: { type: "string" },
    ...waitFlag,
    ...readingFlags,
  },
  run: async (args, surroundings) => {
    const flags = parseFlags("profile", args, profile.flags);
    if (flags.positionals.length > 0) {
      throw new OperatorError(`profile: expected flags alone, got ${flags.positionals.join(" ")}`);
    }
    const report = await reportFor(flags, surroundings);
    const { out } = surroundings;
    if (flags.values.json === true) {
      out(JSON.stringify({ ...report, matrix: { joint: jointRows, device: deviceRowsInWords } }, null, 2));
      return 0;
    }
    for (const line of profileLines(report)) out(line);
    return 0;
  },
};

async function reportFor(flags: Flags, { env, err }: Surroundings): Promise<SiteReport> {
  const config = configFrom(flags, env);
  const [log, catalogue] = [textFlag(flags, "log"), textFlag(flags, "catalogue")];
  const { mostFaulty, ...reading } = readingAsked(askedIn(flags, "log"));
  const charset = textFlag(flags, "charset");
  if (catalogue !== undefined) {
    if (log === undefined)
      throw new OperatorError("profile: --catalogue must go with --log FILE, got it alone");
    const asked = { log, charset, reading, mostFaulty, config, err };
    return reportOnLog({ ...(await catalogueOf(catalogue, asked)), inForce: null }, asked);
  }
  const voice = voiceOf(config, { err });
  const reached = await openOrReach("profile", config, { env, ...voice, waitMs: waitMsIn("profile", flags) });
  if (reached.at === "server") {
    throw new OperatorError(
      `profile: a server has ${config.data}: stop it, or look at files with --catalogue FILE --log FILE`,
    );
  }
  try {
    const { inForce } = reached.parts.editions;
    if (inForce === null) {
      throw new OperatorError(
        "profile: expected a catalogue in force, got none: tacit import FILE, or --catalogue FILE --log FILE",
      );
    }
    if (log === undefined) return publishedReport(inForce);
    const asked = { log, charset, reading, mostFaulty, config, err };
    return await reportOnLog({ items: inForce.model.catalogue, publicItems: inForce.model, inForce }, asked);
  } finally {
    await reached.parts.close();
  }
}

type Known = Pick<Logged, "items" | "publicItems"> & { readonly inForce: InForce | null };

interface AskedLog {
  readonly log: string;
  readonly charset: string | undefined;
  readonly reading: Reading;
  readonly mostFaulty: number | undefined;
  readonly config: Config;
  readonly err: Surroundings["err"];
}

/** Content as an import of this file would make it, by words. */
async function catalogueOf(
  file: string,
  { charset, config }: Pick<AskedLog, "charset" | "config">,
): Promise<Omit<Known, "inForce">> {
  const read = await readCatalogue(inputOfFile(file, charset));
  if (!read.ok) throw new OperatorError(read.faults.slice(0, faultsShown).join("\n"));
  const { items } = read;
  const dim = Math.min(config.catalogue.contentDim, items.length);
  const content = quantizeRows(contentVectors(items, { dim }), items.length, dim);
  return { items, publicItems: { catalogue: items, content, contentDim: dim } };
}

async function reportOnLog({ items, publicItems, inForce }: Known, asked: AskedLog): Promise<SiteReport> {
  const { log, charset, reading, mostFaulty, config, err } = asked;
  const ids = publicItems.catalogue.map(({ item }) => item);
  const { dim, alpha0, lambda } = config.training;
  const { holdout } = config.gate;
  const without = holdout === undefined ? new Set<string>() : await peopleIn(inputOfFile(holdout));
  const learned = await learnFrom(inputOfFile(log, charset), {
    ...{ items: ids, without, reading, mostFaulty, dim, alpha0, lambda, nowMs: Date.now() },
    ...{ cleaning: "rules", isForced: false, onFaults: () => {}, say: err, tell: err },
  });
  const rowOf = new Map(ids.map((item, row) => [item, row]));
  const onFault = mostFaulty === undefined ? {} : { onFault: leavingOutFaults };
  const acts = await actColumnsOf(inputOfFile(log, charset), { rowOf, ...reading, ...onFault });
  const before = inForce?.learned ?? { ...unlearned(publicItems, dim), items: [] };
  return loggedReport({ items, publicItems, acts, learned: namedOrKnown(learned, before), inForce });
}

const faultsShown = 20;
