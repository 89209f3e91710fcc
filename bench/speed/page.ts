/**
 * A page in Chromium over shops that a small server has, whose workers are made anew for each message: what
 * the speed of the private side is measured on.
 */
import { existsSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BrowserContext } from "@playwright/test";
import { bundledScript, withChromium } from "../inchromium.ts";
import type { Question, Times } from "./indevice.ts";
import type { MeasuredShop } from "./shops.ts";

export const root: string = fileURLToPath(new URL("../..", import.meta.url));

export type Ask = (which: string, message: Question) => Promise<Answer>;

/** The worker of a tree with the script that measures it, as one file. */
export async function bundled(entry: string, tree: string): Promise<string> {
  // Earlier commits have all in one file.
  const parts = join(tree, "worker/fromsource.ts");
  const hasParts = existsSync(parts);
  const source = [
    ...(hasParts ? [`import { fileFromSource } from ${JSON.stringify(parts)};`] : []),
    `import { TacitWorker } from ${JSON.stringify(join(tree, "worker/tacit.ts"))};`,
    `import { answerWith } from ${JSON.stringify(join(root, "bench/speed/indevice.ts"))};`,
    `answerWith(TacitWorker${hasParts ? ", fileFromSource" : ""});`,
  ];
  writeFileSync(entry, source.join("\n"));
  return bundledScript(entry, root);
}

/** The page: hands one message to a new worker, and gives back its answer. */
const pageHtml = `<!doctype html><title>speed</title><script>
  const ask = (script, message) => new Promise((resolve) => {
    const worker = new Worker(script, { type: "module" });
    const answer = (result) => { worker.terminate(); resolve(result); };
    worker.onmessage = ({ data }) => answer(data);
    worker.onerror = ({ message }) => answer({ ok: false, why: message });
    worker.postMessage(message);
  });
</script>`;

export interface Answer {
  readonly ok: boolean;
  readonly times?: Times;
  readonly readMs?: number;
  readonly why?: string;
}

export type ServedFile = readonly [type: string, body: string | Uint8Array];

interface Served {
  readonly shops: ReadonlyMap<string, MeasuredShop>;
  readonly scripts: ReadonlyMap<string, string>;
  /** Others, by path. */
  readonly files?: ReadonlyMap<string, ServedFile>;
}

interface Opened {
  readonly ask: Ask;
  /** Where pages share what they keep with the workers of `ask`. */
  readonly context: BrowserContext;
  readonly origin: string;
}

/** Opens a page that hands messages to a worker made anew for each, and closes everything afterwards. */
export async function withPage<T>(
  { shops, scripts, files: others = new Map() }: Served,
  work: (opened: Opened) => Promise<T>,
): Promise<T> {
  const files = new Map<string, ServedFile>([
    ...others,
    ["/", ["text/html", pageHtml]],
    ...[...scripts].map(([which, code]) => [`/${which}.js`, ["text/javascript", code]] as const),
  ]);
  for (const [name, { document, parts, ids }] of shops) {
    const body = JSON.stringify({ document, ids, parts: parts.map(({ id }) => ({ id })) });
    files.set(`/${name}.json`, ["application/json", body]);
    for (const { id, bytes } of parts) files.set(`/parts/${id}`, ["application/octet-stream", bytes]);
  }
  const server = createServer((request, response) => {
    const [type, body] = files.get(request.url ?? "") ?? ["text/plain", null];
    response.writeHead(body === null ? 404 : 200, { "content-type": type }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await withChromium(async (browser) => {
      const context = await browser.newContext();
      const origin = `http://127.0.0.1:${port}`;
      const page = await context.newPage();
      page.setDefaultTimeout(300_000);
      await page.goto(origin);
      const ask: Ask = async (which, message) => {
        const question = `ask(${JSON.stringify(`/${which}.js`)}, ${JSON.stringify(message)})`;
        const answer = await page.evaluate<Answer>(question);
        if (answer.ok !== true) throw new Error(`speed: expected times of ${which}, got ${answer.why}`);
        return answer;
      };
      return work({ ask, context, origin });
    });
  } finally {
    server.close();
  }
}
