/**
 * The build of the SDK in a folder: what a site writes into its script tag, and the name that its files have
 * for ever. The name is made of what is in the files that run, all of them: a tag, its worker and what the
 * worker loads are of one build.
 */
import { webcrypto } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { toHex } from "../../core/bytes.ts";

export interface SdkBuild {
  /** Of the package; null in a build that does not say. */
  readonly version: string | null;
  /** VERSION-HASH: 12 hex digits of the SHA-256 of all names and integrities. */
  readonly name: string;
  /** Subresource integrity (https://www.w3.org/TR/SRI/) of each file. */
  readonly integrity: Readonly<Record<string, string>>;
}

/** Whether a folder may have the name of a build. */
export function isBuildName(name: string): boolean {
  return /^(?:[0-9A-Za-z][0-9A-Za-z.+-]{0,60}-)?[0-9a-f]{12}$/.test(name);
}

const runs = /^[A-Za-z][\w-]*\.(?:js|wasm)$/;

/** Reads the build in a folder: its files are read again when one of them has changed. */
export function sdkBuilds(): (folder: string) => Promise<SdkBuild | null> {
  const known = new Map<string, { readonly state: string; readonly build: Promise<SdkBuild | null> }>();
  return async (folder) => {
    const names = (await readdir(folder).catch(() => [])).filter((name) => runs.test(name)).sort();
    if (names.length === 0) return null;
    const states = await Promise.all(names.map((name) => stat(join(folder, name))));
    const state = states.map(({ mtimeMs, size }, k) => `${names[k]} ${mtimeMs} ${size}`).join("\n");
    const before = known.get(folder);
    if (before?.state === state) return before.build;
    const build = read(folder, names);
    known.set(folder, { state, build });
    build.catch(() => known.delete(folder));
    return build;
  };
}

async function read(folder: string, names: readonly string[]): Promise<SdkBuild> {
  const integrity: Record<string, string> = {};
  // One after the other: the largest has megabytes.
  for (const name of names) {
    const digest = await webcrypto.subtle.digest("SHA-384", await readFile(join(folder, name)));
    integrity[name] = `sha384-${Buffer.from(digest).toString("base64")}`;
  }
  const list = names.map((name) => `${name} ${integrity[name]}\n`).join("");
  const hash = toHex(new Uint8Array(await webcrypto.subtle.digest("SHA-256", Buffer.from(list)))).slice(
    0,
    12,
  );
  const version = await versionIn(folder);
  return { version, name: version === null ? hash : `${version}-${hash}`, integrity };
}

async function versionIn(folder: string): Promise<string | null> {
  try {
    const { version }: { version?: unknown } = JSON.parse(
      await readFile(join(folder, "version.json"), "utf8"),
    );
    return typeof version === "string" && isBuildName(`${version}-${"0".repeat(12)}`) ? version : null;
  } catch {
    // A build of before it was written, or of somebody else's.
    return null;
  }
}
