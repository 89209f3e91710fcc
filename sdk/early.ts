/** The calls that a page made on the stub (stub.js) before the script had loaded, in order and with their time. */

/**
 * What the stub can take: every method but `init`, which the script tag calls, and `consent`, which answers
 * at once.
 */
export const earlyNames = [
  "track",
  "declare",
  "steer",
  "pause",
  "resume",
  "recommend",
  "similar",
  "goesWith",
  "search",
  "trending",
  "lists",
  "explain",
  "optOut",
  "optIn",
  "panel",
  "reportBytes",
  "exportData",
  "move",
  "forget",
  "erase",
  "on",
  "leave",
  "variant",
] as const;

export function isEarlyName(name: unknown): name is (typeof earlyNames)[number] {
  return (earlyNames as readonly unknown[]).includes(name);
}

/** A call made on the stub: what was asked, when, and how to answer. */
export interface EarlyCall {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly atMs: number;
  readonly answer: (value: unknown) => void;
}

/** What stub.js leaves in `window.tacit` until the script has loaded. */
export interface Stub {
  readonly calls: EarlyCall[];
}

export function isStub(value: unknown): value is Stub {
  return Array.isArray(Object(value).calls);
}

/** Makes the stub's calls in their order; calls still made on it, by who kept a reference, run at once. */
export function replay(stub: Stub, run: (call: EarlyCall) => void): void {
  for (const call of stub.calls.splice(0)) run(call);
  stub.calls.push = (...calls) => {
    for (const call of calls) run(call);
    return 0;
  };
}
