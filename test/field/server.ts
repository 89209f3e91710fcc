/** One Tacit server with the demo's catalogue for the whole run; sites stand in front of it (site.ts). */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import { sleep } from "./engines/engine.ts";
import { freePort } from "./engines/port.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Its address. */
    readonly tacitServer: string;
  }
}

const startsWithinMs = 180_000;

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { address, stop } = await startServer();
  project.provide("tacitServer", address);
  return stop;
}

/** @param catalogue the file with its items; the demo's unless given */
export async function startServer(catalogue?: string): Promise<{
  readonly address: string;
  readonly stop: () => Promise<void>;
}> {
  const script = fileURLToPath(new URL("../browser/serve.ts", import.meta.url));
  const port = await freePort();
  const child = spawn(
    process.execPath,
    ["--import", "tsx", script, String(port), ...(catalogue === undefined ? [] : [catalogue])],
    {
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  // What this process started does not outlive it.
  process.on("exit", () => child.kill("SIGTERM"));
  const address = `http://127.0.0.1:${port}`;
  const stop = async () => {
    if (child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.on("exit", resolve));
    child.kill("SIGTERM");
    await gone;
  };
  for (const until = Date.now() + startsWithinMs; Date.now() < until; await sleep(100)) {
    if (child.exitCode !== null) break;
    const ready = await fetch(`${address}/health/ready`).catch(() => null);
    if (ready?.ok) return { address, stop };
  }
  await stop();
  throw new Error(`server: expected it to be ready within ${startsWithinMs} ms, got none`);
}
