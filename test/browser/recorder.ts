/** A proxy on loopback that writes down every request as it really came over the wire. */
import { createServer, request as forward, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "@playwright/test";

export interface RecordedRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Recorder {
  readonly url: string;
  readonly requests: readonly RecordedRequest[];
  close(): Promise<void>;
}

/**
 * @param prefixes script text put before the answer at a path. A page's own interception would do, but what
 * it answers
 *   counts as coming from a public address, from which Chromium lets nothing reach this machine.
 */
export async function record(
  target: string,
  prefixes: Readonly<Record<string, string>> = {},
): Promise<Recorder> {
  const requests: RecordedRequest[] = [];
  const server = createServer((incoming, answer) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const body = Buffer.concat(chunks);
      const { method = "", url = "", headers } = incoming;
      requests.push({ method, url, headers, body });
      const prefix = prefixes[url];
      const asked = prefix === undefined ? headers : { ...headers, "accept-encoding": "identity" };
      const onward = forward(new URL(url, target), { method, headers: asked }, (reply) => {
        const { "content-length": length, ...others } = reply.headers;
        answer.writeHead(reply.statusCode ?? 502, prefix === undefined ? reply.headers : others);
        if (prefix !== undefined && reply.statusCode === 200) answer.write(prefix);
        reply.pipe(answer);
      });
      onward.on("error", () => answer.writeHead(502).end());
      onward.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Runs a visit of a new person whose every request goes through a recorder. */
export async function recordVisit(
  { browser, target }: { readonly browser: Browser; readonly target: string },
  visit: (page: Page, requests: readonly RecordedRequest[]) => Promise<void>,
): Promise<void> {
  const recorder = await record(target);
  const context = await browser.newContext({ baseURL: recorder.url });
  try {
    await visit(await context.newPage(), recorder.requests);
  } finally {
    await context.close();
    await recorder.close();
  }
}
