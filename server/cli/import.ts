/** tacit import: a catalogue file comes into force, whole or not at all. */
import { accessSync, constants } from "node:fs";
import * as v from "valibot";
import { messageOf } from "../../core/errors.ts";
import { OperatorError } from "../base/operatorerror.ts";
import { keepEncoder, keptEncoders } from "../encoders/kept.ts";
import { keepWordFile, keptWordFiles } from "../encoders/words/kept.ts";
import { type AskedReading, queryOf, readingAsked } from "../publishing/asked.ts";
import { importFrom } from "../publishing/catalogue.ts";
import { feedNames } from "../publishing/feeds/known.ts";
import type { NotTaken } from "../publishing/import/readcatalogue.ts";
import type { AskedEncoder, AskedWords } from "../publishing/texts.ts";
import type { PartsOptions } from "../roles/leader.ts";
import type { Command } from "./command.ts";
import { configFrom, parseFlags, textFlag } from "./flags.ts";
import { picturesAsked, picturesUsage } from "./pictures.ts";
import { type AdminApi, fileBody, openOrReach, stepText, voiceOf, waitFlag, waitMsIn } from "./reach.ts";
import { askedIn, readingFlags, tellFaults } from "./reading.ts";

const faultsShown = 20;

const answerSchema = v.object({
  sequence: v.number(),
  items: v.number(),
  isNew: v.boolean(),
  /** Of the rows that were left out. */
  faults: v.optional(v.array(v.string()), []),
  /** Items that were taken for variants of others by their titles. */
  variants: v.optional(v.number(), 0),
  /** Columns that were not read. */
  unread: v.optional(v.array(v.string()), []),
  /** Items whose price has no digit. */
  unpriced: v.optional(v.number(), 0),
});
type Answer = v.InferOutput<typeof answerSchema>;

export const importCatalogue: Command = {
  summary: "put a catalogue file in force",
  usage: `tacit import FILE [--if-empty] [--refit] [--format NAME] [--map COLUMN=NAME,…] [--decimal MARK]
               [--skip-faults N%] [--variants titles|said] [--charset NAME] [--encoder FOLDER|none] [--words FILE|none]
               [--text-encoder FOLDER|none] [--image-encoder FOLDER|none] [--images DIR] [--wait SECONDS] [--config FILE]
               [--data DIR] [--port N]

  --if-empty     do nothing when a catalogue is in force already
  --refit        fit the content space anew; done by itself when too much of the catalogue is outside it
  --format       what wrote the file: ${feedNames("catalogue").join(", ")}
  --map          names of columns in the file, as in title=Title,price="Variant Price"
  --decimal      "." or ",", where prices such as 1,299 do not say which they have
  --skip-faults  leave out rows with a fault, up to this part of all, and write the faults to FILE.faults.txt
  --variants     titles: where no row has a group, items whose titles differ by a colour, size or measure at their end are variants
                 of one (the default); said: only what group says
  --charset      encoding of the file, where it is not UTF-8
  --encoder      a sentence encoder (server/encoders/export makes one): content by meaning beside words, for this and every later
                 import; none: words alone, as without one. What has a vector already is not encoded again
  --words        a word file (npm run words makes one), published for browsers that search or say what they look for in words of
                 their own, with this and every later import; none: the catalogue's own words alone, as without one
  --text-encoder a sentence encoder, published for the same browsers: they understand more, and fetch tens of megabytes for it;
                 none: as without one
${picturesUsage}
  --wait         so long to wait for another command on the data directory, 30 unless told
  --port         where the server answers that has the data directory, 8787 unless told

  FILE is a table (commas, semicolons, tabs or pipes), a JSON list or JSON lines, or a product feed in XML, also gzip.
  Columns: id, title; if there: price, categories (a|b, or paths a > b), url, image, publishedAt, available, group,
  brand, attributes (colour=red|size=42), text.
  Nothing changes unless every line is right, or --skip-faults says otherwise. Where a server runs on the data directory, it is handed the file at its admin API.`,
  flags: {
    "if-empty": { type: "boolean" },
    refit: { type: "boolean" },
    decimal: { type: "string" },
    encoder: { type: "string" },
    words: { type: "string" },
    "text-encoder": { type: "string" },
    "image-encoder": { type: "string" },
    images: { type: "string" },
    variants: { type: "string" },
    port: { type: "string" },
    ...waitFlag,
    ...readingFlags,
  },
  run: async (args, { env, out, err }) => {
    const flags = parseFlags("import", args, importCatalogue.flags);
    const [file, ...others] = flags.positionals;
    if (file === undefined || others.length > 0) {
      throw new OperatorError(`import: expected one FILE, got ${flags.positionals.length}`);
    }
    const charset = textFlag(flags, "charset");
    const asked = askedIn(flags, "catalogue");
    // Before anything is read.
    readingAsked(asked);
    const isOnlyIfEmpty = flags.values["if-empty"] === true;
    const refit = flags.values.refit === true;
    const waitMs = waitMsIn("import", flags);
    const config = configFrom(flags, env);
    requireReadable(file);
    const named = textFlag(flags, "encoder");
    const encoder = named === undefined ? asBefore : await encoderNamed(named, config.data);
    const wordsNamed = textFlag(flags, "words");
    const words = wordsNamed === undefined ? asBefore : wordsAt(wordsNamed, config.data);
    const forTexts = textFlag(flags, "text-encoder");
    const textEncoder = forTexts === undefined ? asBefore : await encoderNamed(forTexts, config.data);
    const { log, say } = voiceOf(config, { err });
    const onStep: PartsOptions["onStep"] = (_job, step) => say(stepText(step));
    const imageEncoderNamed = textFlag(flags, "image-encoder");
    const images = textFlag(flags, "images");
    const imageEncoder =
      imageEncoderNamed === undefined && images === undefined
        ? asBefore
        : await picturesAsked({ encoder: imageEncoderNamed, images, data: config.data }, (step) =>
            say(stepText(step)),
          );
    const reached = await openOrReach("import", config, { env, log, onStep, say, waitMs });
    if (reached.at === "server") {
      const answer = await handedOver(reached.api, {
        file,
        charset,
        asked,
        refit,
        encoder,
        imageEncoder,
        words,
        textEncoder,
        isOnlyIfEmpty,
        say,
      });
      tellVariants(answer, out);
      out(answerText(answer, isOnlyIfEmpty));
      tellNotTaken(answer, out);
      tellFaults(file, answer.faults, out);
      return 0;
    }
    const { parts } = reached;
    try {
      const { inForce } = parts.editions;
      if (inForce !== null && isOnlyIfEmpty) {
        out(`edition ${inForce.sequence} is in force already: nothing imported`);
        return 0;
      }
      const { contentDim } = config.catalogue;
      const encoders = keptEncoders(config.data);
      const wordFiles = keptWordFiles(config.data);
      const by = { encoder, imageEncoder, words, textEncoder };
      const settings = { contentDim, dim: config.training.dim, refit, ...by, encoders, wordFiles };
      const outcome = await importFrom(
        parts.editions,
        { from: "file", path: file, charset, asked },
        settings,
      );
      if (!outcome.ok) throw new OperatorError(faultsText(outcome.faults));
      const { sequence, model } = outcome.inForce;
      tellVariants(outcome, out);
      // Before faults: what is in force is so, whether or not a file can be written.
      out(answerText({ sequence, items: model.items, isNew: outcome.isNew }, false));
      tellNotTaken(outcome, out);
      tellFaults(file, outcome.faults, out);
    } finally {
      await parts.close();
    }
    return 0;
  },
};

const asBefore = { ask: "as before" } as const;

/** A folder's encoder is kept in the data directory: whoever has that can run it. @throws {OperatorError} */
async function encoderNamed(folder: string, data: string): Promise<AskedEncoder> {
  return folder === "none" ? { ask: "none" } : { ask: "encoder", id: await keepEncoder(folder, data) };
}

/** Kept likewise. @throws {OperatorError} */
function wordsAt(path: string, data: string): AskedWords {
  return path === "none" ? { ask: "none" } : { ask: "file", id: keepWordFile(path, data) };
}

/** Before anything is opened. @throws {OperatorError} */
function requireReadable(file: string): void {
  try {
    accessSync(file, constants.R_OK);
  } catch (error) {
    throw new OperatorError(`${file}: expected a readable file, got ${messageOf(error)}`);
  }
}

interface HandedOver {
  readonly file: string;
  readonly charset: string | undefined;
  readonly asked: AskedReading;
  readonly refit: boolean;
  readonly encoder: AskedEncoder;
  readonly imageEncoder: AskedEncoder;
  readonly words: AskedWords;
  readonly textEncoder: AskedEncoder;
  readonly isOnlyIfEmpty: boolean;
  readonly say: (line: string) => void;
}

async function handedOver(
  api: AdminApi,
  { file, charset, asked, refit, encoder, imageEncoder, words, textEncoder, isOnlyIfEmpty, say }: HandedOver,
): Promise<Answer> {
  const query = new URLSearchParams(queryOf(asked));
  if (refit) query.set("refit", "1");
  const by = { encoder, "image-encoder": imageEncoder, words, "text-encoder": textEncoder };
  for (const [name, what] of Object.entries(by)) {
    if (what.ask !== "as before") query.set(name, what.ask === "none" ? "none" : what.id);
  }
  if (isOnlyIfEmpty) query.set("if-empty", "1");
  try {
    const path = `/catalogue${query.size === 0 ? "" : `?${query}`}`;
    const answer = v.parse(answerSchema, await api.post(path, fileBody(file, charset), say));
    return { ...answer, faults: named(answer.faults, file) };
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    // The server does not know what the file is called here.
    const faults = named(error.message.split("\n"), file);
    throw new OperatorError(faultsText(faults));
  }
}

function named(faults: readonly string[], file: string): string[] {
  return faults.map((line) => line.replace(/^catalogue(?=:)/, file));
}

function answerText(
  { sequence, items, isNew }: Pick<Answer, "sequence" | "items" | "isNew">,
  isOnlyIfEmpty: boolean,
): string {
  if (isNew) return `edition ${sequence} is in force: ${items} items`;
  if (isOnlyIfEmpty) return `edition ${sequence} is in force already: nothing imported`;
  return `edition ${sequence} is in force already, with this very catalogue: ${items} items`;
}

function tellVariants({ variants }: Pick<Answer, "variants">, out: (line: string) => void): void {
  if (variants === 0) return;
  const look = variants === 1 ? "1 item looks" : `${variants} items look`;
  out(`${look} like sizes or colours of another; a list shows one of each (--variants said: all of them)`);
}

const unreadShown = 12;

function tellNotTaken({ unread, unpriced }: NotTaken, out: (line: string) => void): void {
  if (unpriced > 0) out(`prices without a digit, taken for none: ${unpriced}`);
  if (unread.length === 0) return;
  const rest = unread.length - unreadShown;
  const names = unread.slice(0, unreadShown).map((name) => (isPlain(name) ? name : JSON.stringify(name)));
  const all = [...names, ...(rest > 0 ? [`${rest} more`] : [])].join(", ");
  out(`not read: ${all}; --map names them, as in price=NAME,categories=NAME,image=NAME`);
}

/** Nothing that a list of names, or a terminal, would take for something else. */
function isPlain(name: string): boolean {
  return /^[\p{L}\p{M}\p{N} _./()-]{1,60}$/u.test(name);
}

function faultsText(faults: readonly string[]): string {
  const rest = faults.length - faultsShown;
  return [...faults.slice(0, faultsShown), ...(rest > 0 ? [`and ${rest} more`] : [])].join("\n");
}
