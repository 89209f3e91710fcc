/**
 * Grammars of what parties and browsers send each other, and of the parts of a model: valid ones by the code
 * that makes them, changed as bytes, or as values where a parser takes what JSON.parse made.
 */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { toHex } from "../../core/bytes.ts";
import { encodeChoices, parseChoices } from "../../core/consent.ts";
import { parsePictureHeader } from "../../core/encoder/images/header.ts";
import { parseManifest } from "../../core/encoder/manifest.ts";
import { encodeMeanings, parseMeanings } from "../../core/encoder/meanings.ts";
import { encodePublished, parsePublished } from "../../core/encoder/published.ts";
import { encodeWordFile, parseWordFile } from "../../core/encoder/words/wordfile.ts";
import { parseEventInput } from "../../core/events/event.ts";
import { parseFacts } from "../../core/events/fact.ts";
import type { Experiment } from "../../core/experiments/experiment.ts";
import { parseExperiments, parseKnownExperiments } from "../../core/experiments/experimentschema.ts";
import { assignmentsWith } from "../../core/experiments/kept.ts";
import { canonicalJson, jsonToBytes } from "../../core/json.ts";
import { placeBuckets } from "../../core/lists/trial.ts";
import { parseBundle } from "../../core/model/bundle.ts";
import { cardIn, joinLines, parseCards, plainCard, splitLines } from "../../core/model/card.ts";
import { catalogueText, encodeCatalogue, parseCatalogue } from "../../core/model/catalogue.ts";
import { parseContent } from "../../core/model/content.ts";
import { applyDelta, makeDelta } from "../../core/model/delta.ts";
import { parseEdition } from "../../core/model/edition.ts";
import {
  encodeExperiments,
  parseExperimentsPart,
  parseKnownExperimentsPart,
} from "../../core/model/experiments.ts";
import { parseFactors } from "../../core/model/factors.ts";
import { parseHead } from "../../core/model/head.ts";
import { joinHead } from "../../core/model/join.ts";
import { patternOfPairs } from "../../core/model/pairlist.ts";
import { encodePairs, parsePairs } from "../../core/model/pairs.ts";
import { parsePart } from "../../core/model/part.ts";
import { encodePolicy, parsePolicy, type SitePolicy } from "../../core/model/policy.ts";
import { parsePopularity } from "../../core/model/popularity.ts";
import { encodePredicted, parsePredicted } from "../../core/model/predicted.ts";
import { quantizeRows } from "../../core/model/quantize.ts";
import { encodeRanker, parseRanker } from "../../core/model/ranker.ts";
import { catalogueAsRead, encodeReading, parseReading, readingOf } from "../../core/model/reading.ts";
import { encodeSegments, parseSegments } from "../../core/model/segments.ts";
import { parseWishes } from "../../core/policy/wish.ts";
import { parsePlan } from "../../core/sum/plan.ts";
import { parseSpending } from "../../core/sum/spending.ts";
import { activity } from "../../core/tasks/activity/kind.ts";
import { askedOf } from "../../core/tasks/experiments/kind.ts";
import { experimentsLayout } from "../../core/tasks/experiments/layout.ts";
import { itemFactors } from "../../core/tasks/itemfactors/kind.ts";
import { places } from "../../core/tasks/places/kind.ts";
import { parseSettings, parseTask, settingsOf, taskJson } from "../../core/tasks/task.ts";
import { dayMs } from "../../core/time.ts";
import { encodeRequest, encodeResponse, parseRequest, parseResponse } from "../../core/wire/bhttp.ts";
import { parseEditionAnswer } from "../../core/wire/editions.ts";
import { parseKeyList } from "../../core/wire/keylist.ts";
import { parseLogTail } from "../../core/wire/log.ts";
import {
  encodeKeyConfigs,
  parseHeader,
  parseKeyConfigs,
  splitRequest,
  splitResponse,
} from "../../core/wire/ohttp.ts";
import { encodeReport, parseReport, parseReportAnswer } from "../../core/wire/report.ts";
import { parseCanonical } from "../../core/wire/signed.ts";
import {
  encodeChunkAnswer,
  encodeChunkRequest,
  encodeCloseAnswer,
  encodeCloseRequest,
  parseChunkAnswer,
  parseChunkRequest,
  parseCloseAnswer,
  parseCloseRequest,
} from "../../core/wire/sums.ts";
import { parseTasksAnswer } from "../../core/wire/tasksanswer.ts";
import {
  parseIssuerDirectory,
  parseToken,
  parseTokenRequest,
  tokenKeyBytes,
} from "../../core/wire/tokens.ts";
import { settingsFrom } from "../../sdk/config.ts";
import { parsePermissions } from "../../sdk/consent.ts";
import { parseAddress, parseForwarded } from "../../server/base/address.ts";
import { recipientKey } from "../../server/base/hpke.ts";
import { experimentOf, parseDraft } from "../../server/experiments/draft.ts";
import { parseListed, parseListing } from "../../server/experiments/listed.ts";
import { parseLook } from "../../server/experiments/looks.ts";
import { reportOf } from "../../server/experiments/report.ts";
import { parseExperimentReport } from "../../server/experiments/reportschema.ts";
import { encodeLearned, parseLearned, parseLearnedOfBundle } from "../../server/kinds/itemfactors/learned.ts";
import { parseRankerFinding } from "../../server/kinds/ranker/finding.ts";
import { parseKnown } from "../../server/kinds/segments/stored.ts";
import { fitMeaning, fitPictures, vectorsOf } from "../../server/publishing/import/meaning.ts";
import { encodeSpace, fitSpace, parseSpace } from "../../server/publishing/import/space.ts";
import { readTrained } from "../../server/publishing/trained.ts";
import { openRequest } from "../../server/relay/encapsulation.ts";
import { parseVouchRequest } from "../../server/tasks/helperwire.ts";
import { readTokenKey } from "../../server/tokens/verify.ts";
import { gatewayKeyOf } from "../../worker/door/ohttp.ts";
import { encodeBundle } from "../bundle.ts";
import { pictureFiles } from "../core/encoder/picturefiles.ts";
import { settingsOf as modelSettings, named, partsOf, publish } from "../model.ts";
import { judgedStages, rankerPart } from "../rankerpart.ts";
import { segmentsPart } from "../segmentspart.ts";
import { catalogueOf } from "../server/harness.ts";
import { HelperLog } from "../worker/helperlog.ts";
import {
  aggregators,
  editionAnswerOf,
  identities,
  keyListOf,
  signed,
  signedEdition,
  tasksAnswerOf,
} from "../worker/parties.ts";
import { activityTask, anyPlan, factorSettings, noonMs, shopModel, taskOf, taskOn } from "../worker/shop.ts";
import { hostileBytes } from "./bytes.ts";
import { type Grammar, shownBytes } from "./campaign.ts";
import { isCoreRefusal, readOrRefused } from "./refusals.ts";
import { hostileJsonText, hostileText, hostileValue } from "./values.ts";

type IsRefusal = (error: unknown) => boolean;
type AnyGrammar = Grammar<unknown>;

/** A parser of bytes. */
export function ofBytes(
  name: string,
  seeds: readonly Uint8Array[],
  read: (bytes: Uint8Array) => unknown,
  isRefusal: IsRefusal = isCoreRefusal,
): AnyGrammar {
  const grammar: Grammar<Uint8Array> = {
    name,
    make: (chance) => hostileBytes(chance, seeds),
    run: (bytes) => readOrRefused(() => read(bytes), isRefusal),
    show: shownBytes,
  };
  return anyGrammar(grammar);
}

/** A parser of values that JSON.parse made. */
export function ofValues(
  name: string,
  seeds: readonly unknown[],
  read: (value: unknown) => unknown,
  isRefusal: IsRefusal = isCoreRefusal,
): AnyGrammar {
  return anyGrammar<unknown>({
    name,
    make: (chance) => hostileValue(chance, chance.pick(seeds)),
    run: (value) => readOrRefused(() => read(value), isRefusal),
    show: shownValue,
  });
}

/** A parser of text. */
export function ofTexts(
  name: string,
  seeds: readonly string[],
  read: (text: string) => unknown,
  isRefusal: IsRefusal = isCoreRefusal,
): AnyGrammar {
  const bytes = seeds.map((text) => new TextEncoder().encode(text));
  return anyGrammar<string>({
    name,
    make: (chance) => {
      const text = chance.pick(seeds);
      if (text.startsWith("{") && chance.happens(0.7)) return hostileJsonText(chance, JSON.parse(text));
      return chance.happens(0.3)
        ? hostileText(chance)
        : new TextDecoder().decode(hostileBytes(chance, bytes));
    },
    run: (text) => readOrRefused(() => read(text), isRefusal),
    show: (text) => JSON.stringify(text),
  });
}

/** Each reads what its own grammar made. */
export function anyGrammar<Input>({ name, make, run, show }: Grammar<Input>): AnyGrammar {
  return { name, make, run: (input) => run(input as Input), show: (input) => show(input as Input) };
}

const sitePolicy: SitePolicy = {
  all: {
    filter: {
      not: { category: "Out" },
      any: [{ price: { from: 1 } }, { attributes: { brand: ["Acme"], organic: true } }],
    },
    ignored: { shown: 5, days: 14 },
  },
  recommend: {
    pin: [{ item: "a", place: 1 }],
    boost: [{ where: { ageDays: { to: 30 } }, by: 1 }],
    bury: [{ where: { word: "old" }, by: 0.5 }],
    quota: [{ of: "category", most: 3 }],
    exposure: [{ where: { category: "b" }, least: 0.25 }],
  },
  trials: { share: 0.05, lists: ["shelf"] },
};

const experiment: Experiment = {
  ...{ name: "banner", seed: "banner-1", layer: { name: "home", from: 0, to: 5_000 }, coverage: 0.5 },
  arms: [
    { name: "control", weight: 0.5 },
    { name: "big", weight: 0.5, value: { text: "Ä" }, ranking: { model: { alpha0: 0.4 }, variety: 0.2 } },
  ],
  audience: { devices: ["phone"], segments: [1], languages: ["de"], facts: { size: ["m"] }, pages: ["/"] },
  strata: { by: "segment", count: 3 },
  metrics: [
    { name: "clicks", of: { any: "click", list: "shelf" }, cap: 1, isAdjusted: true },
    { name: "spent", of: { money: "purchase" }, cap: 99, per: { of: { orders: "purchase" }, cap: 3 } },
  ],
  ...{ fromMs: 0, toMs: noonMs, windowDays: 7, beforeDays: 14 },
};
const experiments = encodeExperiments([experiment, { ...experiment, name: "b", seed: "b", layer: null }]);

/** What was read can be dealt. */
function dealt(read: readonly Experiment[]): unknown {
  const facts = new Map([["size", "m"]]);
  const visitor = {
    device: "phone",
    segment: 1,
    isReturning: true,
    language: "de",
    facts,
    path: "/",
  } as const;
  const entering = { experiments: read, deviceNumber: "ab".repeat(16), visitor };
  return read.map(({ fromMs }) => assignmentsWith([], { ...entering, nowMs: fromMs }));
}

const placesTask = taskOf(places, { fromMs: 0, toMs: noonMs, ends: [...placeBuckets], mostClicks: 4 });

function shownValue(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "undefined";
  } catch {
    // Nested deeper than can be written.
    return `${typeof value} nested too deep to be shown`;
  }
}

export async function messageGrammars(): Promise<readonly AnyGrammar[]> {
  return [...(await wireGrammars()), ...(await documentGrammars()), ...modelGrammars(), ...pageGrammars()];
}

async function wireGrammars(): Promise<readonly AnyGrammar[]> {
  const sum = { task: "ab".repeat(32), block: 3, leaderShare: randomBytes(88), helperSeed: randomBytes(80) };
  const report = {
    id: randomBytes(16),
    leaderKey: 4,
    helperKey: 9,
    sums: [sum, { ...sum, task: "cd".repeat(32) }],
    token: randomBytes(354),
  };
  const batch = { batch: randomBytes(16), task: sum.task, block: 1, lane: 0, number: 0 };
  const offered = { id: randomBytes(16), helperKey: 9, helperSeed: randomBytes(80), token: randomBytes(3) };
  const request = {
    ...{ method: "POST", scheme: "https", authority: "leader.example", path: "/v1/reports" },
    headers: [["content-type", "application/octet-stream"] as const],
    content: randomBytes(50),
  };
  const response = { status: 200, headers: request.headers, content: randomBytes(50) };
  const keyConfigs = encodeKeyConfigs([
    {
      id: 7,
      publicKey: randomBytes(32),
      symmetric: [
        { kdf: 1, aead: 1 },
        { kdf: 1, aead: 3 },
      ],
    },
  ]);
  const encapsulated = Buffer.concat([Uint8Array.of(7, 0, 32, 0, 1, 0, 1), randomBytes(32), randomBytes(60)]);
  const spki = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({
    type: "pkcs1",
    format: "der",
  });
  const tokenKey = tokenKeyBytes(spki);
  const x25519 = generateKeyPairSync("x25519");
  const pair = recipientKey({
    publicKey: x25519.publicKey.export({ type: "spki", format: "der" }).subarray(-32),
    privateKey: x25519.privateKey.export({ type: "pkcs8", format: "der" }).subarray(-32),
  });
  const directory = {
    "issuer-request-uri": "/v1/tokens",
    "token-keys": [
      { "token-type": 2, "token-key": Buffer.from(tokenKey).toString("base64url"), "not-before": 5 },
    ],
  };
  return [
    ofBytes("core/wire/report.ts#parseReport", [encodeReport(report)], parseReport),
    ofBytes(
      "core/wire/sums.ts#parseChunkRequest",
      [encodeChunkRequest({ ...batch, chunk: 2, reports: [offered, offered] })],
      parseChunkRequest,
    ),
    ofBytes(
      "core/wire/sums.ts#parseChunkAnswer",
      [encodeChunkAnswer({ batch: batch.batch, chunk: 2, verdicts: ["counted", "bad-seal"] })],
      parseChunkAnswer,
    ),
    ofBytes(
      "core/wire/sums.ts#parseCloseRequest",
      [encodeCloseRequest({ ...batch, chunks: 3, counted: 5, laneSecret: randomBytes(32) })],
      parseCloseRequest,
    ),
    ofBytes(
      "core/wire/sums.ts#parseCloseAnswer",
      [encodeCloseAnswer({ batch: batch.batch, counted: 5, sum: Uint32Array.of(1, 2, 3) })],
      parseCloseAnswer,
    ),
    ofBytes(
      "core/wire/bhttp.ts#parseRequest",
      [encodeRequest(request), encodeRequest(request, { multiple: 256 })],
      parseRequest,
    ),
    ofBytes(
      "core/wire/bhttp.ts#parseResponse",
      [encodeResponse(response), encodeResponse(response, { multiple: 256 })],
      parseResponse,
    ),
    ofBytes("core/wire/ohttp.ts#parseKeyConfigs", [keyConfigs], parseKeyConfigs),
    ofBytes("worker/door/ohttp.ts#gatewayKeyOf", [keyConfigs], gatewayKeyOf),
    ofBytes("core/wire/ohttp.ts#parseHeader", [encapsulated.subarray(0, 7)], parseHeader),
    ofBytes("core/wire/ohttp.ts#splitRequest", [encapsulated], splitRequest),
    ofBytes("core/wire/ohttp.ts#splitResponse", [encapsulated], splitResponse),
    ofBytes("server/relay/encapsulation.ts#openRequest", [encapsulated], (bytes) =>
      openRequest(bytes, { pair: () => pair, fill: () => {} }),
    ),
    ofBytes(
      "core/wire/tokens.ts#parseToken",
      [Buffer.concat([Uint8Array.of(0, 2), randomBytes(352)])],
      parseToken,
    ),
    ofBytes(
      "core/wire/tokens.ts#parseTokenRequest",
      [Buffer.concat([Uint8Array.of(0, 2, 9), randomBytes(256)])],
      parseTokenRequest,
    ),
    ofBytes("server/tokens/verify.ts#readTokenKey", [tokenKey], (bytes) => readTokenKey(bytes, 5)),
    ofValues("core/wire/tokens.ts#parseIssuerDirectory", [directory], parseIssuerDirectory),
    ofTexts(
      "server/base/address.ts#parseAddress",
      ["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1", "fe80::1%eth0"],
      parseAddress,
    ),
    ofTexts(
      "server/base/address.ts#parseForwarded",
      ["192.0.2.1:80", "[2001:db8::1]:443", "unknown"],
      parseForwarded,
    ),
  ];
}

async function documentGrammars(): Promise<readonly AnyGrammar[]> {
  const { keys } = await aggregators();
  const model = shopModel();
  const tasks = [taskOn(model), activityTask(), placesTask];
  const log = new HelperLog();
  const { edition } = publish(model);
  const answer = tasksAnswerOf(keys, tasks, anyPlan, log);
  const editionAnswer = editionAnswerOf(signedEdition(edition), keys, log);
  const outcome = { task: "ab".repeat(32), state: "refused", why: "malformed", detail: "x" };
  const answers = [
    { state: "answered", sums: [outcome, { ...outcome, state: "accepted" }] },
    { state: "refused", why: "no-token", detail: "" },
  ];
  const document = canonicalJson(taskJson(tasks[0]));
  const vouched = JSON.stringify({ kind: "task", ...signed("task", identities.leader, taskJson(tasks[0])) });
  return [
    ofValues("core/tasks/task.ts#parseTask", tasks.map(taskJson), (value) => {
      const task = parseTask(value);
      if (task.kind === places.name) return settingsOf(task, places);
      return task.kind === activity.name ? settingsOf(task, activity) : settingsOf(task, itemFactors);
    }),
    ofValues("core/tasks/task.ts#parseSettings", [factorSettings(model)], (value) =>
      parseSettings(itemFactors, value),
    ),
    ofValues(
      "core/sum/plan.ts#parsePlan",
      [anyPlan, { ...anyPlan, rhoPer30Days: 0.4, kinds: [{ kind: "a", rho: 0.1, reportsPer30Days: 4 }] }],
      parsePlan,
    ),
    ofValues(
      "core/wire/keylist.ts#parseKeyList",
      [keyListOf("leader", keys), keyListOf("helper", keys)],
      parseKeyList,
    ),
    ofValues("core/wire/log.ts#parseLogTail", [log.tail(0)], parseLogTail),
    ofValues("core/wire/tasksanswer.ts#parseTasksAnswer", [answer], parseTasksAnswer),
    ofValues("core/wire/editions.ts#parseEditionAnswer", [editionAnswer], parseEditionAnswer),
    ofValues("core/wire/report.ts#parseReportAnswer", answers, parseReportAnswer),
    ofValues("core/model/edition.ts#parseEdition", [edition], parseEdition),
    ofTexts("core/wire/signed.ts#parseCanonical", [document], (text) => parseCanonical("task", text)),
    ofTexts(
      "server/tasks/helperwire.ts#parseVouchRequest",
      [vouched],
      parseVouchRequest,
      (error) =>
        // Its one caller makes one refusal of whatever it throws.
        isCoreRefusal(error) || (error instanceof Error && error.name === "ValiError"),
    ),
  ];
}

function modelGrammars(): readonly AnyGrammar[] {
  const model = shopModel({ items: 12, contentDim: 4, factorDim: 3 });
  const { catalogue, content, factors, popularity } = partsOf(model);
  const publication = publish(model);
  const head = publication.parts.get(publication.edition.head.id) ?? new Uint8Array(0);
  const cards = model.catalogue;
  const items = cards.map(({ item }) => item);
  const predicted = encodePredicted({
    items,
    dim: 3,
    rows: quantizeRows(new Float64Array(36), 12, 3),
    shares: new Float32Array(12),
  });
  const pattern = patternOfPairs(
    items.slice(2).flatMap((_, item) => [[item, item + 1] as const, [item, item + 2] as const]),
    12,
  );
  const pairs = encodePairs({
    ...{ items, round: 3, reports: 60, asked: 3, pattern },
    recent: { shares: new Float32Array(12).fill(0.25), floor: 0.01 },
    values: new Int8Array(pattern.neighbours.length).fill(9),
    scales: new Float32Array(12).fill(0.5),
  });
  const next = named(
    encodeCatalogue({ cards: [...cards.slice(3), { item: "new", title: "New", categories: [] }] }),
  );
  const delta = makeDelta(catalogue, next);
  const lines = catalogueText(catalogue.bytes, "test").text;
  const reading = encodeReading(readingOf(catalogue.bytes, { cards }, [{ id: factors.id, items }]));
  const learned = {
    items,
    dim: 3,
    factors: new Float64Array(36),
    counts: new Float64Array(12),
    people: new Float64Array(12),
    countVariance: new Float64Array(12),
  };
  const learnedBytes = encodeLearned(learned);
  const space = encodeSpace(fitSpace(catalogueOf(30), { dim: 4 }));
  const encoded = { encoder: "e", dim: 3, values: Float32Array.of(1, 0, 0, 0.6, 0.8, 0) };
  const meaning = fitMeaning(encoded, { dim: 2, weight: 0.3 });
  const pictures = fitPictures(vectorsOf(encoded), { dim: 1, weight: 0.2 });
  const meant = encodeSpace(fitSpace(catalogueOf(30), { dim: 4 }, { meaning, pictures }));
  const file = { path: "model.onnx", sha256: "a".repeat(64) };
  const manifest = {
    ...{
      name: "toy",
      license: "MIT",
      dim: 3,
      maxTokens: 8,
      pooling: "mean",
      inputs: ["input_ids"],
      output: "out",
    },
    files: { model: file, tokenizer: file },
  };
  const published = encodePublished("e".repeat(64), {
    ...{ manifest: jsonToBytes(manifest), tokenizer: jsonToBytes({}), model: Uint8Array.of(1, 2, 3) },
  });
  const rows = { values: Int8Array.of(127, 3, -7, 0), scales: Float32Array.of(0.5, 0.25) };
  const meanings = encodeMeanings({ items: ["a", "b"], dim: 2, space: "e".repeat(64), rows });
  const imageManifest = {
    ...{ takes: "images", name: "toy", license: "MIT", dim: 3, size: 16, layout: "channels first" },
    ...{ mean: [0, 0, 0], deviation: [1, 1, 1], input: "in", output: "out", files: { model: file } },
  };
  const placed = {
    ...{ space: { center: [0], axes: [1], dim: 1, deviations: [1], spreads: [1] }, distance: 1 },
    centroids: { count: 1, dim: 1, centroids: [0] },
  };
  const knownSegments = [
    { stage: "spread", done: 0, center: [0, 1] },
    { stage: "refine", done: 1, choice: { k: 1, scores: [{ k: 1, score: 0.5 }] }, ...placed },
    { stage: "learned", choice: { k: 1, scores: [] }, people: [9], names: ["all"], ...placed },
  ].map((learning) =>
    JSON.stringify({ features: ["a"], run: 1, asked: "locate", reports: 9, peopleSd: 0.5, learning }),
  );
  const { seed: _seed, fromMs: _from, toMs: _to, ...undated } = experiment;
  // A draft says nothing of the ranking.
  const arms = experiment.arms.map(({ ranking: _ranking, ...arm }) => arm);
  const draft = parseDraft({ ...undated, arms, days: 7 });
  const started = { seed: "s", fromMs: 0, toMs: dayMs, lookDays: 7 };
  const listed = { draft, createdAtMs: 0, started, state: "running" };
  const running = experimentOf({ draft, createdAtMs: 0, started });
  const asked = running === null ? [] : [askedOf(running)];
  const { length } = experimentsLayout(asked);
  const look = {
    ...{ settings: { toMs: dayMs, experiments: asked }, values: new Array(length).fill(3) },
    ...{ noise: 1, sigma: 1, reports: 9 },
  };
  const report = reportOf({ draft, state: "draft" }, { looks: [], planned: 3 });
  const looked = (found: Iterable<unknown>) => Array.from(found, (one) => JSON.stringify(one));
  return [
    ofBytes("core/model/bundle.ts#parseBundle", [encodeBundle(model)], parseBundle),
    ofBytes("core/model/card.ts#parseCards", [lines], (bytes) => parseCards(bytes, 12, "parseCards")),
    ofBytes("core/model/card.ts#splitLines", [lines, joinLines([lines.subarray(0, 30)])], (bytes) => [
      ...splitLines(bytes, 12, "splitLines"),
    ]),
    ofTexts("core/model/card.ts#cardIn", [JSON.stringify(cards[0])], (text) => cardIn(text, "cardIn")),
    ofValues("core/model/card.ts#plainCard", [cards[0]], plainCard),
    ofBytes("core/model/catalogue.ts#parseCatalogue", [catalogue.bytes], (bytes) =>
      looked(parseCatalogue(bytes).cards),
    ),
    ofBytes("core/model/content.ts#parseContent", [content.bytes], (bytes) => parseContent(bytes)),
    ofBytes("core/model/factors.ts#parseFactors", [factors.bytes], (bytes) => parseFactors(bytes)),
    ofBytes("core/model/popularity.ts#parsePopularity", [popularity.bytes], (bytes) =>
      parsePopularity(bytes),
    ),
    ofBytes("core/model/predicted.ts#parsePredicted", [predicted], (bytes) => parsePredicted(bytes)),
    ofBytes("core/model/pairs.ts#parsePairs", [pairs], (bytes) => parsePairs(bytes)),
    ofBytes(
      "core/encoder/words/wordfile.ts#parseWordFile",
      [encodeWordFile({ source: "x", words: ["mug", "tea"], dim: 2, vectors: Int8Array.of(127, 3, -7, 0) })],
      parseWordFile,
    ),
    ofBytes("core/encoder/published.ts#parsePublished", [published], parsePublished),
    ofBytes("core/encoder/meanings.ts#parseMeanings", [meanings], (bytes) => parseMeanings(bytes)),
    ofBytes("core/model/ranker.ts#parseRanker", [encodeRanker(rankerPart())], parseRanker),
    ofBytes("core/model/policy.ts#parsePolicy", [encodePolicy(sitePolicy)], parsePolicy),
    ofBytes("core/model/experiments.ts#parseExperimentsPart", [experiments], parseExperimentsPart),
    ofBytes("core/model/experiments.ts#parseKnownExperimentsPart", [experiments], parseKnownExperimentsPart),
    ofValues("core/experiments/experimentschema.ts#parseExperiments", [[experiment]], (value) =>
      parseExperiments(value),
    ),
    ofValues("core/experiments/experimentschema.ts#parseKnownExperiments", [[experiment]], (value) =>
      dealt(parseKnownExperiments(value)),
    ),
    ofValues("server/experiments/draft.ts#parseDraft", [draft], parseDraft),
    ofValues("server/experiments/listed.ts#parseListed", [listed], parseListed),
    ofValues(
      "server/experiments/listed.ts#parseListing",
      [{ experiments: [listed], unread: ["b"] }],
      parseListing,
    ),
    ofValues("server/experiments/looks.ts#parseLook", [look], (value) => parseLook(value)),
    ofValues("server/experiments/reportschema.ts#parseExperimentReport", [report], parseExperimentReport),
    ofBytes("core/model/segments.ts#parseSegments", [encodeSegments(segmentsPart())], parseSegments),
    ofTexts("server/kinds/segments/stored.ts#parseKnown", knownSegments, parseKnown),
    ofTexts(
      "server/kinds/ranker/finding.ts#parseRankerFinding",
      [JSON.stringify({ factors: "ab".repeat(32), pairs: null, people: 7, judged: judgedStages })],
      parseRankerFinding,
    ),
    ofBytes("core/model/head.ts#parseHead", [head], (bytes) =>
      joinHead(parseHead(bytes), modelSettings(model)),
    ),
    ofBytes("core/model/delta.ts#applyDelta", [delta], (bytes) => applyDelta(bytes, catalogue)),
    ofBytes("core/model/part.ts#parsePart", [catalogue.bytes, factors.bytes], (bytes) =>
      parsePart(bytes, { kind: "factors", who: "parsePart" }).section({ name: "values", type: "i8" }),
    ),
    ofBytes("core/model/reading.ts#parseReading", [reading], (bytes) => {
      const read = parseReading(bytes);
      return catalogueAsRead(catalogue.bytes, read);
    }),
    ofBytes("server/kinds/itemfactors/learned.ts#parseLearned", [learnedBytes], parseLearned),
    ofBytes(
      "server/kinds/itemfactors/learned.ts#parseLearnedOfBundle",
      [learnedBytes.subarray(-4 * 12 * 8)],
      parseLearnedOfBundle,
    ),
    ofBytes("server/publishing/trained.ts#readTrained", [learnedBytes], (bytes) =>
      readTrained(bytes, { items, dim: 3 }),
    ),
    ofBytes("server/publishing/import/space.ts#parseSpace", [space, meant], parseSpace),
    ofBytes(
      "core/encoder/manifest.ts#parseManifest",
      [jsonToBytes(manifest), jsonToBytes(imageManifest)],
      parseManifest,
    ),
    ofBytes(
      "core/encoder/images/header.ts#parsePictureHeader",
      Object.values(pictureFiles).map(({ bytes }) => bytes),
      parsePictureHeader,
    ),
  ];
}

/** What a page hands over: attributes and calls, and what it kept. */
function pageGrammars(): readonly AnyGrammar[] {
  const properties = { item: "a", amount: 12.5, query: "red mug", position: 3, list: "new" };
  const spending = { days: [{ day: 15_000, rho: 0.1 }], lifetime: 2, sinceDay: 14_000 };
  const config = {
    ...{
      server: "https://shop.example/base",
      worker: "/w.js",
      database: "tacit",
      relay: "https://relay.example",
    },
    consent: { personalise: true, contribute: false },
    pins: {
      siteKey: "ab".repeat(32),
      helper: "https://helper.example",
      helperKey: toHex(new Uint8Array(32)),
    },
  };
  const files = (name: string): string => `https://a.example/${name}`;
  const place = { address: "https://shop.example/page", files };
  return [
    ofTexts(
      "core/consent.ts#parseChoices",
      [encodeChoices({ revision: 4, personalise: true, contribute: false })],
      parseChoices,
    ),
    ofValues("core/events/event.ts#parseEventInput", [properties], (value) => parseEventInput("view", value)),
    ofValues(
      "core/events/fact.ts#parseFacts",
      [{ ageBand: "25-34", categories: ["Mugs"], n: 3 }],
      parseFacts,
    ),
    ofValues(
      "core/policy/wish.ts#parseWishes",
      [[{ wish: "mute", of: "category", value: "Mugs" }], { wish: null, of: "item", value: "a" }],
      parseWishes,
    ),
    ofValues("core/sum/spending.ts#parseSpending", [spending], parseSpending),
    ofValues("sdk/config.ts#settingsFrom", [config], (value) => settingsFrom(value as never, place)),
    ofValues("sdk/consent.ts#parsePermissions", [config.consent], (value) => parsePermissions("init", value)),
  ];
}
