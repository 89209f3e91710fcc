/**
 * State in a JSON file, with the SHA-256 of what it says among it: a bit that a disk has turned in a key, a
 * date or a number is seen when the file is read, and not served, signed with or rotated by.
 *
 *   sha256 = SHA-256( canonical JSON of the other members )
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as v from "valibot";
import { messageOf } from "../../core/errors.ts";
import { canonicalJson, type Json } from "../../core/json.ts";
import { setPrivate, writeWhole } from "./files.ts";

/** How an error of `readState` begins; who reads the file says its own "must be … got" before the rest. */
const grammar = "readState: a state file must be a JSON object as it was written, got ";

/**
 * Whole or not at all, durable, readable by its owner only.
 *
 * @param state of what JSON can carry, and no member named `sha256`.
 * @throws what the system says.
 */
export function writeState(path: string, state: object): void {
  const json: Json = JSON.parse(JSON.stringify(state));
  writeWhole(path, `${JSON.stringify({ ...state, sha256: digestOf(json) }, null, 2)}\n`);
}

/**
 * What was written, without its digest. A file of before files had one is taken as it is; one that others
 * could read becomes its owner's alone.
 *
 * @throws {Error} for what is no JSON object, or has another digest than it says.
 */
export function readState(path: string): unknown {
  setPrivate(path);
  const value = parsed(readFileSync(path));
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TypeError(`${grammar}something that is no JSON object`);
  }
  const { sha256, ...state }: { readonly [name: string]: Json } = { ...value };
  if (sha256 !== undefined && sha256 !== digestOf(state)) {
    throw new RangeError(`${grammar}other bytes than were written: it is damaged`);
  }
  return state;
}

/** Why a file was not what it should be, in words that quote nothing of it: it may hold keys. */
export function stateFault(error: unknown): string {
  if (error instanceof v.ValiError) return "another form";
  const [line] = messageOf(error).split("\n");
  return (line.startsWith(grammar) ? line.slice(grammar.length) : line).slice(0, 80);
}

/** Errors of JSON.parse quote what they met. */
function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new TypeError(`${grammar}no JSON`);
  }
}

function digestOf(state: Json): string {
  return createHash("sha256").update(canonicalJson(state)).digest("hex");
}
