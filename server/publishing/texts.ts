/**
 * The parts that free text is understood by, for browsers: a word file, and an encoder with what it makes of the
 * catalogue's items. Each stays as it is until another is asked for; an encoder's vectors follow the catalogue.
 */
import { encodeMeanings } from "../../core/encoder/meanings.ts";
import { encodePublished } from "../../core/encoder/published.ts";
import { encoderKind, meaningsKind, wordsKind } from "../../core/encoder/ref.ts";
import { quantizeRows } from "../../core/model/quantize.ts";
import type { Progress } from "../base/jobs.ts";
import { OperatorError } from "../base/operatorerror.ts";
import { type EncodedTexts, encodedTexts } from "../encoders/encoded.ts";
import { keptFolder, publishedFiles } from "../encoders/kept.ts";
import { manifestFor } from "../encoders/load.ts";
import { keptWordFile } from "../encoders/words/kept.ts";
import { type Named, named } from "./encode.ts";
import { meaningText } from "./import/meaning.ts";
import type { ContentItem } from "./import/tokens.ts";

export interface TextParts {
  readonly words: Named<null> | null;
  /** The encoder's id. */
  readonly encoder: Named<string> | null;
  readonly meanings: Named<null> | null;
}

export const noTexts: TextParts = { words: null, encoder: null, meanings: null };

/** What browsers understand free text by; what is in force where nothing else is asked for. */
export interface TextSettings {
  readonly words?: AskedWords;
  /** The folder of the word files that are kept (server/encoders/words/kept.ts). */
  readonly wordFiles?: string;
  readonly textEncoder?: AskedEncoder;
  /** The folder of the encoders that are kept (server/encoders/kept.ts). */
  readonly encoders?: string;
}

export type AskedWords =
  | { readonly ask: "as before" }
  /** The catalogue's own words alone. */
  | { readonly ask: "none" }
  /** A kept one. */
  | { readonly ask: "file"; readonly id: string };

export type AskedEncoder =
  | { readonly ask: "as before" }
  /** Words alone. */
  | { readonly ask: "none" }
  /** A kept one. */
  | { readonly ask: "encoder"; readonly id: string };

export interface TextSources {
  readonly settings: TextSettings;
  readonly before: TextParts;
  /** What was made of the items for their content rows, by whichever encoder; null for nothing. */
  readonly encoded: EncodedTexts | null;
}

/** In words why there is none where there should be. */
export async function textsFor(
  items: readonly ContentItem[],
  sources: TextSources,
  progress: Progress,
): Promise<TextParts | string> {
  const words = await wordsFor(sources);
  if (typeof words === "string") return words;
  const byMeaning = await encoderFor(items, sources, progress);
  return typeof byMeaning === "string" ? byMeaning : { words, ...byMeaning };
}

async function wordsFor({
  settings: { words: asked = { ask: "as before" }, wordFiles },
  before,
}: TextSources): Promise<TextParts["words"] | string> {
  if (asked.ask === "none") return null;
  if (asked.ask === "as before") return before.words;
  if (wordFiles === undefined) throw new Error("importing: expected the folder of word files, got none");
  try {
    return await named(wordsKind, null, keptWordFile(wordFiles, asked.id));
  } catch (error) {
    return withWayOut(error, "--words FILE names one, --words none goes without");
  }
}

/** Whoever has a text fetches a vector an item: beyond this it would be more than all else together. */
const mostMeaningBytes = 32 * 1024 * 1024;

async function encoderFor(
  items: readonly ContentItem[],
  { settings: { textEncoder: asked = { ask: "as before" }, encoders }, before, encoded }: TextSources,
  progress: Progress,
): Promise<Pick<TextParts, "encoder" | "meanings"> | string> {
  const id =
    asked.ask === "encoder" ? asked.id : asked.ask === "none" ? null : (before.encoder?.part ?? null);
  if (id === null) return { encoder: null, meanings: null };
  if (encoders === undefined) throw new Error("importing: expected the folder of encoders, got none");
  try {
    // What browsers would refuse is said before anything is encoded for minutes.
    const { dim } = await manifestFor("texts", keptFolder(encoders, id));
    requireFew(items.length, dim);
    const encoder =
      before.encoder?.part === id
        ? before.encoder
        : await named(encoderKind, id, await publishedPart(encoders, id));
    const texts = items.map(meaningText);
    const vectors = encoded?.encoder === id ? encoded : await encodedTexts(texts, { encoders, id }, progress);
    return { encoder, meanings: await meaningsOf(items, vectors) };
  } catch (error) {
    return withWayOut(error, "--text-encoder FOLDER names one, --text-encoder none goes without");
  }
}

async function publishedPart(encoders: string, id: string): Promise<Uint8Array> {
  const files = await publishedFiles(encoders, id);
  try {
    return encodePublished(id, files);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new OperatorError(`encoder: too large for browsers: ${error.message}`);
  }
}

/** @throws {OperatorError} */
function requireFew(items: number, dim: number): void {
  const most = Math.floor(mostMeaningBytes / dim);
  if (items <= most) return;
  throw new OperatorError(
    `encoder: browsers take vectors of ${dim} numbers for at most ${most} items, got ${items}`,
  );
}

async function meaningsOf(
  items: readonly ContentItem[],
  { encoder, dim, values }: EncodedTexts,
): Promise<Named<null>> {
  const rows = quantizeRows(values, items.length, dim);
  const part = { items: items.map(({ item }) => item), dim, space: encoder, rows };
  return named(meaningsKind, null, encodeMeanings(part));
}

/** What is wrong and what to do instead. @throws what is no operator's to mend. */
function withWayOut(error: unknown, way: string): string {
  if (!(error instanceof OperatorError)) throw error;
  return `${error.message}; ${way}`;
}
