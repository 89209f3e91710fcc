/**
 * As much of the configuration as the loader has to know before the file that checks it (config.ts) has come.
 *
 * It says nothing where anything is unusual: then nothing starts before the check. So a relay that is
 * mistyped is not done without in the meantime, and what this reads is what the check would
 * (test/sdk/glance.test.ts).
 */
import { permissionsOf } from "./decide.ts";
import { isSet } from "./defaults.ts";
import type { Start } from "./parts.ts";

/** Of a configuration. */
export const configKeys: readonly string[] =
  "server worker consent storage database pins relay automation defaults onError".split(" ");
const keyForm = /^[0-9a-f]{64}$/i;

/** Null where the check has to say what holds. */
export function glance(
  config: unknown,
  { address, files }: { readonly address: string; readonly files: (name: "worker.js" | "page.js") => string },
): Start | null {
  try {
    const given = config as Readonly<Record<string, unknown>>;
    const { server, worker, consent = {}, storage = "device", database = "tacit" } = given;
    const { pins, relay, automation, onError } = given;
    const permissions = permissionsOf(consent);
    const { siteKey, helper, helperKey, ...others } = Object(pins);
    const isUsual =
      typeof config === "object" &&
      Object.keys(given).every((name) => configKeys.includes(name)) &&
      (pins === undefined ||
        (keyForm.test(siteKey) && keyForm.test(helperKey) && addressOf(helper) && !Object.keys(others)[0])) &&
      (automation === undefined || automation === "count") &&
      (onError === undefined || typeof onError === "function") &&
      isSet(given.defaults);
    if (storage !== "device" && storage !== "memory") return null;
    if (!isUsual || permissions === null || typeof database !== "string" || !database) return null;
    const of = (value: unknown): string => addressOf(value, address).replace(/\/+$/, "");
    const workerUrl = addressOf(worker === undefined ? files("worker.js") : worker, address);
    return {
      server: of(server === undefined ? new URL(address).origin : server),
      relay: relay === undefined ? null : of(relay),
      worker: workerUrl,
      pages: pagesOf({ files, workerUrl }),
      database,
      consent: permissions,
      storage,
    };
  } catch {
    return null;
  }
}

/**
 * Where the file of the rest may be, the likeliest first: a site that says where its worker is may have all
 * of them there.
 */
export function pagesOf({
  files,
  workerUrl,
}: {
  readonly files: (name: "page.js") => string;
  readonly workerUrl: string;
}): readonly string[] {
  return [...new Set([files("page.js"), new URL("page.js", workerUrl).href])];
}

/** @throws {TypeError} for what is no http(s) address. */
function addressOf(value: unknown, base?: string): string {
  const { href, protocol } = new URL(typeof value === "string" ? value : "", base);
  if (typeof value === "string" && /^https?:$/.test(protocol)) return href;
  throw new TypeError();
}
