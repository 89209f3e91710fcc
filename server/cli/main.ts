/**
 * The command line: tacit serve | import | train | profile | segments | policy | experiment | keys | moved | status |
 * budget | doctor.
 */
import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { nearestTo, OperatorError } from "../base/operatorerror.ts";
import { budget } from "./budget.ts";
import type { Command, Surroundings } from "./command.ts";
import { doctor } from "./doctor.ts";
import { experiment } from "./experiment.ts";
import { importCatalogue } from "./import.ts";
import { keys } from "./keys.ts";
import { moved } from "./moved.ts";
import { policy } from "./policy.ts";
import { profile } from "./profile.ts";
import { segments } from "./segments.ts";
import { serve } from "./serve.ts";
import { status } from "./status.ts";
import { train } from "./train.ts";

export const commands: Readonly<Record<string, Command>> = {
  serve,
  import: importCatalogue,
  train,
  profile,
  segments,
  policy,
  experiment,
  keys,
  moved,
  status,
  budget,
  doctor,
};

/**
 * Runs one command; resolves with the exit status. Faults of the operator are told in a line, without a
 * stack.
 */
export async function runCli(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { out, err } = surroundings;
  try {
    const [name, ...rest] = args;
    if (name === undefined || name === "--help" || name === "-h" || name === "help") {
      for (const line of overview()) out(line);
      return name === undefined ? 1 : 0;
    }
    const command = commands[name];
    if (command === undefined) {
      const near = nearestTo(name, Object.keys(commands));
      const hint = near === undefined ? "see tacit --help" : `did you mean "${near}"?`;
      throw new OperatorError(`tacit: "${name}" is not a known command, ${hint}`);
    }
    if (rest.includes("--help") || rest.includes("-h")) {
      out(command.usage);
      return 0;
    }
    return await command.run(rest, surroundings);
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    err(error.message);
    return 1;
  }
}

function overview(): readonly string[] {
  const list = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`);
  return ["tacit COMMAND [flags]", "", ...list, "", "tacit COMMAND --help tells its flags."];
}

/** Runs the command that this process was started with. */
export async function runProcess(): Promise<void> {
  // Whoever reads may have read enough, as `head` does.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(0);
  });
  process.exitCode = await runCli(process.argv.slice(2), {
    env: process.env,
    out: (line) => console.log(line),
    err: (line) => console.error(line),
  });
}

const [, script] = process.argv;
if (script !== undefined && realpathSync(script) === fileURLToPath(import.meta.url)) await runProcess();
