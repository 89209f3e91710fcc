/** Command line flags: parsed once, unknown ones refused by name. */
import { parseArgs } from "node:util";
import { messageOf } from "../../core/errors.ts";
import { type Config, environmentNames, loadConfig } from "../base/config.ts";
import { nearestTo, OperatorError } from "../base/operatorerror.ts";

export interface FlagSpec {
  readonly type: "string" | "boolean";
  readonly multiple?: boolean;
}

export interface Flags {
  readonly values: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  readonly positionals: readonly string[];
}

/** Flags of every command. */
const commonFlags: Readonly<Record<string, FlagSpec>> = {
  config: { type: "string" },
  data: { type: "string" },
  help: { type: "boolean" },
};

/** @throws {OperatorError} for an unknown flag, or one without its value. */
export function parseFlags(
  command: string,
  args: readonly string[],
  specs: Readonly<Record<string, FlagSpec>>,
): Flags {
  const options = { ...commonFlags, ...specs };
  for (const arg of args) {
    if (!arg.startsWith("-") || arg === "-h" || arg === "--") continue;
    const name = arg.replace(/^-+/, "").split("=")[0];
    if (name in options) continue;
    const near = nearestTo(name, Object.keys(options));
    const hint = near === undefined ? "see --help" : `did you mean --${near}?`;
    throw new OperatorError(`${command}: "${arg}" is not a known flag, ${hint}`);
  }
  try {
    const parsed = parseArgs({
      args: args.map((arg) => (arg === "-h" ? "--help" : arg)),
      options,
      strict: true,
      allowPositionals: true,
    });
    const values: Record<string, string | boolean | readonly string[] | undefined> = {};
    for (const [name, value] of Object.entries(parsed.values)) {
      values[name] = Array.isArray(value) ? value.map(String) : value;
    }
    return { values, positionals: parsed.positionals };
  } catch (error) {
    throw new OperatorError(`${command}: expected flags as in --help, got ${messageOf(error)}`);
  }
}

/** The text of a flag, or undefined when it is not there. */
export function textFlag({ values }: Flags, name: string): string | undefined {
  const value = values[name];
  return typeof value === "string" ? value : undefined;
}

/** All texts of a flag that may stand several times. */
export function textFlags({ values }: Flags, name: string): readonly string[] {
  const value = values[name];
  return Array.isArray(value) ? value.map(String) : [];
}

/** Settings from the file, the environment and the flags that are settings. @throws {OperatorError} */
export function configFrom(flags: Flags, env: Readonly<Record<string, string | undefined>>): Config {
  const given: Record<string, unknown> = {};
  for (const name of ["role", "data", "host", "site"]) {
    const value = textFlag(flags, name);
    if (value !== undefined) given[name] = value;
  }
  const port = textFlag(flags, "port");
  if (port !== undefined) given.port = /^\d+$/.test(port) ? Number(port) : port;
  return loadConfig({ file: textFlag(flags, "config") ?? env.TACIT_CONFIG, env, flags: given });
}

/**
 * One line for each variable that looks like a setting and is none: a misspelt one would change nothing
 * silently.
 */
export function strayVariables(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const names = [...environmentNames().keys(), "TACIT_CONFIG"];
  return Object.keys(env)
    .filter((name) => name.startsWith("TACIT_") && !names.includes(name))
    .map((name) => {
      const near = nearestTo(name, names);
      return `warning: environment variable ${name} is no setting${near === undefined ? "" : `, did you mean ${near}?`}`;
    });
}
