/**
 * A table as text, a record at a time: CSV (RFC 4180) with commas, semicolons, tabs, pipes or double colons between
 * fields, and any line ends. Where no comma or semicolon parts them, quotes within a field that does not begin with
 * one are text. Which of them parts the fields is read from the first line, or said in a line `sep=;` before it, as
 * Excel writes it.
 */
import { Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import { messageOf, shortened } from "../../../core/errors.ts";
import { InputFault } from "./input.ts";

export interface TableRecord {
  /** Line on which it begins, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

const delimiters = [",", ";", "\t", "|", "::"] as const;
type Delimiter = (typeof delimiters)[number];

/** Characters of a record, which is held whole: a quote that nothing ends would take in all that follows. */
const mostRecord = 1 << 24;
/** A header is looked for in so many characters. */
const mostHeader = 1 << 16;

/**
 * The records, the header first. Lines of nothing are left out; fields lose the space around them.
 *
 * @throws {InputFault} `NAME:LINE: …` for text that is no such table.
 */
export async function* recordsOf(name: string, text: AsyncIterable<string>): AsyncGenerator<TableRecord> {
  const { first, blankLines, all } = await firstLineOf(text);
  const said = /^sep=(.)\s*$/i.exec(first)?.[1];
  const delimiter = said ?? delimiterIn(first);
  const firstLine = said === undefined ? 1 : blankLines + 2;
  const parser = parse({
    delimiter,
    from_line: firstLine,
    max_record_size: mostRecord,
    // Films and people are called so: no program that writes two colons quotes what stands between them.
    quote: delimiter === "::" ? false : '"',
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true,
    relax_quotes: delimiter !== "," && delimiter !== ";",
    trim: true,
  });
  const source = Readable.from(all);
  source.on("error", (error) => parser.destroy(error));
  const parsed = source.pipe(parser) as AsyncIterable<readonly string[]>;
  // Counted here: the parser tells lines at more than half of the price of parsing.
  let line = firstLine;
  try {
    for await (const fields of parsed) {
      if (fields.some((field) => field.trim() !== "")) yield { line, fields };
      line += 1 + breaksIn(fields);
    }
  } catch (error) {
    if (error instanceof InputFault) throw error;
    const at = error instanceof CsvError && typeof error.lines === "number" ? error.lines : line;
    throw new InputFault(`${name}:${at}`, `expected CSV, got ${shortened(messageOf(error))}`);
  }
}

/** How many line breaks stand in the fields of a record, quoted. */
function breaksIn(fields: readonly string[]): number {
  if (!fields.some((field) => field.includes("\n") || field.includes("\r"))) return 0;
  return fields.join("").match(/\r\n|\n|\r/g)?.length ?? 0;
}

/** The first line that is not blank, without what ends it, and all of the text. */
async function firstLineOf(
  text: AsyncIterable<string>,
): Promise<{ readonly first: string; readonly blankLines: number; readonly all: AsyncIterable<string> }> {
  const stretches = text[Symbol.asyncIterator]();
  let begun = "";
  while (begun.length < mostHeader && headerEnd(begun.trimStart()) < 0) {
    const next = await stretches.next();
    if (next.done === true) break;
    begun += next.value;
  }
  const header = begun.trimStart();
  const end = headerEnd(header);
  const all = async function* (): AsyncGenerator<string> {
    yield begun;
    yield* { [Symbol.asyncIterator]: () => stretches };
  };
  const blank = begun.slice(0, begun.length - header.length);
  return { first: end < 0 ? header : header.slice(0, end), blankLines: breaksIn([blank]), all: all() };
}

/** Where the first line ends that is not within quotes; -1: it does not. */
function headerEnd(text: string): number {
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '"') isQuoted = !isQuoted;
    else if (!isQuoted && (text[at] === "\n" || text[at] === "\r")) return at;
  }
  return -1;
}

/** The one that stands most often outside quotes; commas where none does. */
function delimiterIn(header: string): Delimiter {
  const bare = header.replaceAll(/"[^"]*"/g, "");
  const countOf = (delimiter: Delimiter): number => bare.split(delimiter).length;
  return delimiters.reduce((best, next) => (countOf(next) > countOf(best) ? next : best));
}
