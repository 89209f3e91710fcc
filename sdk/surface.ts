/** The client as a page has it: every method of `Tacit`, each of which may be passed around on its own. */
import type { Client } from "./client.ts";
import { type EarlyCall, earlyNames, isEarlyName } from "./early.ts";
import type { Tacit } from "./types.ts";

export function surfaceOf(client: Client): Tacit {
  const methods = ["init", "consent", ...earlyNames].map((name) => {
    const own: unknown = Reflect.get(client, name);
    const run = (...args: unknown[]) =>
      typeof own === "function" ? Reflect.apply(own, client, args) : client.ask(name, args);
    return [name, run];
  });
  // The cast says what the list does: every method is in it (test/sdk/client.test.ts).
  return { version: client.core.version, ...Object.fromEntries(methods) } as Tacit;
}

/** Makes a call that a page made on the stub. */
export function makeEarly(client: Client, tacit: Tacit, { name, args, atMs, answer }: EarlyCall): void {
  client.core.attempt(() => {
    if (!isEarlyName(name)) throw new TypeError(`stub: expected a method, got ${name}`);
    answer(client.early(() => Reflect.apply(tacit[name], null, args), atMs));
  });
}
