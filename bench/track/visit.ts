/** Visits to a page with the built SDK on which calls of `track()` are timed (inpage.ts). */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundledScript, withChromium } from "../inchromium.ts";
import type { Timed } from "./inpage.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Spread {
  readonly median: number;
  readonly p99: number;
  readonly most: number;
}

export interface TrackRow {
  readonly name: "one a task" | "in one loop" | "nothing, one a task";
  readonly storage: "localStorage" | "none";
  /** The least step in which the page is told the time. */
  readonly stepUs: number;
  readonly call: Spread;
  /** Of all calls together. */
  readonly meanUs: number;
  /** From the last call of a task until what is written ahead is written. */
  readonly end: { readonly mean: number; readonly most: number };
}

/** @throws {Error} before the SDK was built. */
export async function measureTrack(calls: number): Promise<readonly TrackRow[]> {
  const script = await bundledScript(join(root, "bench/track/inpage.ts"));
  const server = createServer(({ url = "/" }, response) => {
    const name = /^\/tacit\/([a-z]+\.js)$/.exec(url)?.[1];
    const headers = {
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
      "content-type": url.endsWith(".js") ? "text/javascript" : "text/html",
    };
    if (name !== undefined) {
      response.writeHead(200, headers).end(readFileSync(join(root, "dist/sdk", name)));
    } else if (url === "/inpage.js") response.writeHead(200, headers).end(script);
    else if (url.startsWith("/v1/")) response.writeHead(404).end();
    else response.writeHead(200, headers).end('<!doctype html><script src="/tacit/tacit.js"></script>');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await withChromium(async (browser) => {
      const rows: TrackRow[] = [];
      for (const storage of ["localStorage", "none"] as const) {
        for (const name of ["one a task", "in one loop", "nothing, one a task"] as const) {
          const context = await browser.newContext();
          const page = await context.newPage();
          page.setDefaultTimeout(300_000);
          if (storage === "none") await page.addInitScript(denyStorage);
          await page.goto(`http://127.0.0.1:${port}/`);
          // As on a visit under way: the rest has come and the worker runs.
          await page.evaluate("tacit.panel()");
          const isTracked = name !== "nothing, one a task";
          const asked = JSON.stringify([calls, name === "in one loop" ? calls : 1, isTracked]);
          const timed = await page.evaluate<Timed>(
            `import("/inpage.js").then(({ timeCalls }) => timeCalls(${asked}))`,
          );
          rows.push({ name, storage, ...rowOf(timed) });
          await context.close();
        }
      }
      return rows;
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** As where a person blocks site data. */
function denyStorage(): void {
  Object.defineProperty(globalThis, "localStorage", {
    get() {
      throw new DOMException("denied", "SecurityError");
    },
  });
}

function rowOf({ callUs, loopUs, endUs, stepUs, isIsolated }: Timed): Omit<TrackRow, "name" | "storage"> {
  if (!isIsolated) throw new Error("track: expected a page that is isolated, got one that is not");
  const sorted = callUs.toSorted((a, b) => a - b);
  return {
    stepUs,
    call: {
      median: sorted[Math.floor(sorted.length / 2)],
      p99: sorted[Math.floor(sorted.length * 0.99)],
      most: sorted[sorted.length - 1],
    },
    meanUs: loopUs / callUs.length,
    end: { mean: endUs.reduce((sum, us) => sum + us, 0) / endUs.length, most: Math.max(...endUs) },
  };
}
