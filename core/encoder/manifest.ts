/** What an encoder's folder says about itself: `encoder.json`. Without `takes` it is an encoder of texts. */
import * as v from "valibot";
import { jsonFromUtf8 } from "../json.ts";
import { wholeSchema } from "../model/limits.ts";
import { issueText } from "../wire/issues.ts";

const positive = v.pipe(wholeSchema, v.minValue(1));
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(256));
const fileSchema = v.object({
  /** Beside the manifest, never elsewhere. */
  path: v.pipe(v.string(), v.regex(/^[\w-][\w.-]*$/, "must be the name of a file beside the manifest")),
  /** Hex. */
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
});
const common = {
  name,
  license: name,
  source: v.optional(name),
  /** Numbers per vector. */
  dim: v.pipe(positive, v.maxValue(4096)),
  output: name,
};

const textSchema = v.object({
  ...common,
  takes: v.optional(v.literal("texts"), "texts"),
  /** Most tokens of a text, those at its ends included; what is beyond is left out. */
  maxTokens: v.pipe(positive, v.minValue(3), v.maxValue(8192)),
  /** How the output becomes one vector a text: it is one, the mean of its tokens' vectors, or the first's. */
  pooling: v.picklist(["in graph", "mean", "first"]),
  inputs: v.pipe(v.array(v.picklist(["input_ids", "attention_mask", "token_type_ids"])), v.minLength(1)),
  /** Put before every text. */
  prefix: v.optional(v.pipe(v.string(), v.maxLength(1000)), ""),
  /** Texts that are run at once. 1 for a graph whose numbers depend on what else is in the batch. */
  mostTexts: v.optional(v.pipe(positive, v.maxValue(1024)), 32),
  files: v.object({ model: fileSchema, tokenizer: fileSchema }),
});

/** One number for each of red, green and blue, of values 0..255. */
const perChannel = <Schema extends v.GenericSchema<number>>(schema: Schema) =>
  v.tuple([schema, schema, schema]);

const imageSchema = v.object({
  ...common,
  takes: v.literal("images"),
  /** Pixels along each side of the square that the graph takes. */
  size: v.pipe(positive, v.minValue(16), v.maxValue(1024)),
  /** [1, 3, size, size], or [1, size, size, 3]. */
  layout: v.picklist(["channels first", "channels last"]),
  /** The graph takes (value - mean) / deviation. */
  mean: perChannel(v.pipe(v.number(), v.minValue(0), v.maxValue(255))),
  deviation: perChannel(v.pipe(v.number(), v.minValue(0.001), v.maxValue(255))),
  input: name,
  files: v.object({ model: fileSchema }),
});

export type TextManifest = v.InferOutput<typeof textSchema>;
export type ImageManifest = v.InferOutput<typeof imageSchema>;
export type EncoderManifest = TextManifest | ImageManifest;
export type Taken = EncoderManifest["takes"];
export type EncoderFile = keyof TextManifest["files"];

/** @throws {TypeError} `parseManifest: …` */
export function parseManifest(bytes: Uint8Array): EncoderManifest {
  const said = jsonFromUtf8(bytes, "parseManifest");
  const isOfImages = typeof said === "object" && said !== null && "takes" in said && said.takes === "images";
  const parsed = isOfImages ? v.safeParse(imageSchema, said) : v.safeParse(textSchema, said);
  if (!parsed.success) throw new TypeError(issueText("parseManifest", parsed.issues[0]));
  return parsed.output;
}

/** The manifest, of an encoder that takes these. @throws {TypeError} `openEncoder: …` */
export function manifestTaking<Takes extends Taken>(
  takes: Takes,
  manifest: EncoderManifest,
): Extract<EncoderManifest, { readonly takes: Takes }> {
  if (isTaking(takes, manifest)) return manifest;
  throw new TypeError(
    `openEncoder: ${manifest.name} must take ${takes}, got one that takes ${manifest.takes}`,
  );
}

function isTaking<Takes extends Taken>(
  takes: Takes,
  manifest: EncoderManifest,
): manifest is Extract<EncoderManifest, { readonly takes: Takes }> {
  return manifest.takes === takes;
}
