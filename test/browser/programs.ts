/**
 * Programs that tests need and a fresh machine lacks: found by an environment variable, then on the PATH, then
 * in known places; else installed from Debian's packages with apt-get.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

export interface Program {
  /** As a person calls it. */
  readonly title: string;
  /** Environment variable that names the file. */
  readonly variable: string;
  /** Names looked for on the PATH, best first. */
  readonly names: readonly string[];
  /** Absolute paths where it is when it is not on the PATH. */
  readonly places?: () => readonly string[];
  /** Debian packages that bring it. */
  readonly packages: readonly string[];
  /** What to do where apt-get is not to be had. */
  readonly advice: string;
}

/** @throws {Error} when the variable names a file that cannot be run: a wrong setting is not passed over. */
export function findProgram({ variable, names, places }: Program): string | undefined {
  const configured = process.env[variable];
  if (configured) {
    if (!canRun(configured))
      throw new Error(`${variable}: expected a program that can be run, got "${configured}"`);
    return configured;
  }
  const folders = (process.env.PATH ?? "").split(delimiter);
  const onPath = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...onPath, ...(places?.() ?? [])].find(canRun);
}

/** @throws {Error} when it is not there. */
export function programAt(program: Program): string {
  const found = findProgram(program);
  if (found === undefined)
    throw new Error(`${program.title}: expected a program, got none. ${program.advice}`);
  return found;
}

/** Installs what is missing, in one go, and prints where each is. Ends the process when it cannot. */
export function haveAll(programs: readonly Program[]): void {
  try {
    const missing = programs.filter((program) => findProgram(program) === undefined);
    if (missing.length > 0) install(missing);
    for (const program of programs) console.log(`${program.title}: ${programAt(program)}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}

function install(programs: readonly Program[]): void {
  const titles = programs.map(({ title }) => title).join(", ");
  const advice = programs.map((program) => program.advice).join(" ");
  if (process.platform !== "linux" || spawnSync("apt-get", ["--version"]).error) {
    throw new Error(`No ${titles} found. ${advice}`);
  }
  console.error(`No ${titles} found: installing Debian's packages with apt-get ...`);
  const sudo = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  const options = ["-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3"];
  const packages = [...new Set(programs.flatMap((program) => program.packages))];
  try {
    for (const step of [["update"], ["install", "-y", "--no-install-recommends", ...packages]]) {
      const [program, ...rest] = [...sudo, "apt-get", ...options, ...step];
      execFileSync(program, rest, {
        stdio: ["ignore", "ignore", "inherit"],
        env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
      });
    }
  } catch {
    throw new Error(`apt-get could not install ${titles} (it needs root). ${advice}`);
  }
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
