/**
 * Does the private sum hide a person as well as the ledger says? Attacks the product's own code, and the same
 * code with one mistake each, and prints the epsilon that each attack proves beside the one that is claimed.
 *
 * `npm run bench:audit` takes about two minutes, `-- --quick` a quarter of it. Ends with one line of JSON,
 * and with exit code 1 when the product raises the alarm or a mistake does not.
 */
import { rhoOf } from "../core/tasks/task.ts";
import { attackInOneRun, attackInWorlds, levelOfEach, muOverAttacks } from "./audit/audits.ts";
import { factorMechanisms } from "./audit/factors.ts";
import type { Mechanism, View } from "./audit/mechanisms.ts";
import { pairMechanisms, shareForClip } from "./audit/pairs.ts";
import { segmentMechanisms } from "./audit/segments.ts";
import { rootOf } from "./audit/statistics.ts";
import { chanceOfSilence, epsilonOfMu } from "./audit/worlds.ts";
import { pairSettingsFor } from "./privacysettings.ts";
import { writeResults } from "./results.ts";

const claim = { epsilon: 4, delta: 1e-6 };
/** The chance that an audit of a sound mechanism raises the alarm. */
const level = 1e-8;
const confidence = 0.95;

interface Row {
  readonly kind: Mechanism["kind"];
  readonly mechanism: string;
  readonly view: View;
  readonly claimedEpsilon: number;
  /** Of one run, any mechanism, 95 %. */
  readonly oneRunEpsilon: number;
  /** Of two worlds, Gaussian noise, 95 %. */
  readonly worldsEpsilon: number;
  /** The same, wrong once in 10^8. */
  readonly certainEpsilon: number;
  readonly alarm: boolean;
  readonly expected: boolean;
}

const size = sizeFrom(process.argv.slice(2));
const factors = factorMechanisms(claim);
const pairs = pairMechanisms(claim);
const segments = segmentMechanisms(claim);
/** What the ledger takes for a report, of each task here. */
const rho = rhoOf(factors.asShipped.task);
const claimedMu = Math.sqrt(2 * rho);

interface Audit {
  readonly mechanism: Mechanism;
  readonly view: View;
  /** Whether the alarm should ring. */
  readonly expected: boolean;
}

const audits: readonly Audit[] = [
  ...(["public", "leader", "helper"] as const).map((view) => sound(factors.asShipped, view)),
  sound(factors.asShippedToLoud, "leader"),
  ...factors.broken.map(unsound),
  // What is published is as noisy as claimed: only an aggregator that knows its own half sees through this
  // mistake.
  sound(factors.noiseSplit, "public"),
  ...pairs.asShipped.map((mechanism) => sound(mechanism, "leader")),
  ...(["public", "helper"] as const).map((view) => sound(pairs.worst, view)),
  ...pairs.alsoSound.map((mechanism) => sound(mechanism, "leader")),
  ...pairs.broken.map(unsound),
  ...segments.asShipped.map((mechanism) => sound(mechanism, "leader")),
  ...(["public", "helper"] as const).map((view) => sound(segments.asShipped[0], view)),
  ...segments.broken.map(unsound),
];

const power = powerOf();
console.log(
  `claimed: epsilon ${claim.epsilon} at delta ${claim.delta} for one honest aggregator's noise, rho ${rho.toFixed(4)}; ` +
    `noise of this rho has exactly epsilon ${epsilonOfMu({ mu: claimedMu, delta: claim.delta }).toFixed(2)}`,
);
console.log(
  `two worlds: ${size.runs} runs in each; false alarm < ${level}; silence about halved noise ${power.silenceAboutHalf.toExponential(1)}; ` +
    `99.9 % sure to notice noise of ${(100 * power.noticed).toFixed(0)} % or less`,
);
console.log(`one run: ${size.numbers} numbers, ${size.guesses} guesses`);
// Left out as it cannot be noticed; where the weight is most of the sensitivity it is among the mistakes.
const forgottenWeight = shareForClip(pairSettingsFor({ people: 1, epsilon: claim.epsilon }).settings);
console.log(
  `pairs as browsers would be asked: noise that forgets the weight is ${(100 * forgottenWeight).toFixed(1)} % of what is due\n`,
);
console.log(
  line([
    "kind",
    "mechanism",
    "seen by",
    "claimed",
    "one run, 95 %",
    "two worlds, 95 %",
    "1 - 1e-8",
    "verdict",
  ]),
);
const rows: Row[] = [];
for (const audit of audits) {
  const row = await rowOf(audit);
  rows.push(row);
  const figures = [row.claimedEpsilon, row.oneRunEpsilon, row.worldsEpsilon, row.certainEpsilon];
  console.log(
    line([
      row.kind,
      row.mechanism,
      row.view,
      ...figures.map((epsilon) => epsilon.toFixed(2)),
      `${row.alarm ? "broken" : "holds"}${row.alarm === row.expected ? "" : ", unexpectedly"}`,
    ]),
  );
}
const result = { ...claim, rho, level, ...size, ...power, forgottenWeight, rows };
writeResults("audit", result);
console.log(`\n${JSON.stringify(result)}`);
if (rows.some(({ alarm, expected }) => alarm !== expected)) process.exitCode = 1;

function sound(mechanism: Mechanism, view: View): Audit {
  return { mechanism, view, expected: false };
}

function unsound(mechanism: Mechanism): Audit {
  return { mechanism, view: "leader", expected: true };
}

async function rowOf({ mechanism, view, expected }: Audit): Promise<Row> {
  const said = await attackInWorlds({ mechanism, view }, size.runs);
  const { delta } = claim;
  const certainMu = muOverAttacks(said, level);
  return {
    kind: mechanism.kind,
    mechanism: mechanism.name,
    view,
    claimedEpsilon: claim.epsilon,
    oneRunEpsilon: await attackInOneRun({ mechanism, view }, { ...size, delta, level: 1 - confidence }),
    worldsEpsilon: epsilonOfMu({ mu: muOverAttacks(said, 1 - confidence), delta }),
    certainEpsilon: epsilonOfMu({ mu: certainMu, delta }),
    alarm: certainMu > Math.sqrt(2 * rhoOf(mechanism.task)),
    expected,
  };
}

/** What the number of runs can tell: computed from the binomial distribution, not tried. */
function powerOf() {
  const plan = { runs: size.runs, claimedMu, level: levelOfEach(level) };
  const noticed = rootOf((share) => chanceOfSilence(plan, claimedMu / share) - 0.001, { low: 0.3, high: 1 });
  return { silenceAboutHalf: chanceOfSilence(plan, 2 * claimedMu), noticed };
}

function sizeFrom(args: readonly string[]) {
  const unknown = args.find((arg) => arg !== "--quick");
  if (unknown !== undefined) throw new TypeError(`audit: a flag must be --quick, got ${unknown}`);
  return args.includes("--quick")
    ? { runs: 10_000, numbers: 32_768, guesses: 400 }
    : { runs: 40_000, numbers: 262_144, guesses: 2_000 };
}

function line([kind, mechanism, view, ...figures]: readonly string[]): string {
  const widths = [9, 15, 18, 10];
  const columns = figures.slice(0, 4).map((figure, at) => figure.padStart(widths[at]));
  return `${kind.padEnd(13)} ${mechanism.padEnd(46)} ${view.padEnd(8)}${columns.join("")}  ${figures[4]}`;
}
