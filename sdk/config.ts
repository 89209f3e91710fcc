/** What a site configures, checked once and completed with defaults. */
import { show } from "../core/errors.ts";
import type { ConsentFlags, Pins, WorkerFile } from "../worker/api.ts";
import { parsePermissions } from "./consent.ts";
import { type Behaviour, behaviourOf, isSet, newestDefaults } from "./defaults.ts";
import type { Files } from "./files.ts";
import { configKeys, pagesOf } from "./glance.ts";
import type { TacitConfig } from "./types.ts";
import { unknownKeys } from "./unknown.ts";

const workerFiles: readonly WorkerFile[] = [
  ...(["ranking.js", "contributing.js", "shown.js"] as const),
  ...(["tokens.js", "moving.js", "parquet.js"] as const),
  ...(["words.js", "experiments.js", "encoder.js", "encoder.wasm"] as const),
];

/** A checked configuration: addresses are absolute, nothing is missing. */
export interface Settings {
  /** Absolute, without a slash at its end. */
  readonly server: string;
  readonly worker: string;
  /** Where others are: beside the worker where the site says where that is. */
  readonly files: Readonly<Record<WorkerFile, string>>;
  /** Where the file of the rest may be, the likeliest first. */
  readonly pages: readonly string[];
  readonly debug: string;
  readonly database: string;
  readonly consent: Partial<ConsentFlags>;
  /** Where events are kept before the person has chosen. */
  readonly storage: "device" | "memory";
  readonly pins: Pins | null;
  readonly relay: string | null;
  /**
   * `counts`: what a program that drives the browser does counts as a person's. `excluded`: it contributes
   * nothing.
   */
  readonly automation: "counts" | "excluded";
  readonly behaviour: Behaviour;
}

/**
 * @throws {TypeError} `init: …` naming the key, what was expected and what came.
 */
export function settingsFrom(
  config: TacitConfig,
  { address, files }: { readonly address: string; readonly files: Files },
): Settings {
  if (typeof config !== "object" || config === null) {
    throw new TypeError(`init: config must be an object, got ${typeof config}`);
  }
  requireKnown("init: keys", config, configKeys);
  const { server = new URL(address).origin, worker, consent = {}, database = "tacit" } = config;
  const { storage = "device", pins, relay, automation, defaults, onError } = config;
  if (typeof database !== "string" || database === "") {
    throw new TypeError(`init: database must be a non-empty string, got ${show(database)}`);
  }
  if (storage !== "device" && storage !== "memory") {
    throw new TypeError(`init: storage must be "device" or "memory", got ${show(storage)}`);
  }
  if (onError !== undefined && typeof onError !== "function") {
    throw new TypeError(`init: onError must be a function, got ${typeof onError}`);
  }
  if (automation !== undefined && automation !== "count") {
    throw new TypeError(`init: automation must be "count" or nothing, got ${show(automation)}`);
  }
  if (!isSet(defaults)) {
    throw new TypeError(
      `init: defaults must be a date there is, ${newestDefaults} the newest, got ${show(defaults)}`,
    );
  }
  const workerUrl = absolute("worker", worker ?? files("worker.js"), address);
  const beside: Files = (name) => (worker === undefined ? files(name) : new URL(name, workerUrl).href);
  return {
    server: absolute("server", server, address).replace(/\/+$/, ""),
    worker: workerUrl,
    // What is mapped is a file's name to its address.
    files: Object.fromEntries(workerFiles.map((name) => [name, beside(name)])) as Settings["files"],
    pages: pagesOf({ files, workerUrl }),
    debug: beside("debug.js"),
    database,
    consent: parsePermissions("init", consent),
    storage,
    pins: pins === undefined ? null : pinsFrom(pins),
    relay: relay === undefined ? null : absolute("relay", relay, address).replace(/\/+$/, ""),
    automation: automation === "count" ? "counts" : "excluded",
    behaviour: behaviourOf(defaults),
  };
}

const pinKeys = ["siteKey", "helper", "helperKey"];

/** All three or none: a key without the other would leave one half of the sum to whoever answers. */
function pinsFrom(value: unknown): Pins {
  if (typeof value !== "object" || value === null) {
    throw new TypeError(`init: pins must be an object, got ${show(value)}`);
  }
  requireKnown("init: keys of pins", value, pinKeys);
  const { siteKey, helper, helperKey }: Partial<Record<keyof Pins, unknown>> = value;
  return {
    siteKey: identity("pins.siteKey", siteKey),
    // Not relative to the page: a party is named in full.
    helper: new URL(absolute("pins.helper", helper)).origin,
    helperKey: identity("pins.helperKey", helperKey),
  };
}

function identity(key: string, value: unknown): string {
  if (typeof value === "string" && /^[0-9a-f]{64}$/i.test(value)) return value.toLowerCase();
  throw new TypeError(`init: ${key} must be an Ed25519 key of 64 hex digits, got ${show(value)}`);
}

/** @param address what a relative one is relative to; without it none may be. */
function absolute(key: string, value: unknown, address?: string): string {
  const url = typeof value === "string" ? tryUrl(value, address) : null;
  if (url === null) {
    throw new TypeError(`init: ${key} must be an http(s) address, got ${show(value)}`);
  }
  return url.href;
}

function requireKnown(what: string, fields: object, known: readonly string[]): void {
  const [unknown] = unknownKeys(what, fields, known);
  if (unknown !== undefined) throw unknown;
}

function tryUrl(value: string, address?: string): URL | null {
  try {
    const url = new URL(value, address);
    return /^https?:$/.test(url.protocol) ? url : null;
  } catch {
    return null;
  }
}
