/** An HTTP request as it is written, and the answer's bytes as they come off the wire: nothing is unpacked. */
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
  /** The address it comes from, of those that this machine has. */
  readonly from?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
}

/**
 * @param site an origin, and the path that all is below, if there is one
 * @param path goes out as it is, whatever it is
 */
export function ask(
  site: string,
  path: string,
  { method = "GET", headers = {}, body, from }: Asked = {},
): Promise<Answer> {
  const { hostname, port, pathname } = new URL(site);
  const to = {
    ...{ hostname, port, method, path: pathname.replace(/\/$/, "") + path },
    ...{ headers: { ...headers }, ...(from && { localAddress: from }) },
  };
  return new Promise((resolve, reject) => {
    const sent = httpRequest(to, (response) => {
      const pieces: Buffer[] = [];
      response.on("data", (piece) => pieces.push(piece));
      response.on("error", reject);
      response.on("end", () => {
        const { statusCode: status = 0, headers: came } = response;
        resolve({ status, headers: came, bytes: Buffer.concat(pieces) });
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
