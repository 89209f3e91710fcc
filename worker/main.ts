/**
 * The entry of worker.js: exposes the private side to the page, as a worker does by itself. Where no worker may
 * start, the page imports the same file and serves it on its own thread.
 */
import { type Endpoint, expose } from "comlink";
import { platformEdges } from "./edges.ts";
import { idleEndpoint } from "./idle.ts";
import { TacitWorker } from "./tacit.ts";

/** What TypeScript's library for pages does not know. */
declare const WorkerGlobalScope: (new () => object) | undefined;

// In a page it would listen to whatever any frame posts.
if (typeof WorkerGlobalScope === "function" && globalThis instanceof WorkerGlobalScope) {
  expose(new TacitWorker(platformEdges()));
}

/**
 * Answers on the page's own thread, one message in each idle stretch of it.
 *
 * @returns what ends it, as a worker is terminated.
 */
export function serve(port: Endpoint): () => void {
  const worker = new TacitWorker(platformEdges());
  expose(worker, idleEndpoint(port));
  return () => worker.end();
}
