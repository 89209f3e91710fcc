/** The client without its inner parts, and with methods that may be passed around on their own. */
import type { Client } from "./client.ts";
import { earlyNames } from "./early.ts";
import type { Tacit } from "./types.ts";

const methods = ["init", "consent", ...earlyNames] as const satisfies readonly (keyof Tacit)[];

export function surfaceOf(client: Client): Tacit {
  const bound = methods.map((name) => [
    name,
    (...given: unknown[]) => Reflect.apply(client[name], client, given),
  ]);
  // The cast says what the list does: every method is in it (test/sdk/client.test.ts).
  return { version: client.version, ...Object.fromEntries(bound) } as Tacit;
}
