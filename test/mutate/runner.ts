/**
 * A process that runs unit tests over mutants, one after another, without writing any of them to the disk: a
 * plugin hands Vitest the text of the file that is mutated.
 *
 * Asked `{ file, text, tests }` it answers whether a test noticed. Whoever asks ends it when it does not answer:
 * a branch that is gone may well leave a loop without an end.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createVitest } from "vitest/node";

export interface Question {
  /** Relative to the root of the project. */
  readonly file: string;
  /** Null for the file as it is. */
  readonly text: string | null;
  readonly tests: readonly string[];
}

export interface Answer {
  readonly isNoticed: boolean;
  readonly tests: number;
}

const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
let current: Question | null = null;

const vitest = await createVitest(
  "test",
  {
    root,
    watch: true,
    reporters: [{}],
    bail: 1,
    testTimeout: 20_000,
    fileParallelism: false,
    pool: "threads",
  },
  {
    server: { watch: null },
    plugins: [
      {
        name: "mutant",
        enforce: "pre",
        load: (id) => (current !== null && id === join(root, current.file) ? current.text : null),
      },
    ],
  },
);

async function run(question: Question): Promise<Answer> {
  // The file that was mutated before is whole again.
  for (const { file } of current === null ? [question] : [current, question]) {
    vitest.invalidateFile(join(root, file));
  }
  current = question;
  // What failed before counts towards `bail` otherwise.
  vitest.state.filesMap.clear();
  vitest.state.idMap.clear();
  const specifications = await vitest.globTestSpecifications([...question.tests]);
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications, false);
  const isNoticed = unhandledErrors.length > 0 || testModules.some((module) => !module.ok());
  return { isNoticed, tests: testModules.flatMap((module) => [...module.children.allTests()]).length };
}

process.on("message", (question: Question) => {
  run(question).then(
    (answer) => process.send?.(answer),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => process.exit(0));
process.send?.("ready");
