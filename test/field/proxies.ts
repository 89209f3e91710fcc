/**
 * A shop's own server in front of a Tacit server, with pages of its own: nginx and Caddy by the recipes in
 * examples/, and Hono by the middleware of tacit-server/firstparty.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createAdaptorServer } from "@hono/node-server";
import { getConnInfo } from "@hono/node-server/conninfo";
import { Hono } from "hono";
import { firstPartyMiddleware } from "../../server/firstparty/firstparty.ts";
import { type Program, programAt } from "../browser/programs.ts";
import { sleep } from "./engines/engine.ts";
import { freePort } from "./engines/port.ts";
import { caddyProgram, nginxProgram } from "./programs.ts";

export interface Shop {
  readonly url: string;
  readonly stop: () => Promise<void>;
  /** What it has written of its visits and of itself: its logs, and what it said. */
  readonly written: () => string;
}

export interface ShopOptions {
  /** The Tacit server's address. */
  readonly tacit: string;
  /** By their paths. */
  readonly pages?: Readonly<Record<string, string>>;
}

export type ProxyName = "nginx" | "Caddy" | "Hono";

export const proxies: Readonly<Record<ProxyName, (options: ShopOptions) => Promise<Shop>>> = {
  nginx: (options) =>
    program(nginxProgram, options, ({ port, folder, recipe }) => {
      write(folder, "tacit.conf", recipe("nginx/tacit.conf"));
      const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
        (name) => `${name}_temp_path ${folder}/${name};`,
      );
      write(
        folder,
        "nginx.conf",
        `daemon off; pid ${folder}/pid; user root; worker_processes 1; events {}
http {
  types { text/html html; } access_log ${folder}/access.log; ${temporary.join(" ")}
  server { listen 127.0.0.1:${port}; root ${folder}/shop; include ${folder}/tacit.conf; }
}`,
      );
      return ["-p", folder, "-c", join(folder, "nginx.conf"), "-e", "stderr"];
    }),
  Caddy: (options) =>
    program(caddyProgram, options, ({ port, folder, recipe }) => {
      const site = recipe("caddy/Caddyfile")
        .replace(/^shop\.example \{/m, `http://127.0.0.1:${port} {`)
        .replace("/srv/shop", `${folder}/shop`)
        .replace("\timport tacit\n", `\timport tacit\n\tlog {\n\t\toutput file ${folder}/access.log\n\t}\n`)
        // All that it may ever say.
        .replace("\t\tformat filter {", "\t\tlevel DEBUG\n\t\tformat filter {")
        .replace(/^\{$/m, "{\n\tadmin off\n\tauto_https off");
      write(folder, "Caddyfile", site);
      return ["run", "--adapter", "caddyfile", "--config", join(folder, "Caddyfile")];
    }),
  Hono: async ({ tacit, pages = {} }) => {
    const app = new Hono();
    const addressOf = (_request: Request, c: Parameters<typeof getConnInfo>[0]) =>
      getConnInfo(c).remote.address;
    app.use(firstPartyMiddleware({ server: tacit, addressOf }));
    app.get("*", (c) => {
      const page = pages[c.req.path];
      return page === undefined ? c.notFound() : c.html(page);
    });
    const server = createAdaptorServer({ fetch: app.fetch });
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    return {
      url: `http://127.0.0.1:${port}`,
      written: () => "",
      stop: () =>
        new Promise((resolve) => {
          server.close(() => resolve());
          if ("closeAllConnections" in server) server.closeAllConnections();
        }),
    };
  },
};

/** As it says itself. */
export function versionOf(name: "nginx" | "Caddy"): string {
  const [which, argument] = ({ nginx: [nginxProgram, "-v"], Caddy: [caddyProgram, "version"] } as const)[
    name
  ];
  const { stdout, stderr } = spawnSync(programAt(which), [argument], { encoding: "utf8" });
  return (stdout + stderr).trim();
}

interface Setting {
  readonly port: number;
  readonly folder: string;
  /** A file of examples/, for the Tacit server of the test. */
  readonly recipe: (name: string) => string;
}

/** @param configure writes its settings, and says what to start it with */
async function program(
  which: Program,
  { tacit, pages = {} }: ShopOptions,
  configure: (setting: Setting) => readonly string[],
): Promise<Shop> {
  const folder = mkdtempSync(join(tmpdir(), "tacit-proxy-"));
  mkdirSync(join(folder, "shop"));
  for (const [path, body] of Object.entries(pages)) write(join(folder, "shop"), path, body);
  const port = await freePort();
  const { host } = new URL(tacit);
  const recipe = (name: string) => {
    const text = readFileSync(fileURLToPath(new URL(`../../examples/${name}`, import.meta.url)), "utf8");
    if (!text.includes("127.0.0.1:8787")) throw new Error(`${name}: expected 127.0.0.1:8787 in it, got none`);
    return text.replaceAll("127.0.0.1:8787", host);
  };
  const args = configure({ port, folder, recipe });
  const env = { ...process.env, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  const child = spawn(programAt(which), args, { cwd: folder, env, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (bytes) => {
    said += bytes;
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  // What this process started does not outlive it.
  const kill = () => child.kill("SIGTERM");
  process.on("exit", kill);
  let logged = "";
  const readLog = () => {
    const log = join(folder, "access.log");
    if (existsSync(log)) logged = readFileSync(log, "utf8");
    return logged + said;
  };
  const stop = async () => {
    process.off("exit", kill);
    if (child.exitCode === null) child.kill("SIGTERM");
    await ended;
    readLog();
    rmSync(folder, { recursive: true, force: true });
  };
  for (const until = Date.now() + 20_000; Date.now() < until && child.exitCode === null; await sleep(50)) {
    if (await isListening(port)) {
      return { url: `http://127.0.0.1:${port}`, stop, written: readLog };
    }
  }
  await stop();
  throw new Error(`${which.title}: expected it to listen within 20 s, got\n${said}`);
}

function write(folder: string, name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
