/**
 * What stands around the three processes of a production set-up and is not part of Tacit: a certificate, made by
 * openssl for this machine's own name and trusted by nobody but who is handed it; a proxy that ends TLS in front of
 * a process; and a page's fetch that trusts the certificate alone.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { type IncomingMessage, request as plainRequest } from "node:http";
import { createServer, request } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import type { Fetch } from "../../../worker/edges.ts";

export interface Certificate {
  /** Of the certificate, for NODE_EXTRA_CA_CERTS. */
  readonly path: string;
  readonly key: Buffer;
  readonly cert: Buffer;
}

/** A certificate for `localhost` that lasts a day. @throws where there is no openssl. */
export function makeCertificate(folder: string): Certificate {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-days", "1"];
  const name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  execFileSync("openssl", ["req", ...kind, ...name, "-keyout", key, "-out", cert], { stdio: "pipe" });
  return { path: cert, key: readFileSync(key), cert: readFileSync(cert) };
}

export interface TlsProxy {
  readonly port: number;
  /** From here on it passes everything to this port, the body as it comes. */
  readonly standInFrontOf: (port: number) => void;
}

/** Adds the visitor's address to X-Forwarded-For, as docs/OPERATING.md asks of a proxy. */
export async function openTlsProxy({ key, cert }: Certificate): Promise<TlsProxy> {
  let behind = 0;
  const server = createServer({ key, cert }, (asked, answered) => {
    const before = asked.headers["x-forwarded-for"];
    const address = asked.socket.remoteAddress ?? "";
    const headers = {
      ...asked.headers,
      "x-forwarded-for": before === undefined ? address : `${before}, ${address}`,
    };
    const { method, url: path } = asked;
    const passed = plainRequest({ host: "127.0.0.1", port: behind, method, path, headers }, (answer) => {
      answered.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(answered);
    });
    passed.on("error", () => (answered.headersSent ? answered.destroy() : answered.writeHead(502).end()));
    asked.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const standInFrontOf = (port: number): void => {
    behind = port;
  };
  return { port: (server.address() as AddressInfo).port, standInFrontOf };
}

/**
 * Trusts the certificate alone. As a page of `origin` it refuses, as browsers do, an answer that this page may not
 * read; without one it asks as an operator does.
 */
export function fetchTrusting({ cert }: Pick<Certificate, "cert">, origin?: string): Fetch {
  return async (url, init) => {
    const sent = Buffer.from(await new Response(init.body ?? null).arrayBuffer());
    const given = Object.fromEntries(new Headers(init.headers));
    const headers = origin === undefined ? given : { ...given, origin };
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const asking = request(url, { method: init.method ?? "GET", headers, ca: cert }, resolve);
      asking.on("error", reject).end(sent);
    });
    const { statusCode: status = 0, headers: got } = answer;
    const content = await buffer(answer);
    if (origin !== undefined && !["*", origin].includes(got["access-control-allow-origin"] ?? "")) {
      throw new TypeError(`fetch: ${url} must let ${origin} read its answer, got ${status}`);
    }
    const told = Object.entries(got).map(([name, value]): [string, string] => [name, String(value)]);
    return new Response([204, 304].includes(status) ? null : content, { status, headers: told });
  };
}
