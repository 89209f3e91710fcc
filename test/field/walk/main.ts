/**
 * The walk at any length: `npm run field:walk -- --steps 20000 --seed 1 --engine chromium`. Prints what was
 * lost and how old it was; ends with 1 when the model was contradicted.
 */
import { parseArgs } from "node:util";
import { type EngineName, engineNames } from "../engines/engine.ts";
import { engines } from "../engines/registry.ts";
import { startServer } from "../server.ts";
import { boundMs } from "./model.ts";
import { walk } from "./walk.ts";

const { values } = parseArgs({
  options: {
    steps: { type: "string", default: "300" },
    seed: { type: "string", default: "1" },
    engine: { type: "string", default: "chromium" },
    "no-page-cache": { type: "boolean", default: false },
  },
});
const [count, seed] = [positive("steps", values.steps), positive("seed", values.seed)];
const name = engineNames.find((one): one is EngineName => one === values.engine);
if (name === undefined) throw new Error(`--engine: expected ${engineNames.join(", ")}, got ${values.engine}`);

const server = await startServer();
const engine = await engines[name].start();
try {
  const { events, lost, violations } = await walk({
    engine,
    target: server.address,
    count,
    seed,
    pageCache: !values["no-page-cache"],
    say: (line) => console.log(line),
  });
  const ages = lost.flatMap(({ ageMs }) => (ageMs === null ? [] : [ageMs])).sort((a, b) => a - b);
  console.log(`${name}, seed ${seed}: ${count} steps, ${events} events`);
  console.log(`lost with their page: ${ages.length}, ages ${ages[0] ?? "-"} to ${ages.at(-1) ?? "-"} ms`);
  console.log(`contradictions (bound ${boundMs} ms): ${violations.length}`);
  for (const line of violations.slice(0, 40)) console.log(`  ${line}`);
  process.exitCode = violations.length === 0 ? 0 : 1;
} finally {
  await engine.stop();
  await server.stop();
}

function positive(flag: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new Error(`--${flag}: expected a positive integer, got ${text}`);
}
