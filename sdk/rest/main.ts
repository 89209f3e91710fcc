/** Entry of dist/sdk/page.js: what the core (core.ts) does not need in its first moment. Loaded as soon as the page is shown. */
import { browserEdges } from "../browseredges.ts";
import type { Core } from "../core.ts";
import type { Rest } from "../parts.ts";
import { WholePage } from "./wholepage.ts";

export function begin(core: Core): Rest {
  return new WholePage(
    core,
    browserEdges((url) => {
      if (core.page === null) throw new Error("page.js: expected a page, got none");
      return core.page.startWorker(url);
    }),
  );
}
