/** tacit import: a catalogue file becomes the bundle in force, whole or not at all. */
import { readFileSync } from "node:fs";
import { messageOf } from "../../core/errors.ts";
import { OperatorError } from "../base/operatorerror.ts";
import { parseCatalogue } from "../publishing/import/formats.ts";
import { publishCatalogue } from "../publishing/publish.ts";
import { openParts } from "../roles/leader.ts";
import type { Command } from "./command.ts";
import { configFrom, parseFlags } from "./flags.ts";

const faultsShown = 20;

export const importCatalogue: Command = {
  summary: "make a catalogue file the bundle in force",
  usage: `tacit import FILE [--if-empty] [--config FILE] [--data DIR]

  --if-empty  do nothing when a bundle is in force already

  FILE is CSV or a JSON array. Columns: id, title; if there: price, categories (a|b), url, image, publishedAt, text.
  Nothing changes unless every line is right. A running server takes the same file at POST /v1/admin/catalogue.`,
  flags: { "if-empty": { type: "boolean" } },
  run: async (args, { env, out }) => {
    const flags = parseFlags("import", args, importCatalogue.flags);
    const [file, ...others] = flags.positionals;
    if (file === undefined || others.length > 0) {
      throw new OperatorError(`import: expected one FILE, got ${flags.positionals.length}`);
    }
    const parsed = parseCatalogue(readText(file), file);
    if (!parsed.ok) {
      const shown = parsed.faults.slice(0, faultsShown);
      const rest = parsed.faults.length - shown.length;
      throw new OperatorError([...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join("\n"));
    }
    const config = configFrom(flags, env);
    const parts = await openParts(config, { log: out });
    try {
      const { inForce } = parts.bundles;
      if (inForce !== null && flags.values["if-empty"] === true) {
        out(`bundle ${inForce.encoded.id.slice(0, 12)} is in force already: nothing imported`);
        return 0;
      }
      const dimensions = { contentDim: config.catalogue.contentDim, dim: config.training.dim };
      const { encoded, bundle } = await publishCatalogue(parts.bundles, parsed.items, dimensions);
      out(
        `bundle ${encoded.id.slice(0, 12)} is in force: ${bundle.items} items, ${(encoded.brotli.length / 1000).toFixed(0)} kB as downloaded`,
      );
    } finally {
      await parts.close();
    }
    return 0;
  },
};

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new OperatorError(`import: expected a readable file, got ${messageOf(error)}`);
  }
}
