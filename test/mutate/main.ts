/**
 * Takes away one branch after another and asks whether a unit test notices:
 *
 *     npm run mutate                          # capture, queue and consent of the SDK
 *     npm run mutate -- sdk/link.ts core/     # any files, or folders of them
 *
 * Prints a line for each branch that nobody missed and a line for each file; fails on any survivor that is not in
 * accepted.ts.
 */
import { type ChildProcess, fork } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Accepted, accepted } from "./accepted.ts";
import { type Mutant, mutantsOf } from "./mutants.ts";
import type { Answer, Question } from "./runner.ts";
import { testsOf } from "./tests.ts";

const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
const usual = ["sdk/capture.ts", "sdk/capture", "sdk/queue.ts", "sdk/queue", "sdk/consent.ts", "sdk/consent"];
/** A test has 20 s (runner.ts); what takes this long has no end. */
const answerWithinMs = 120_000;
/** One runner, and a new one after one that was ended. */
class Runner {
  #child: ChildProcess | null = null;

  /** Null when there was no answer in time. */
  async ask(question: Question): Promise<Answer | null> {
    this.#child ??= await start();
    const child = this.#child;
    return new Promise((resolve) => {
      const end = (answer: Answer | null): void => {
        clearTimeout(timer);
        child.off("message", end).off("exit", onExit);
        if (answer === null) this.stop();
        resolve(answer);
      };
      const onExit = (): void => end(null);
      const timer = setTimeout(onExit, answerWithinMs);
      child.on("message", end).on("exit", onExit);
      child.send(question);
    });
  }

  stop(): void {
    this.#child?.kill("SIGKILL");
    this.#child = null;
  }
}

function start(): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    const path = fileURLToPath(new URL("./runner.ts", import.meta.url));
    const child = fork(path, {
      execArgv: ["--import", "tsx"],
      cwd: root,
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    child.once("message", () => resolve(child));
    child.once("exit", (code) => reject(new Error(`mutate: expected a runner to start, got exit ${code}`)));
  });
}

function filesIn(path: string): readonly string[] {
  const absolute = resolve(root, path);
  if (!statSync(absolute, { throwIfNoEntry: false })?.isDirectory()) return [relative(root, absolute)];
  return readdirSync(absolute, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => relative(root, join(absolute, name)))
    .sort();
}

/** Whether some test of these notices; groups nearest first. */
async function isNoticed(runner: Runner, { file, text }: Mutant, groups: readonly (readonly string[])[]) {
  for (const tests of groups) {
    const answer = await runner.ask({ file, text, tests });
    if (answer === null || answer.isNoticed) return true;
  }
  return false;
}

function isAccepted({ file, what, source }: Mutant, by: Accepted): boolean {
  return file === by.file && what === by.what && source.startsWith(by.source);
}

/** The tests of a file, which pass on it as it is. */
async function groupsOf(runner: Runner, file: string): Promise<readonly (readonly string[])[]> {
  const groups = testsOf(root, file);
  for (const tests of groups) {
    const answer = await runner.ask({ file, text: null, tests });
    if (answer === null || answer.isNoticed || answer.tests === 0) {
      throw new Error(`mutate: ${tests.join(", ")} must pass on ${file} as it is`);
    }
  }
  return groups;
}

async function mutate(file: string, runners: readonly Runner[]): Promise<readonly Mutant[]> {
  const startedMs = Date.now();
  const text = readFileSync(join(root, file), "utf8");
  const groups = await groupsOf(runners[0], file);
  const mutants = mutantsOf(file, text);
  const survivors: Mutant[] = [];
  const waiting = [...mutants];
  await Promise.all(
    runners.map(async (runner) => {
      for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
        if (!(await isNoticed(runner, mutant, groups))) survivors.push(mutant);
      }
    }),
  );
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(0);
  console.log(`${file}: ${mutants.length} branches, ${survivors.length} not missed, ${seconds} s`);
  for (const { line, what, source } of survivors) console.log(`  ${line} ${what}: ${source}`);
  return survivors;
}

const named = process.argv.slice(2);
const paths =
  named.length > 0 ? named : usual.filter((path) => statSync(join(root, path), { throwIfNoEntry: false }));
const files = paths.flatMap(filesIn);
const runners = Array.from({ length: Math.max(1, Math.min(4, availableParallelism())) }, () => new Runner());
const survivors: Mutant[] = [];
try {
  for (const file of files) survivors.push(...(await mutate(file, runners)));
} finally {
  for (const runner of runners) runner.stop();
}
const missed = survivors.filter((mutant) => !accepted.some((by) => isAccepted(mutant, by)));
const stale = accepted.filter(
  (by) => files.includes(by.file) && !survivors.some((mutant) => isAccepted(mutant, by)),
);
for (const { file, line, what, source } of missed)
  console.log(`not missed: ${file}:${line} ${what}: ${source}`);
for (const { file, what, source } of stale)
  console.log(`accepted, but missed or gone: ${file} ${what}: ${source}`);
console.log(
  `${survivors.length - missed.length} accepted, ${missed.length} to be tested, ${stale.length} to be removed`,
);
process.exitCode = missed.length + stale.length > 0 ? 1 : 0;
