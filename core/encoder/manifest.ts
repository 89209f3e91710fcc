/** What an encoder's folder says about itself: `encoder.json`. */
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

const manifestSchema = v.object({
  name,
  license: name,
  source: v.optional(name),
  /** Numbers per vector. */
  dim: v.pipe(positive, v.maxValue(4096)),
  /** Most tokens of a text, those at its ends included; what is beyond is left out. */
  maxTokens: v.pipe(positive, v.minValue(3), v.maxValue(8192)),
  /** How the output becomes one vector a text: it is one, the mean of its tokens' vectors, or the first's. */
  pooling: v.picklist(["in graph", "mean", "first"]),
  inputs: v.pipe(v.array(v.picklist(["input_ids", "attention_mask", "token_type_ids"])), v.minLength(1)),
  output: name,
  /** Put before every text. */
  prefix: v.optional(v.pipe(v.string(), v.maxLength(1000)), ""),
  /** Texts that are run at once. 1 for a graph whose numbers depend on what else is in the batch. */
  mostTexts: v.optional(v.pipe(positive, v.maxValue(1024)), 32),
  files: v.object({ model: fileSchema, tokenizer: fileSchema }),
});

export type EncoderManifest = v.InferOutput<typeof manifestSchema>;
export type EncoderFile = keyof EncoderManifest["files"];

/** @throws {TypeError} `parseManifest: …` */
export function parseManifest(bytes: Uint8Array): EncoderManifest {
  const parsed = v.safeParse(manifestSchema, jsonFromUtf8(bytes, "parseManifest"));
  if (!parsed.success) throw new TypeError(issueText("parseManifest", parsed.issues[0]));
  return parsed.output;
}
