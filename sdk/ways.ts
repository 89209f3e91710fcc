/**
 * The ways to run the worker's code, best first. Which of them a page allows depends on where the file is and
 * on the page's policies; each that is refused leads to the next.
 *
 * 1. A worker of the file's address: where page and file share an origin.
 * 2. A worker of a blob that imports it: for a file of another origin (`worker-src blob:`, and CORS on the
 *    file), and for a page with COEP when the file has none, since a blob has the page's.
 * 3. The page's own thread, in its idle time: where no worker may start (`worker-src 'none'`).
 */
import type { WorkerPort, WorkerWay } from "./page.ts";

/** Trusted Types (https://w3c.github.io/trusted-types/), which TypeScript's DOM library does not know yet. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { readonly createScriptURL: (url: string) => string },
  ): { createScriptURL(url: string): string };
}
declare const trustedTypes: TrustedTypes | undefined;

/** What worker.js exports for the third way. */
interface WorkerModule {
  /** Returns what ends it. */
  readonly serve: (port: MessagePort) => () => void;
}

export function workerWays(url: string): readonly WorkerWay[] {
  return [
    { name: "as a worker", start: () => startWorker(url) },
    { name: "as a worker that imports it", start: () => startWorker(blobThatImports(url)) },
    { name: "on the page's own thread", start: () => serveHere(url) },
  ];
}

function startWorker(url: string): WorkerPort {
  return new Worker(trusted(url), { type: "module", name: "tacit" });
}

function blobThatImports(url: string): string {
  const source = `import ${JSON.stringify(url)};`;
  // Not revoked: the worker may read it long after this returns, and it is a few bytes.
  return URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
}

async function serveHere(url: string): Promise<WorkerPort> {
  const { serve }: WorkerModule = await import(/* @vite-ignore */ url);
  const { port1, port2 } = new MessageChannel();
  const end = serve(port2);
  port1.start();
  const terminate = (): void => {
    port1.close();
    end();
  };
  return Object.assign(port1, { terminate });
}

/** Addresses of this SDK's own making: a site allows them with `trusted-types tacit`. */
let policy: { createScriptURL(url: string): string } | undefined;

function trusted(url: string): string {
  if (typeof trustedTypes === "undefined") return url;
  policy ??= trustedTypes.createPolicy("tacit", { createScriptURL: (own) => own });
  return policy.createScriptURL(url);
}
