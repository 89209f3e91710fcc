/**
 * The SDK as a page has it: every method of `Tacit`, each of which may be passed around on its own, and none
 * throws.
 */
import { type EarlyCall, earlyNames, isEarlyName } from "./early.ts";
import type { Loader } from "./loader/loader.ts";
import type { Tacit } from "./types.ts";

export function surfaceOf(loader: Loader): Tacit {
  const methods = ["init", "consent", ...earlyNames].map((name) => {
    const run = (...args: unknown[]) => call(loader, name, args);
    return [name, run];
  });
  // The cast says what the list does: every method is in it (test/sdk/client.test.ts).
  return { version: loader.version, ...Object.fromEntries(methods) } as Tacit;
}

/** Makes a call that a page made on the stub. */
export function makeEarly(loader: Loader, { name, args, atMs, answer }: EarlyCall): void {
  if (isEarlyName(name)) answer(call(loader, name, args, atMs));
  else loader.report(new TypeError(`stub: expected a method, got ${name}`));
}

function call(loader: Loader, name: string, args: readonly unknown[], atMs?: number): unknown {
  try {
    return loader.call(name, args, atMs);
  } catch (error) {
    loader.report(error);
    return loader.plain(name);
  }
}
