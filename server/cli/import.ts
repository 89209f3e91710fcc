/** tacit import: a catalogue file comes into force, whole or not at all. */
import { OperatorError } from "../base/operatorerror.ts";
import { publishCatalogue } from "../publishing/catalogue.ts";
import { feedNames } from "../publishing/feeds/known.ts";
import { readCatalogue } from "../publishing/import/readcatalogue.ts";
import { inputOfFile } from "../publishing/input/input.ts";
import { openParts } from "../roles/leader.ts";
import type { Command } from "./command.ts";
import { configFrom, parseFlags } from "./flags.ts";
import { readingFlags, readingOf, tellFaults } from "./reading.ts";

const faultsShown = 20;

export const importCatalogue: Command = {
  summary: "put a catalogue file in force",
  usage: `tacit import FILE [--if-empty] [--refit] [--format NAME] [--map COLUMN=NAME,…] [--decimal MARK]
               [--skip-faults N%] [--charset NAME] [--config FILE] [--data DIR]

  --if-empty     do nothing when a catalogue is in force already
  --refit        fit the content space anew; done by itself when too much of the catalogue is outside it
  --format       what wrote the file: ${feedNames("catalogue").join(", ")}
  --map          names of columns in the file, as in title=Title,price="Variant Price"
  --decimal      "." or ",", where prices such as 1,299 do not say which they have
  --skip-faults  leave out rows with a fault, up to this part of all, and write the faults to FILE.faults.txt
  --charset      encoding of the file, where it is not UTF-8

  FILE is a table (commas, semicolons, tabs or pipes), a JSON list or JSON lines, or a product feed in XML, also gzip.
  Columns: id, title; if there: price, categories (a|b, or paths a > b), url, image, publishedAt, available, group, text.
  Nothing changes unless every line is right, or --skip-faults says otherwise. A running server takes the same file at POST /v1/admin/catalogue.`,
  flags: {
    "if-empty": { type: "boolean" },
    refit: { type: "boolean" },
    decimal: { type: "string" },
    ...readingFlags,
  },
  run: async (args, { env, out }) => {
    const flags = parseFlags("import", args, importCatalogue.flags);
    const [file, ...others] = flags.positionals;
    if (file === undefined || others.length > 0) {
      throw new OperatorError(`import: expected one FILE, got ${flags.positionals.length}`);
    }
    const { charset, ...reading } = readingOf(flags, "catalogue");
    const parsed = await readCatalogue(inputOfFile(file, charset), reading);
    if (!parsed.ok) {
      const shown = parsed.faults.slice(0, faultsShown);
      const rest = parsed.faults.length - shown.length;
      throw new OperatorError([...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join("\n"));
    }
    await tellFaults(file, parsed.faults, out);
    const config = configFrom(flags, env);
    const parts = await openParts(config, { log: out });
    try {
      const { inForce } = parts.editions;
      if (inForce !== null && flags.values["if-empty"] === true) {
        out(`edition ${inForce.sequence} is in force already: nothing imported`);
        return 0;
      }
      const published = await publishCatalogue(parts.editions, parsed.items, {
        contentDim: config.catalogue.contentDim,
        dim: config.training.dim,
        refit: flags.values.refit === true,
      });
      const { sequence, model } = published.inForce;
      const what = published.isNew ? "is in force" : "is in force already, with this very catalogue";
      out(`edition ${sequence} ${what}: ${model.items} items`);
    } finally {
      await parts.close();
    }
    return 0;
  },
};
