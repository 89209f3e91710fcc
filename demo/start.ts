/**
 * npm start: the demo's shop, from a clone to a shelf. Builds what browsers get; imports the catalogue, and
 * learns from the orders in data/, where that has not been done; then serves.
 *
 *     npm start [-- --port 8787] [--data DIR]
 *
 * With an encoder in dist/encoder (npm run encoder -- dist/encoder) its searches and what people say about
 * themselves are understood by what they mean.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const settings = "demo/tacit.json";
const standardPort = 8787;

/** Flags of a first import; to a shop that is there it is added by hand (docs/OPERATING.md). */
const encoder = existsSync(join(root, "dist/encoder/encoder.json")) ? ["--text-encoder", "dist/encoder"] : [];

/** Ends what still runs when a step has failed. */
const givenUp = new AbortController();

await main().catch((error: unknown) => {
  givenUp.abort();
  if (!(error instanceof Error)) throw error;
  console.error(error.message);
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: "string" }, data: { type: "string" } } });
  const port = Number(values.port ?? process.env.TACIT_PORT ?? portInSettings());
  // First, so that nobody waits for what then cannot be reached.
  if (await isTaken(port)) {
    throw new Error(
      `start: port ${port} must be free, got one on which a program answers: it may be this shop, at ` +
        `http://localhost:${port}; npm start -- --port ${port + 1} takes another`,
    );
  }
  const given = { TACIT_PORT: `${port}`, ...(values.data === undefined ? {} : { TACIT_DATA: values.data }) };
  const env = { ...process.env, ...given };
  const beginMs = performance.now();
  const tacit = (...args: readonly string[]) => ["server/cli/tacit.ts", ...args, "--config", settings];
  const built = (async () => {
    await step("shop", ["sdk/build.ts"], env);
    await step("shop", ["node_modules/vite/bin/vite.js", "build", "--config", "demo/vite.config.ts"], env);
    console.log("  shop       built");
  })();
  const learned = (async () => {
    await step("catalogue", tacit("import", "demo/data/catalogue.csv", "--if-empty", ...encoder), env);
    // Somebody waits: fewer people than a round's gate looks at tell enough of a first training.
    const quickly = { ...env, TACIT_GATE_PEOPLE: "60" };
    await step(
      "orders",
      tacit("train", "--orders", "demo/data/orders.csv.gz", "--segments", "auto", "--if-unlearned"),
      quickly,
    );
  })();
  await Promise.all([built, learned]);
  console.log(`  ready      after ${Math.round((performance.now() - beginMs) / 1000)} s`);
  await serve(started(tacit("serve"), env, "inherit"));
}

function portInSettings(): number {
  const { port = standardPort } = JSON.parse(readFileSync(`${root}/${settings}`, "utf8")) as {
    readonly port?: number;
  };
  return port;
}

function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const tell = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => tell(true));
    socket.once("error", () => tell(false));
  });
}

function started(script: readonly string[], env: NodeJS.ProcessEnv, stdio: "inherit" | "pipe"): ChildProcess {
  const { signal } = givenUp;
  return spawn(process.execPath, ["--import", "tsx", ...script], { cwd: root, env, stdio, signal });
}

/** What a command of Tacit says is shown as it goes; what a build says, only where it fails. */
async function step(name: string, script: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const child = started(script, env, "pipe");
  let said = "";
  const hear = (bytes: Buffer) => {
    said += bytes;
    if (name === "shop") return;
    for (const line of `${bytes}`.split("\n").filter(Boolean)) console.log(`  ${name.padEnd(10)} ${line}`);
  };
  child.stdout?.on("data", hear);
  child.stderr?.on("data", hear);
  const status = await ended(child);
  if (status !== 0) throw new Error(name === "shop" ? said : `start: ${name} must end with 0, got ${status}`);
}

/** Exit status; null for a program that was ended, or never began. */
function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    child.once("exit", resolve);
    child.once("error", () => resolve(null));
  });
}

/** A signal to this process is one to the server; an interrupt of the terminal reaches it by itself. */
async function serve(child: ChildProcess): Promise<void> {
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => void child.kill("SIGTERM"));
  process.exitCode = (await ended(child)) ?? 1;
}
