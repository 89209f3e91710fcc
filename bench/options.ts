/** The flags of `npm run evaluate`: parsed once, everything unknown refused. */

export const modes = [
  "popularity",
  "content",
  "exact",
  "private",
  "hybrid",
  "pairs",
  "ease",
  "knn",
  "best",
] as const;
export type Mode = (typeof modes)[number];

export interface EvaluateOptions {
  readonly data: string;
  readonly mode: Mode;
  /** Numbers per item factor. */
  readonly dim: number;
  readonly contentDim: number;
  readonly rounds: number;
  /** Of exact training. */
  readonly sweeps: number;
  readonly alpha0: number;
  readonly lambda: number;
  /** Noise multiplier: each aggregator's standard deviation over the clip. */
  readonly noise: number;
  /** Who reports in the private modes: so many, by copies of the people there are; 0: those there are. */
  readonly people: number;
  /** So many items are known of each person who is judged, drawn by the seed; 0: all that there are. */
  readonly events: number;
  readonly clip: number;
  /** Weight of counts within the clip, and of the clip weight beside it. */
  readonly countScale: number;
  readonly weightScale: number;
  /** Most items of a block. */
  readonly blockLimit: number;
  /** Of pairs: how much more often than by chance people are taken to have two items that are no listed pair. */
  readonly unlisted: number;
  readonly seed: number;
  readonly blocks: "walk" | "draw";
  /** Judge on people set aside from training instead of the test people: for choosing parameters. */
  readonly validation: boolean;
  /** Print the JSON line only. */
  readonly json: boolean;
}

type Flag = { readonly default: number; readonly least: number; readonly whole: boolean };

const numbers: Readonly<Record<string, Flag>> = {
  dim: { default: 64, least: 1, whole: true },
  "content-dim": { default: 384, least: 1, whole: true },
  rounds: { default: 24, least: 1, whole: true },
  sweeps: { default: 16, least: 1, whole: true },
  alpha0: { default: 0.3, least: 1e-9, whole: false },
  lambda: { default: 0.003, least: 1e-9, whole: false },
  noise: { default: 0, least: 0, whole: false },
  people: { default: 0, least: 0, whole: true },
  events: { default: 0, least: 0, whole: true },
  clip: { default: 1, least: 1e-3, whole: false },
  "count-scale": { default: 0.1, least: 1e-6, whole: false },
  "weight-scale": { default: 0.25, least: 1e-6, whole: false },
  "block-limit": { default: 1024, least: 1, whole: true },
  unlisted: { default: 5, least: 0, whole: false },
  seed: { default: 1, least: 0, whole: true },
};
const words = ["data", "mode", "blocks"];
const switches = ["json", "validation"];

export const usage = `usage: npm run evaluate -- --data DIR --mode ${modes.join("|")}
       ${Object.entries(numbers)
         .map(([name, flag]) => `[--${name} ${flag.default}]`)
         .join(" ")}
       [--blocks walk|draw] [--validation] [--json]
   or: npm run evaluate -- --split temporal [--month 2011-10] [--seeds 1,2,3] [--people N,M] [--quick] [--json]`;

/**
 * Whether people are held out, or the time to come; the other arguments.
 *
 * @throws {TypeError} as `parseOptions` does.
 */
export function splitIn(args: readonly string[]): {
  readonly split: "random" | "temporal";
  readonly rest: readonly string[];
} {
  const at = args.indexOf("--split");
  if (at < 0) return { split: "random", rest: args };
  return { split: oneOf("split", ["random", "temporal"], args[at + 1]), rest: args.toSpliced(at, 2) };
}

/** @throws {TypeError | RangeError} `evaluate: …` naming the flag, what was expected and what came. */
export function parseOptions(args: readonly string[]): EvaluateOptions {
  const given = readFlags(args);
  const numberOf = (name: string) => parseNumber(name, given.get(name));
  const data = given.get("data");
  if (data === undefined) throw new TypeError("evaluate: --data must name a directory, got nothing");
  return {
    data,
    mode: oneOf("mode", modes, given.get("mode")),
    dim: numberOf("dim"),
    contentDim: numberOf("content-dim"),
    rounds: numberOf("rounds"),
    sweeps: numberOf("sweeps"),
    alpha0: numberOf("alpha0"),
    lambda: numberOf("lambda"),
    noise: numberOf("noise"),
    people: numberOf("people"),
    events: numberOf("events"),
    clip: numberOf("clip"),
    countScale: numberOf("count-scale"),
    weightScale: numberOf("weight-scale"),
    blockLimit: numberOf("block-limit"),
    unlisted: numberOf("unlisted"),
    seed: numberOf("seed"),
    blocks: oneOf("blocks", ["walk", "draw"], given.get("blocks") ?? "walk"),
    validation: given.has("validation"),
    json: given.has("json"),
  };
}

function readFlags(args: readonly string[]): ReadonlyMap<string, string> {
  const given = new Map<string, string>();
  for (let at = 0; at < args.length; at++) {
    const name = args[at].startsWith("--") ? args[at].slice(2) : "";
    if (switches.includes(name)) {
      given.set(name, "");
      continue;
    }
    if (!words.includes(name) && numbers[name] === undefined) {
      const known = [...words, ...Object.keys(numbers), ...switches].map((flag) => `--${flag}`);
      throw new TypeError(`evaluate: a flag must be one of ${known.join(", ")}, got ${args[at]}`);
    }
    const value = args[at + 1];
    if (value === undefined || value.startsWith("--")) {
      throw new TypeError(`evaluate: --${name} must be followed by a value, got ${value ?? "nothing"}`);
    }
    given.set(name, value);
    at++;
  }
  return given;
}

function parseNumber(name: string, text: string | undefined): number {
  const flag = numbers[name];
  if (text === undefined) return flag.default;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value) || value < flag.least || (flag.whole && !Number.isInteger(value))) {
    const kind = flag.whole ? "an integer" : "a number";
    throw new RangeError(`evaluate: --${name} must be ${kind} of at least ${flag.least}, got ${text}`);
  }
  return value;
}

function oneOf<Word extends string>(name: string, known: readonly Word[], text: string | undefined): Word {
  const found = known.find((word) => word === text);
  if (found === undefined) {
    throw new TypeError(`evaluate: --${name} must be one of ${known.join(", ")}, got ${text ?? "nothing"}`);
  }
  return found;
}
