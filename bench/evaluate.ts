/**
 * npm run evaluate: how good recommendations are on people nobody trained on.
 *
 *   popularity  what everybody likes; whoever does not beat it has learned nothing
 *   content     content vectors stretched by popularity, fold-in on the device; no crowd
 *   exact       central ALS on the logs themselves: what privacy has to be measured against
 *   private     item factors from private sums alone
 *   hybrid      joint rows: content beside private factors, popularity from the same sums
 *
 * Item rows pass through the int8 rows of a bundle wherever a browser would read them from one. The last line printed
 * is one JSON object.
 */
import { jointDefaults, jointRows, scaleToLength } from "../core/joint.ts";
import { gramOf } from "../core/linear.ts";
import { popularityScores } from "../core/metrics.ts";
import { reportBytes } from "../core/protocol.ts";
import { type QuantizedRows, quantizeRows } from "../core/quantize.ts";
import { seededRandom } from "../core/seeded.ts";
import { contentVectors } from "../server/catalogue/content.ts";
import { interactionsOf, trainAls } from "../server/training/als.ts";
import { type DataSet, readContentItems, readDataSet, validationSet } from "./data.ts";
import { foldInScores, judge, type Quality } from "./judge.ts";
import { type EvaluateOptions, parseOptions, usage } from "./options.ts";
import { type PrivatelyTrained, trainPrivately } from "./private.ts";

interface Outcome {
  readonly quality: Quality;
  /** Bytes of one whole report on the wire; 0 where nobody reports. */
  readonly reportBytes: number;
}

const exactSweeps = 16;

type Say = (line: string) => void;

function evaluate(options: EvaluateOptions, data: DataSet, say: Say): Outcome {
  switch (options.mode) {
    case "popularity": {
      const scores = popularityOf(data);
      return { quality: judge(data, () => scores), reportBytes: 0 };
    }
    case "content":
      return { quality: judgeJoint(data, { ...contentOf(options, data), crowd: null }), reportBytes: 0 };
    case "exact": {
      const { dim, seed } = options;
      const rows = trainAls(interactionsOf(data.train, data.items.length), {
        ...options,
        sweeps: exactSweeps,
        random: seededRandom(seed),
        onSweep: (sweep) => say(`sweep ${sweep}/${exactSweeps}`),
      });
      return { quality: judgeFactors(data, rows, dim, options), reportBytes: 0 };
    }
    case "private": {
      const crowd = learnPrivately(options, data, say);
      return {
        quality: judgeFactors(data, crowd.factors, options.dim, options),
        reportBytes: reportBytes(crowd.vectorLength),
      };
    }
    case "hybrid": {
      // Texts first: a directory without them fails before minutes of training.
      const content = contentOf(options, data);
      const crowd = learnPrivately(options, data, say);
      return {
        quality: judgeJoint(data, { ...content, crowd: { ...crowd, dim: options.dim } }),
        reportBytes: reportBytes(crowd.vectorLength),
      };
    }
  }
}

function learnPrivately(options: EvaluateOptions, data: DataSet, say: Say): PrivatelyTrained {
  return trainPrivately({
    ...options,
    people: data.train,
    itemCount: data.items.length,
    clipL2: options.clip,
    noiseMultiplier: options.noise,
    blockLimit: 1024,
    random: seededRandom(options.seed),
    onRound: (round) => say(`round ${round}/${options.rounds}`),
  });
}

function popularityOf(data: DataSet): Float64Array {
  return popularityScores(
    data.train.map(({ items }) => items),
    data.items.length,
  );
}

interface Content {
  readonly content: QuantizedRows;
  readonly contentDim: number;
}

function contentOf({ data: directory, contentDim }: EvaluateOptions, data: DataSet): Content {
  const vectors = contentVectors(readContentItems(directory, data.items), { dim: contentDim });
  return { content: quantizeRows(vectors, data.items.length, contentDim), contentDim };
}

function judgeFactors(
  data: DataSet,
  rows: Float64Array,
  dim: number,
  { alpha0, lambda }: Pick<EvaluateOptions, "alpha0" | "lambda">,
): Quality {
  const count = data.items.length;
  return judge(data, foldInScores({ rows, count, dim, gram: gramOf(rows, count, dim), alpha0, lambda }));
}

interface JointInput extends Content {
  /** Null where nobody has reported: popularity is then counted from the logs the operator owns. */
  readonly crowd: (PrivatelyTrained & { readonly dim: number }) | null;
}

function judgeJoint(data: DataSet, { content, contentDim, crowd }: JointInput): Quality {
  const count = data.items.length;
  const { contentScale, popularityWeight, popularityPower, factorLength } = jointDefaults;
  const factorDim = crowd?.dim ?? 0;
  const factors = crowd?.factors ?? new Float64Array(0);
  const { rows, dim } = jointRows({
    content,
    contentDim,
    contentScale,
    factors: quantizeRows(factors, count, factorDim),
    factorDim,
    factorScale: crowd === null ? 0 : scaleToLength(factors, factorDim, factorLength),
    popularity: crowd?.popularity ?? popularityOf(data).map((people) => people / data.train.length),
    popularityWeight,
    popularityPower,
  });
  const { alpha0, lambda } = crowd === null ? jointDefaults.contentOnly : jointDefaults.joint;
  return judge(data, foldInScores({ rows, count, dim, gram: gramOf(rows, count, dim), alpha0, lambda }));
}

function main(args: readonly string[]): void {
  const options = parseOptions(args);
  const say: Say = options.json ? () => {} : (line) => process.stderr.write(`${line}\n`);
  const startMs = performance.now();
  const test = readDataSet(options.data);
  const data = options.validation ? validationSet(test, { share: 0.1, seed: options.seed }) : test;
  say(
    `${options.mode}: ${data.train.length} people, ${data.items.length} items, judged on ${data.heldOut.length}`,
  );
  const { quality, reportBytes: bytes } = evaluate(options, data, say);
  const { data: _directory, json: _json, ...parameters } = options;
  const result = {
    ...parameters,
    "recall@20": rounded(quality.recall),
    "ndcg@20": rounded(quality.ndcg),
    "precision@20": rounded(quality.precision),
    "coverage@20": rounded(quality.coverage),
    "novelty@20": rounded(quality.novelty),
    people: data.train.length,
    judged: data.heldOut.length,
    items: data.items.length,
    reportBytes: bytes,
    seconds: Math.round((performance.now() - startMs) / 100) / 10,
  };
  if (!options.json) {
    for (const [name, value] of Object.entries(result)) say(`${name.padEnd(14)}${value}`);
  }
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

function rounded(value: number): number {
  return Math.round(value * 1e5) / 1e5;
}

try {
  main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}\n`);
  process.exitCode = 1;
}
