/** A site of another origin than the server's, which serves its own copy of the SDK's files at /tacit/. */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

const built = fileURLToPath(new URL("../../dist/sdk", import.meta.url));

export interface OwnSite {
  readonly origin: string;
  /** Pages that were asked for, and for what purpose: "" or as `Sec-Purpose` says it. */
  readonly asked: readonly { readonly path: string; readonly purpose: string }[];
  close(): void;
}

/**
 * @param bodyOf what each page has in its body, by its path.
 * @param before what each file of the SDK begins with now; nothing unless given.
 */
export async function openOwnSite(
  bodyOf: (path: string) => string,
  before: () => string = () => "",
): Promise<OwnSite> {
  const asked: { path: string; purpose: string }[] = [];
  const server = createServer(({ url: path = "", headers }, response) => {
    const [, file] = /^\/tacit\/([\w-]+\.js)$/.exec(path) ?? [];
    response.setHeader("content-type", file === undefined ? "text/html; charset=utf-8" : "text/javascript");
    response.setHeader("cache-control", "no-store");
    if (file !== undefined) return void response.end(before() + readFileSync(`${built}/${file}`, "utf8"));
    asked.push({ path, purpose: `${headers["sec-purpose"] ?? ""}` });
    response.end(`<!doctype html><title>site</title><link rel="icon" href="data:,"><body>${bodyOf(path)}`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { origin: `http://localhost:${port}`, asked, close: () => void server.close() };
}
