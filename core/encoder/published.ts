/**
 * Part `encoder`: an encoder's files in one, as a server publishes them for browsers that have a text. What they
 * are is checked by whoever opens them (runtime.ts): both files have hashes in the manifest.
 */
import * as v from "valibot";
import { partIdSchema } from "../model/limits.ts";
import { encodePart, headerFields, parsePart } from "../model/part.ts";
import { manifestTaking, parseManifest, type TextManifest } from "./manifest.ts";
import { encoderKind } from "./ref.ts";

/** As they stand in an encoder's folder. */
export interface PublishedFiles {
  readonly manifest: Uint8Array;
  /** ONNX. */
  readonly model: Uint8Array;
  /** As JSON. */
  readonly tokenizer: Uint8Array;
}

export interface PublishedEncoder {
  /** Of the encoder. */
  readonly id: string;
  readonly manifest: TextManifest;
  readonly model: Uint8Array;
  readonly tokenizer: Uint8Array;
}

/** @param id of the encoder. @throws {RangeError} for files that together are larger than any reader takes. */
export function encodePublished(id: string, files: PublishedFiles): Uint8Array<ArrayBuffer> {
  return encodePart({
    kind: encoderKind,
    fields: { encoder: id },
    sections: [
      { name: "manifest", type: "json", data: files.manifest },
      { name: "tokenizer", type: "json", data: files.tokenizer },
      { name: "model", type: "bytes", data: files.model },
    ],
  });
}

const headerSchema = v.object({ encoder: partIdSchema });

/**
 * Files stay where they stand in `bytes`. @throws {TypeError | RangeError} for anything but such a part, of
 * texts.
 */
export function parsePublished(bytes: Uint8Array): PublishedEncoder {
  const who = "parsePublished";
  const part = parsePart(bytes, { kind: encoderKind, who });
  return {
    id: headerFields(part, headerSchema, who).encoder,
    manifest: manifestTaking("texts", parseManifest(part.section({ name: "manifest", type: "json" }))),
    tokenizer: part.section({ name: "tokenizer", type: "json" }),
    model: part.section({ name: "model", type: "bytes" }),
  };
}
