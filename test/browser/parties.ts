/**
 * Leader, helper and relay as three processes with three directories, and a recorder before each; tokens are
 * on.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { TacitConfig } from "../../sdk/index.ts";
import { adminToken } from "./admin.ts";
import { type Recorder, record } from "./recorder.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const usualPorts = { leader: 5391, helper: 5392, relay: 5393 } as const;
type Role = keyof typeof usualPorts;
const startsWithinMs = 30_000;

export interface Parties {
  /** What browsers talk to; the leader's also serves the shop. */
  readonly recorders: Readonly<Record<Role, Recorder>>;
  /** What the shop's pages say of them. */
  readonly config: Pick<TacitConfig, "pins" | "relay">;
  stop(): Promise<void>;
}

/**
 * A visit's times are drawn from three minutes: in the worker the clock runs forty times as fast, but for the two
 * seconds that the database has to answer (worker/store/database.ts).
 */
const speed = 40;
const hurry = (): string =>
  `const from=${Date.now()},clock=Date.now.bind(Date);Date.now=()=>from+(clock()-from)*${speed};` +
  `const later=self.setTimeout.bind(self);self.setTimeout=(run,ms,...rest)=>later(run,ms===2000?ms:ms/${speed},...rest);`;

export interface PartiesOptions {
  readonly ports?: Readonly<Record<Role, number>>;
  /** The shop's own pages name the parties; otherwise the test says it to the page. */
  readonly shopNamesThem?: boolean;
}

export async function startParties({
  ports = usualPorts,
  shopNamesThem = false,
}: PartiesOptions = {}): Promise<Parties> {
  const directory = mkdtempSync(join(tmpdir(), "tacit-parties-"));
  const direct = (role: Role) => `http://localhost:${ports[role]}`;
  const prefixes: Record<string, string> = { "/tacit/worker.js": hurry() };
  const recorders = {
    leader: await record(direct("leader"), prefixes),
    helper: await record(direct("helper")),
    relay: await record(direct("relay")),
  };
  const identityOf = async (role: Role): Promise<string> => {
    const said = await tacit("keys", "show", "--role", role, "--data", join(directory, role));
    return /identity {2}([0-9a-f]{64})/.exec(said)?.[1] ?? "";
  };
  const [siteKey, helperKey] = [await identityOf("leader"), await identityOf("helper")];
  const fileOf = (role: Role) => join(directory, `${role}.json`);
  const write = (role: Role, settings: object) => {
    const { url: publicUrl } = recorders[role];
    const own = { role, port: ports[role], publicUrl, data: join(directory, role) };
    writeFileSync(fileOf(role), JSON.stringify({ ...own, ...settings }));
  };
  write("helper", { leader: { key: siteKey }, tokens: { issue: true, required: true } });
  write("relay", { relay: { gateway: direct("leader") } });
  write("leader", {
    site: join(root, "dist/demo"),
    helper: { url: recorders.helper.url, key: helperKey },
    training: { noiseMultiplier: 2 },
    tokens: { required: true },
    security: { connect: [recorders.helper.url, recorders.relay.url] },
  });

  const children: ChildProcess[] = [];
  const stop = async () => {
    for (const child of children) child.kill("SIGKILL");
    for (const recorder of Object.values(recorders)) await recorder.close();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const start = async (role: Role) => {
      const child = spawn(process.execPath, [...command, "serve", "--config", fileOf(role)], {
        cwd: root,
        env,
      });
      children.push(child);
      await listening(role, child);
    };
    await start("helper");
    await tacit("import", join(root, "demo/data/catalogue.csv"), "--config", fileOf("leader"));
    await start("leader");
    await start("relay");
  } catch (error) {
    await stop();
    throw error;
  }
  const pins = { siteKey, helper: recorders.helper.url, helperKey };
  const config = { pins, relay: recorders.relay.url };
  if (shopNamesThem) prefixes["/tacit/tacit.js"] = `window.tacitConfig=${JSON.stringify(config)};`;
  return { recorders, config, stop };
}

/** One process, not tsx's own above it: what is killed is what serves. */
const command = ["--import", "tsx", join(root, "server/cli/main.ts")];
const env = { ...process.env, TACIT_ADMIN_TOKEN: adminToken };

/** Not waited for in place: the leader reaches its issuer through a recorder of this process. */
async function tacit(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [...command, ...args], { cwd: root, env });
  return stdout;
}

async function listening(role: Role, child: ChildProcess): Promise<void> {
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (said += chunk));
  const until = Date.now() + startsWithinMs;
  while (Date.now() < until && child.exitCode === null) {
    if (/^ {2}Tacit {9}http/m.test(said)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${role}: expected it to listen, got ${said}`);
}
