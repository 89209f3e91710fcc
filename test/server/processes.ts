/**
 * Leader, helper and relay as three real processes with three directories, started from configuration files,
 * killed at will.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { runCli } from "../../server/cli/main.ts";
import { adminToken, catalogueOf } from "./harness.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** In the order in which to start them: a leader that meets no helper asks again ten seconds later. */
export const roles = ["helper", "leader", "relay"] as const;
export type Role = (typeof roles)[number];

/** One process of one role; started and killed as often as a test likes. */
export class RoleProcess {
  #child: ChildProcess | null = null;
  #ended: Promise<unknown> = Promise.resolve();
  #output = "";

  readonly #configFile: string;
  readonly #command: readonly string[];

  constructor(
    readonly role: Role,
    configFile: string,
    /** A script that serves what a configuration file says. */
    command: readonly string[],
  ) {
    this.#configFile = configFile;
    this.#command = command;
  }

  /** Of the process that was started last. */
  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new TypeError(`RoleProcess: ${this.role} must have been started, got none`);
    return pid;
  }

  /** Resolves when it has ended, by whose hand ever. */
  get ended(): Promise<unknown> {
    return this.#ended;
  }

  /** What it said since it was started last. */
  get said(): string {
    return this.#output;
  }

  /** Resolves when it listens. */
  async start(env: Readonly<Record<string, string>> = {}): Promise<void> {
    const args = ["--import", "tsx", ...this.#command, this.#configFile];
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { PATH: process.env.PATH, TACIT_ADMIN_TOKEN: adminToken, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    this.#output = "";
    this.#ended = new Promise((resolve) => child.on("exit", resolve));
    await new Promise<void>((resolve, reject) => {
      const keep = (chunk: Buffer) => {
        this.#output += chunk.toString();
        if (/^ {2}Tacit {9}http/m.test(this.#output)) resolve();
      };
      child.stdout.on("data", keep);
      child.stderr.on("data", keep);
      child.on("exit", () => reject(new Error(`${this.role} did not start: ${this.#output}`)));
    });
  }

  /** SIGKILL: no handler runs, nothing is finished. */
  async kill(): Promise<void> {
    this.#child?.kill("SIGKILL");
    await this.#ended;
  }

  /** SIGTERM; resolves with the exit status. */
  async stop(): Promise<unknown> {
    this.#child?.kill("SIGTERM");
    return this.#ended;
  }
}

export interface Parties {
  readonly processes: Readonly<Record<Role, RoleProcess>>;
  readonly urls: Readonly<Record<Role, string>>;
  readonly directories: Readonly<Record<Role, string>>;
  /** As `tacit keys show` printed them. */
  readonly identities: Readonly<Record<"leader" | "helper", string>>;
}

export interface PartiesOptions {
  /** A directory for the three. */
  readonly directory: string;
  /** Three ports from here on. */
  readonly port: number;
  readonly items: number;
  /** Settings of the leader beside those that the roles call for. */
  readonly leader: Readonly<Record<string, unknown>>;
  readonly helper?: Readonly<Record<string, unknown>>;
  /**
   * Starts them with the toy kind beside the others, and so that a state can be named at which they end; see
   * doomed.ts.
   */
  readonly doomed?: boolean;
  /** Starts the helper before the catalogue is imported, as a leader needs that asks for tokens. */
  readonly helperFirst?: boolean;
}

/** Sets the three up as their operators would, each from what the others printed; starts none by default. */
export async function setUpParties({
  directory,
  port,
  items,
  leader,
  helper = {},
  doomed = false,
  helperFirst = false,
}: PartiesOptions): Promise<Parties> {
  const urls = byRole((_, k) => `http://127.0.0.1:${port + k}`);
  const directories = byRole((role) => join(directory, role, "data"));
  const files = byRole((role) => join(directory, role, "tacit.json"));
  const common = byRole((role, k) => {
    const publicUrl = urls[role];
    return { role, host: "127.0.0.1", port: port + k, publicUrl, data: directories[role] };
  });
  const identityOf = async (role: "leader" | "helper"): Promise<string> => {
    const lines = await tacit(["keys", "show", "--role", role, "--data", directories[role]]);
    return /identity {2}([0-9a-f]{64})/.exec(lines)?.[1] ?? "";
  };
  for (const role of roles) mkdirSync(join(directory, role), { recursive: true });
  const identities = { leader: await identityOf("leader"), helper: await identityOf("helper") };
  const write = (role: Role, config: object) => writeFileSync(files[role], JSON.stringify(config));
  write("leader", {
    ...common.leader,
    ...leader,
    helper: { url: urls.helper, key: identities.helper },
    relay: { url: urls.relay },
  });
  write("helper", { ...common.helper, ...helper, leader: { key: identities.leader } });
  write("relay", { ...common.relay, relay: { gateway: urls.leader } });
  const catalogue = join(directory, "items.csv");
  const lines = catalogueOf(items).map(({ item, title }) => `${item},${title}`);
  writeFileSync(catalogue, `id,title\n${lines.join("\n")}\n`);
  const command = doomed
    ? [join(root, "test/server/doomed.ts")]
    : [join(root, "server/cli/main.ts"), "serve", "--config"];
  const processes = byRole((role) => new RoleProcess(role, files[role], command));
  onTestFinished(async () => {
    for (const role of roles) await processes[role].kill();
  });
  // Where the helper does not run yet, the task opens when it does.
  if (helperFirst) await processes.helper.start();
  await tacit(["import", catalogue, "--config", files.leader]);
  return { processes, urls, directories, identities };
}

/** The body of an admin request, or null without an answer. */
export async function askAdmin(url: string, method: string, path: string): Promise<unknown> {
  try {
    const headers = { authorization: `Bearer ${adminToken}` };
    const response = await fetch(`${url}/v1/admin${path}`, { method, headers });
    return await response.json();
  } catch {
    // The server is dead or dying: nothing is known.
    return null;
  }
}

/** Asks again until the answer is as wished. @throws after `limitMs` without. */
export async function until(
  what: string,
  wished: () => Promise<boolean> | boolean,
  limitMs = 60_000,
): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await wished())) {
    if (performance.now() > deadline)
      throw new Error(`until: ${what}, expected within ${limitMs} ms, got nothing`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function tacit(args: readonly string[]): Promise<string> {
  const lines: string[] = [];
  const keep = (line: string) => lines.push(line);
  const status = await runCli(args, { env: {}, out: keep, err: keep });
  if (status !== 0) throw new Error(`tacit ${args.join(" ")}: ${lines.join("\n")}`);
  return lines.join("\n");
}

function byRole<T>(make: (role: Role, k: number) => T): Readonly<Record<Role, T>> {
  return { leader: make("leader", 0), helper: make("helper", 1), relay: make("relay", 2) };
}
