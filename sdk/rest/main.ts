/**
 * Entry of dist/sdk/page.js: the SDK of a page but its first moment (loader/). Loaded as soon as the page is
 * shown.
 */
import { browserEdges } from "../browseredges.ts";
import type { Loaded, MakeCall } from "../parts.ts";
import { Client } from "./client.ts";

export function begin(loaded: Loaded): MakeCall {
  const edges = browserEdges((url) => {
    if (loaded.page === null) throw new Error("page.js: expected a page, got none");
    return loaded.page.startWorker(url);
  });
  return new Client(loaded, edges).call;
}
