/**
 * A campaign: so many inputs by a seed, each made by a grammar, handed over, and judged. Counts the outcomes, and the
 * first faults with all that it takes to make their inputs again:
 *
 *   HOSTILE_SEED=… HOSTILE_ONLY="GRAMMAR NUMBER" npm run test:hostile
 */
import { Chance } from "./chance.ts";

/** What a kind of inputs is made by, and who reads them. */
export interface Grammar<Input> {
  /** For whoever reads a failure: `core/wire/report.ts#parseReport`, `GET /v1/parts/:id`. */
  readonly name: string;
  readonly make: (chance: Chance) => Input | Promise<Input>;
  /** Hands the input over; returns what became of it in a word or two. @throws {Fault} for what must not be. */
  readonly run: (input: Input) => string | Promise<string>;
  /** The input, short, for whoever reads a failure. */
  readonly show: (input: Input) => string;
}

/** What must not happen, in words. */
export class Fault extends Error {
  override readonly name = "Fault";
}

export const defaultInputs = 200_000;
export const seed = process.env.HOSTILE_SEED ?? "1";
/** Inputs of all campaigns together; a few thousand where nobody asks for more. */
export const inputsInAll = Number(process.env.HOSTILE_INPUTS ?? 4_000);

/** Part of all inputs that a campaign gets; together they make one. */
export const parts = {
  parsers: 0.5,
  routes: 0.3,
  sockets: 0.02,
  sealed: 0.06,
  signed: 0.08,
  devices: 0.04,
} as const;

export interface Campaign {
  readonly name: keyof typeof parts;
  readonly grammars: readonly Grammar<unknown>[];
  /** How many at a time. */
  readonly atOnce?: number;
}

/** Processor time of this process that one input may take: what takes longer hangs, or as good as. */
const mostProcessorMs = 2_000;
/** Memory of this process beyond what it had when the campaign began. */
const mostBytes = 700 * 2 ** 20;
/** Kinds of faults, after which a campaign ends. */
const mostFaults = 40;

/** Runs a campaign to its end, prints its counts, and fails with the faults where there are any. */
export async function wage({ name, grammars, atOnce = 1 }: Campaign): Promise<void> {
  const only = onlyAsked();
  const asked = only === null ? grammars : grammars.filter(({ name }) => name === only.grammar);
  const count =
    only === null ? Math.max(grammars.length, Math.round(inputsInAll * parts[name])) : asked.length;
  const outcomes = new Map<string, number>();
  const faults = new Map<string, string>();
  const memory = new Memory();
  const startedMs = performance.now();
  let next = 0;
  const inTurn = async (): Promise<void> => {
    while (next < count && faults.size < mostFaults) {
      const number = next++;
      const grammar = asked[number % asked.length];
      const outcome = await judged(grammar, only?.number ?? number, atOnce === 1, faults);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      if (number % 50 === 0) {
        memory.look();
        // Timers and sockets of whoever is asked get their turn.
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, inTurn));
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  const told = [...outcomes]
    .sort(([, one], [, two]) => two - one)
    .map(([what, many]) => `  ${many}  ${what}`);
  const head = `hostile ${name}: ${next} inputs to ${asked.length} grammars in ${seconds} s, seed ${seed}, ${memory.text}`;
  console.log([head, ...told].join("\n"));
  if (faults.size > 0)
    throw new Fault(`${faults.size} kinds of faults:\n\n${[...faults.values()].join("\n\n")}`);
  if (memory.grown > mostBytes) throw new Fault(`memory must stay bounded, got ${memory.text}`);
}

async function judged(
  { name, make, run, show }: Grammar<unknown>,
  number: number,
  isAlone: boolean,
  faults: Map<string, string>,
): Promise<string> {
  const input = await make(new Chance(`${seed} ${name} ${number}`));
  const before = process.cpuUsage();
  let fault: string | null = null;
  let outcome = "fault";
  try {
    outcome = await run(input);
  } catch (error) {
    fault = error instanceof Fault ? error.message : String(error instanceof Error ? error.stack : error);
  }
  const { user, system } = process.cpuUsage(before);
  if (isAlone && fault === null && (user + system) / 1000 > mostProcessorMs) {
    fault = `expected an end within ${mostProcessorMs} ms of processor time, got ${(user + system) / 1000}`;
  }
  if (fault === null) return outcome;
  const again = `HOSTILE_SEED=${seed} HOSTILE_ONLY="${name} ${number}"`;
  // One of each kind: the first tells as much as the next.
  const kind = `${name} ${fault.replaceAll(/\d+/g, "").split("\n").slice(0, 2).join(" ").slice(0, 120)}`;
  const told = `${again}\n${fault.split("\n").slice(0, 6).join("\n").slice(0, 900)}\ninput: ${show(input).slice(0, 300)}`;
  if (!faults.has(kind)) faults.set(kind, told);
  return "fault";
}

function onlyAsked(): { readonly grammar: string; readonly number: number } | null {
  const [, grammar, number] = /^(.*) (\d+)$/.exec(process.env.HOSTILE_ONLY ?? "") ?? [];
  return grammar === undefined ? null : { grammar, number: Number(number) };
}

/** Memory of this process, looked at now and then. */
class Memory {
  readonly #before = process.memoryUsage().rss;
  #most = this.#before;

  look(): void {
    this.#most = Math.max(this.#most, process.memoryUsage().rss);
  }

  get grown(): number {
    return this.#most - this.#before;
  }

  get text(): string {
    const mib = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
    return `${mib(this.#before)} of memory at first, ${mib(this.#most)} at most`;
  }
}

/** Bytes for whoever reads a failure: as text where they are, else in hex. */
export function shownBytes(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString("latin1");
  const isText = /^[\t\n\r\x20-\x7e]*$/.test(text);
  return `${bytes.length} bytes ${isText ? JSON.stringify(text) : Buffer.from(bytes).toString("hex")}`;
}
