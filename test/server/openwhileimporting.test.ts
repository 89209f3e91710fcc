/**
 * A server answers whoever asks while it imports: as a process of its own, over HTTP, with catalogues in
 * several forms. Judged by what part of the import the longest answer took, so that a busy machine decides
 * nothing.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { probedDuring } from "../../bench/door/probe.ts";
import { adminToken, temporaryDirectory } from "./harness.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const table = readFileSync(join(root, "demo/data/catalogue.csv"), "utf8").trim().split("\n");

interface Product {
  readonly id: string;
  readonly title: string;
}

/** Rows of the demo's table, in words of their own: so its content is fitted anew, which is what takes long. */
const products = (mark: string): readonly Product[] =>
  table.slice(1, 1501).map((line) => {
    const [id, title = ""] = line.split(",");
    return { id, title: title.replaceAll(/["&<>]/g, "").replaceAll(/\p{L}+/gu, `$&${mark}`) };
  });

const entry = ({ id, title }: Product) =>
  `<item><g:id>${id}</g:id><g:title>${title}</g:title><g:price>2.50 GBP</g:price></item>`;

const json = (mark: string) => JSON.stringify(products(mark));
const xml = (mark: string) =>
  `<?xml version="1.0"?><rss xmlns:g="http://base.google.com/ns/1.0"><channel>${products(mark).map(entry).join("")}</channel></rss>`;

type Body = string | Uint8Array<ArrayBuffer>;

/** What is handed in at once, and how it is answered. */
const imports: Readonly<
  Record<string, { readonly bodies: readonly Body[]; readonly statuses: readonly number[] }>
> = {
  "a table": { bodies: [table.slice(0, 1501).join("\n")], statuses: [200] },
  "a JSON list, packed": { bodies: [Uint8Array.from(gzipSync(json("qu")))], statuses: [200] },
  "a product feed in XML": { bodies: [xml("ix")], statuses: [200] },
  "two at once": { bodies: [json("or"), xml("en")], statuses: [200, 200] },
  "one that is refused for its last line": {
    bodies: [
      ["id,title", ...Array.from({ length: 300_000 }, (_, k) => `i${k},Thing ${k}`), "a,line,too long"].join(
        "\n",
      ),
    ],
    statuses: [400],
  },
};

/** A server on a port that is free, and its address. */
async function served(): Promise<string> {
  const child = spawn(process.execPath, ["--import", "tsx", join(root, "server/cli/main.ts"), "serve"], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      TACIT_DATA: temporaryDirectory(),
      TACIT_PORT: "0",
      TACIT_ADMIN_TOKEN: adminToken,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(async () => {
    const ended = once(child, "exit");
    if (child.exitCode === null && child.kill("SIGKILL")) await ended;
  });
  let said = "";
  return new Promise((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      const address = /http:\/\/[\w.:[\]]+:\d+/.exec(said)?.[0];
      if (address !== undefined) resolve(address);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("exit", () => reject(new Error(`the server did not start: ${said}`)));
  });
}

async function imported(url: string, body: Body): Promise<number> {
  const headers = { authorization: `Bearer ${adminToken}` };
  const answer = await fetch(`${url}/v1/admin/catalogue`, { method: "POST", headers, body });
  await answer.arrayBuffer();
  return answer.status;
}

/** The answers of imports at once, how long they took, and the longest answer of an address meanwhile. */
async function during(url: string, path: string, bodies: readonly Body[]) {
  const beginMs = performance.now();
  let tookMs = 0;
  const statuses: number[] = [];
  const { probes, mostMs } = await probedDuring(`${url}${path}`, async () => {
    statuses.push(...(await Promise.all(bodies.map((body) => imported(url, body)))));
    tookMs = performance.now() - beginMs;
  });
  return { statuses, probes, tookMs, share: mostMs / tookMs };
}

test("while a catalogue is imported, whatever its form, no answer takes a third of the import", async () => {
  const url = await served();
  for (const [what, { bodies, statuses }] of Object.entries(imports)) {
    // A shop that has nothing in force has no edition either.
    const path = what === "a table" ? "/health/live" : "/v1/edition";
    const { share, probes, ...told } = await during(url, path, bodies);
    expect([what, told.statuses]).toEqual([what, statuses]);
    // Where an import takes no time, nothing could be held up by it.
    expect([what, probes > 20]).toEqual([what, true]);
    expect([what, share, share < 1 / 3]).toEqual([what, share, true]);
  }
}, 60_000);
