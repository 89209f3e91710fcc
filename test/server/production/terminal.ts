/** Commands as a person types them at a prompt: to their end, or until they are stopped. */
import { type ChildProcess, spawn } from "node:child_process";
import { onTestFinished } from "vitest";

export class Terminal {
  readonly #folder: string;
  readonly #environment: Readonly<Record<string, string>>;

  constructor(folder: string, environment: Readonly<Record<string, string>>) {
    this.#folder = folder;
    this.#environment = environment;
  }

  /** All that it wrote. @throws with it where the status is not 0. */
  async run(line: string): Promise<string> {
    const { child, said } = this.#begin(line);
    const status = await new Promise((resolve) => child.once("close", resolve));
    if (status !== 0) throw new Error(`${line}: expected to end with 0, got ${status}: ${said()}`);
    return said();
  }

  /** Starts what runs until the test is over; all that it has written, whenever that is asked. */
  start(line: string): () => string {
    const { child, said } = this.#begin(line);
    const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
    // npm runs the command as a child of a shell: all of them are told to stop.
    onTestFinished(async () => {
      if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
      await ended;
    });
    return said;
  }

  #begin(line: string): { readonly child: ChildProcess; readonly said: () => string } {
    const child = spawn("sh", ["-c", line], {
      cwd: this.#folder,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...this.#environment },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let text = "";
    const keep = (bytes: Buffer) => {
      text += bytes.toString();
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    return { child, said: () => text };
  }
}
