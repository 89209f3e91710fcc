/** What a site configures, checked once and completed with defaults. */
import type { ConsentFlags } from "../worker/api.ts";
import { parseChoices } from "./consent.ts";
import type { TacitConfig } from "./types.ts";

/** A checked configuration: addresses are absolute, nothing is missing. */
export interface Settings {
  /** Absolute, without a slash at its end. */
  readonly server: string;
  readonly worker: string;
  readonly database: string;
  readonly consent: Partial<ConsentFlags>;
}

const keys = ["server", "worker", "consent", "database", "onError"];

/**
 * @throws {TypeError} `init: …` naming the key, what was expected and what came.
 */
export function settingsFrom(
  config: TacitConfig,
  { address, defaultWorker }: { readonly address: string; readonly defaultWorker: () => string },
): Settings {
  if (typeof config !== "object" || config === null) {
    throw new TypeError(`init: config must be an object, got ${typeof config}`);
  }
  for (const key of Object.keys(config)) {
    if (!keys.includes(key)) throw new TypeError(`init: keys must be among ${keys.join(", ")}, got ${key}`);
  }
  const { server = new URL(address).origin, worker, consent = {}, database = "tacit", onError } = config;
  if (typeof database !== "string" || database === "") {
    throw new TypeError(`init: database must be a non-empty string, got ${show(database)}`);
  }
  if (onError !== undefined && typeof onError !== "function") {
    throw new TypeError(`init: onError must be a function, got ${typeof onError}`);
  }
  return {
    server: absolute("server", server, address).replace(/\/+$/, ""),
    worker: absolute("worker", worker ?? defaultWorker(), address),
    database,
    consent: parseChoices("init", consent),
  };
}

function absolute(key: string, value: unknown, address: string): string {
  const url = typeof value === "string" ? tryUrl(value, address) : null;
  if (url === null) {
    throw new TypeError(`init: ${key} must be an http(s) address, got ${show(value)}`);
  }
  return url.href;
}

function tryUrl(value: string, address: string): URL | null {
  try {
    const url = new URL(value, address);
    return /^https?:$/.test(url.protocol) ? url : null;
  } catch {
    return null;
  }
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? typeof value;
}
