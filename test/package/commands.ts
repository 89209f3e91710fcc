/** Programs run as a person runs them in a folder. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const root = fileURLToPath(new URL("../..", import.meta.url));
const execute = promisify(execFile);

export interface Told {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The environment of a terminal: what npm hands to scripts would make the npm of a project take this
 * repository for its own, and what Vitest sets would make a build of a site one for tests.
 */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const ofTools =
    /^(?:npm_.*|INIT_CWD|VITEST.*|NODE_ENV|NODE_OPTIONS|TEST|DEV|PROD|MODE|SSR|BASE_URL|TACIT_.*)$/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ofTools.test(name)));
}

/** @throws {Error} with what the program wrote, when it ends with another status than 0. */
export function run(folder: string, program: string, args: readonly string[]): Promise<Told> {
  return execute(program, args, { cwd: folder, env: plainEnvironment(), maxBuffer: 1 << 26 });
}

export function npm(folder: string, args: readonly string[]): Promise<Told> {
  return run(folder, "npm", args);
}
