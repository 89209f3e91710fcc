/**
 * The walk at any length: `npm run field:walk -- --steps 20000 --seed 1 --engine chromium`. Prints what was
 * lost and how old it was; ends with 1 when the model was contradicted. `--minutes` ends it before, and then it
 * says how many steps were done; `--tell` says each step. `--only "erase" --only "reload"` takes these steps
 * alone, to come sooner to what a long walk met once.
 */
import { parseArgs } from "node:util";
import { type EngineName, engineNames } from "../engines/engine.ts";
import { engines } from "../engines/registry.ts";
import { boundMs, type Lost } from "./model.ts";
import { startShop } from "./shop.ts";
import { walk } from "./walk.ts";

const { values } = parseArgs({
  options: {
    steps: { type: "string", default: "300" },
    minutes: { type: "string", default: "600" },
    seed: { type: "string", default: "1" },
    engine: { type: "string", default: "chromium" },
    "no-page-cache": { type: "boolean", default: false },
    tell: { type: "boolean", default: false },
    only: { type: "string", multiple: true },
  },
});
const [count, seed] = [positive("steps", values.steps), positive("seed", values.seed)];
const minutes = positive("minutes", values.minutes);
const name = engineNames.find((one): one is EngineName => one === values.engine);
if (name === undefined) throw new Error(`--engine: expected ${engineNames.join(", ")}, got ${values.engine}`);

const server = await startShop();
const engine = await engines[name].start();
const beganMs = Date.now();
try {
  const { events, answered, lost, contradictions, steps, looks } = await walk({
    engine,
    target: server.address,
    count,
    seed,
    pageCache: !values["no-page-cache"],
    say: (line) => console.log(`${seconds()} s: ${line}`),
    isTold: values.tell,
    ...(values.only === undefined ? {} : { only: values.only }),
    signal: AbortSignal.timeout(minutes * 60_000),
  });
  const ahead = lost.filter(({ isAhead }) => isAhead);
  const without = lost.filter(({ isAhead }) => !isAhead);
  console.log(`${name}, seed ${seed}: ${steps} of ${count} steps in ${seconds()} s, ${events} events`);
  console.log(
    `compared with the journal on the device ${looks.device} times, in memory ${looks.memory} times`,
  );
  console.log(`tasks answered: ${answered}, by one report each unless contradicted below`);
  console.log(`lost with their page: ${agesOf(ahead)}; without localStorage: ${agesOf(without)}`);
  for (const { serial, since } of lost.slice(0, 40)) console.log(`  event ${serial}: ${since}`);
  console.log(`contradictions (bound ${boundMs} ms): ${contradictions.length}`);
  for (const line of contradictions.slice(0, 40)) console.log(`  ${line}`);
  process.exitCode = contradictions.length === 0 ? 0 : 1;
} finally {
  await engine.stop();
  await server.stop();
}

function seconds(): number {
  return Math.round((Date.now() - beganMs) / 1_000);
}

function agesOf(lost: readonly Lost[]): string {
  const ages = lost.map(({ ageMs }) => ageMs).sort((a, b) => a - b);
  return ages.length === 0 ? "none" : `${ages.length}, ${ages[0]} to ${ages.at(-1)} ms old`;
}

function positive(flag: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new Error(`--${flag}: expected a positive integer, got ${text}`);
}
