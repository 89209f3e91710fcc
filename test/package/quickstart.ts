/**
 * A quickstart as its reader has it: a page of docs/quickstart/, and an empty folder.
 *
 * A page shows two things, and nothing else in code: files, each after a line with its name alone in code,
 * and commands (`sh`), one a line. A command that ends with an address in a comment goes on running, and
 * answers there:
 *
 *     npx tacit-server serve      # http://localhost:8787
 *
 * All files are there before the first command. What stands in for the reader's machine: tarballs for the
 * names of the packages, and free ports for those of the page (in files, in commands, and as PORT).
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { freePort } from "../field/engines/port.ts";
import { root, run } from "./commands.ts";
import { nodeAt, otherNodes } from "./nodes.ts";
import { start } from "./project.ts";

export interface Quickstart {
  /** Text by name. */
  readonly files: Readonly<Record<string, string>>;
  readonly commands: readonly Command[];
}

interface Command {
  readonly line: string;
  /** Of what goes on running, its port; null: it ends by itself. */
  readonly port: number | null;
}

/** Where the reader looks at last, and what it took. */
export interface Opened {
  readonly folder: string;
  /** Of the site, which is started last. */
  readonly address: string;
  /** Of the Tacit server. */
  readonly server: string;
  readonly seconds: Readonly<Record<"install" | "build" | "start", number>>;
}

const fence = /^(?:`([^`\n]+)`\n\n)?```(\S*)\n(.*?)^```$/gms;
const running = /^(.*?)\s+# http:\/\/localhost:(\d+)$/;

/** @throws {TypeError} for a block that is neither a file nor commands: nothing would run it. */
export function quickstartIn(text: string): Quickstart {
  const files: Record<string, string> = {};
  const commands: Command[] = [];
  for (const [whole, name, language, code] of text.matchAll(fence)) {
    if (name !== undefined) files[name] = code;
    else if (language === "sh") commands.push(...code.trimEnd().split("\n").map(commandIn));
    else throw new TypeError(`quickstartIn: a block must be a named file or sh, got ${whole.slice(0, 80)}`);
  }
  return { files, commands };
}

function commandIn(line: string): Command {
  const [, command, port] = running.exec(line) ?? [];
  return command === undefined ? { line, port: null } : { line: command, port: Number(port) };
}

export function quickstartText(name: string): string {
  return readFileSync(join(root, `docs/quickstart/${name}.md`), "utf8");
}

export function quickstartOf(name: string): Quickstart {
  return quickstartIn(quickstartText(name));
}

/** Does what the page says, in an empty folder, with Node of the newest line that it takes everywhere. */
export async function follow(
  { files, commands }: Quickstart,
  tarballs: Readonly<Record<"tacit-sdk" | "tacit-server", string>>,
): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), "tacit-quickstart-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  const ports = new Map<number, number>();
  for (const { port } of commands) if (port !== null) ports.set(port, await freePort());
  const here = (text: string): string =>
    [...ports].reduce(
      (before, [port, free]) => before.replaceAll(new RegExp(`\\b${port}\\b`, "g"), `${free}`),
      text,
    );
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), here(text));
  }
  const node = dirname(await nodeAt(otherNodes[0]));
  const seconds = { install: 0, build: 0, start: 0 };
  const addresses: string[] = [];
  for (const { line, port } of commands) {
    const began = performance.now();
    const shell = `PATH=${node}:"$PATH"; export PATH ${quiet}; ${onMachine(here(line), tarballs)}`;
    if (port === null) {
      await run(folder, "sh", ["-c", shell]);
      seconds[line.startsWith("npm i") ? "install" : "build"] += (performance.now() - began) / 1000;
    } else {
      const address = here(`http://localhost:${port}`);
      const free = ports.get(port);
      // A server of ours takes its port from the command alone.
      const own = line.endsWith("tacit-server serve") ? ` --port ${free}` : "";
      const isOurs = own !== "";
      await start(
        folder,
        ["sh", "-c", `export PORT=${free}; ${shell}${own}`],
        isOurs ? `${address}/health/ready` : address,
      );
      addresses.push(address);
      seconds.start += (performance.now() - began) / 1000;
    }
  }
  const [server] = addresses;
  const address = addresses.at(-1);
  if (server === undefined || address === undefined)
    throw new TypeError("follow: expected a page that starts something");
  return { folder, address, server, seconds };
}

/** Frameworks that count their users ask hosts of their own. */
const quiet = "DO_NOT_TRACK=1 NEXT_TELEMETRY_DISABLED=1 NUXT_TELEMETRY_DISABLED=1 ASTRO_TELEMETRY_DISABLED=1";

function onMachine(line: string, tarballs: Readonly<Record<string, string>>): string {
  if (!line.startsWith("npm i ")) return line;
  const named = line.replaceAll(/(?<= )(?:tacit-sdk|tacit-server)(?= |$)/g, (name) => tarballs[name]);
  return `${named} --prefer-offline --no-audit --no-fund`;
}
