/**
 * The ways to run the worker's code, best first. Which of them a page allows depends on where the file is and
 * on the page's policies; each that is refused leads to the next.
 *
 * 1. A worker of the file's address: where page and file share an origin.
 * 2. A worker of a blob that imports it: for a file of another origin (`worker-src blob:`, and CORS on the
 *    file), and for a page with COEP when the file has none, since a blob has the page's.
 * 3. The page's own thread, in its idle time: where no worker may start (`worker-src 'none'`).
 */
import type { WorkerWay } from "./edges.ts";
import type { WorkerPort } from "./page.ts";

/** What worker.js exports for the third way. */
interface WorkerModule {
  /** Returns what ends it. */
  readonly serve: (port: MessagePort) => () => void;
}

/**
 * @param first a worker at that address, in the first way
 * @param startWorker how one is started at any address
 */
export function workerWays(
  url: string,
  first: () => WorkerPort,
  startWorker: (url: string) => WorkerPort,
): readonly WorkerWay[] {
  // Browsers start none from another origin: there the second way is the first.
  const isOwn = new URL(url, location.href).origin === location.origin;
  return [
    ...(isOwn ? [{ name: "as a worker", start: first }] : []),
    { name: "as a worker that imports it", start: () => startWorker(blobThatImports(url)) },
    { name: "on the page's own thread", start: () => serveHere(url) },
  ];
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
