/**
 * What a good client sends to every route, made by the code that good clients are: what is sent is this, changed. The
 * routes themselves are read from the applications, so that a new one without an entry here is noticed.
 */

import { join } from "node:path";
import type { Hono } from "hono";
import { fromHex } from "../../core/bytes.ts";
import { parseEdition } from "../../core/model/edition.ts";
import { encodeRanker } from "../../core/model/ranker.ts";
import { encodeSegments } from "../../core/model/segments.ts";
import { parseEditionAnswer } from "../../core/wire/editions.ts";
import { ohttpMedia } from "../../core/wire/ohttp.ts";
import { encodeReport } from "../../core/wire/report.ts";
import { parseCanonical } from "../../core/wire/signed.ts";
import { encodeChunkRequest, encodeCloseRequest } from "../../core/wire/sums.ts";
import { directoryPath, tokenMedia } from "../../core/wire/tokens.ts";
import { encodeLearned } from "../../server/kinds/itemfactors/learned.ts";
import { signedHeaders } from "../../server/tasks/helperwire.ts";
import { Identity } from "../../server/tasks/keys/identity.ts";
import { begin } from "../../worker/contribute/privacypass.ts";
import { encapsulate, gatewayKeyOf } from "../../worker/door/ohttp.ts";
import { rankerPart } from "../rankerpart.ts";
import { segmentsPart } from "../segmentspart.ts";
import { catalogueOf, randomValues, reportOf, temporaryDirectory } from "../server/harness.ts";
import type { Chance } from "./chance.ts";
import { catalogues, feedTexts, hostileFile } from "./readers.ts";
import type { Asked } from "./requests.ts";
import { authorized, openTasksOf, type Site } from "./site.ts";
import { hostileJsonText } from "./values.ts";

/** `GET /v1/parts/:id` of each route that an application has. */
export function routesOf({ routes }: Hono): readonly string[] {
  const own = routes.filter(({ method, path }) => method !== "ALL" && !path.endsWith("*"));
  return [...new Set(own.map(({ method, path }) => `${method} ${path}`))].sort();
}

export type ValidRequest = (chance: Chance) => Asked;

const none = new Uint8Array(0);
const admin: Asked["headers"] = [["authorization", authorized.authorization]];

/** Valid requests, by route; and bodies of other routes to splice them with. */
export interface Requests {
  readonly byRoute: ReadonlyMap<string, ValidRequest>;
  readonly bodies: readonly Uint8Array[];
}

/** Routes that have the server work for long: asked less often than the others. */
export const slowRoutes: ReadonlySet<string> = new Set([
  "POST /v1/admin/catalogue",
  "POST /v1/admin/learned",
  "POST /v1/admin/segments",
  "POST /v1/admin/ranker",
  "POST /v1/admin/policy",
  "POST /v1/admin/experiments/:name/start",
  "POST /v1/admin/keys/rotate",
]);

export async function requestsTo(site: Site): Promise<Requests> {
  const { leader } = site.urls;
  const tasks = await openTasksOf(site);
  const editionAnswer = parseEditionAnswer(await (await fetch(`${leader}/v1/edition`)).json());
  const edition = parseEdition(parseCanonical("edition", editionAnswer.edition.document));
  const ids = [edition.head, ...edition.parts].map(({ id }) => id);
  const editionIds = [`${edition.sequence}`, ...ids];
  const reports = await Promise.all(
    Array.from({ length: 12 }, async (_, k) =>
      encodeReport(await reportOf({ tasks, block: k % 3, values: randomValues(tasks) })),
    ),
  );
  const config = gatewayKeyOf(fromHex(tasks.lists.leader.gateway ?? ""));
  const octets = { "content-type": "application/octet-stream" };
  const sealed = await Promise.all(
    reports.map(async (body) => {
      const request = { method: "POST", url: `${leader}/v1/reports`, headers: octets, body } as const;
      return (await encapsulate({ config, request })).body;
    }),
  );
  const issuerKey = tasks.lists.helper.issuer?.keys[0] ?? "";
  const { request: tokenRequest } = await begin("127.0.0.1", fromHex(issuerKey));
  const stranger = Identity.open(join(temporaryDirectory(), "stranger.json"));
  const batch = { batch: new Uint8Array(16).fill(7), task: "ab".repeat(32), block: 0, lane: 0, number: 0 };
  const offered = { id: new Uint8Array(16), helperKey: 1, helperSeed: new Uint8Array(80), token: none };
  const chunk = encodeChunkRequest({ ...batch, chunk: 0, reports: [offered] });
  const closing = encodeCloseRequest({ ...batch, chunks: 1, counted: 1, laneSecret: new Uint8Array(32) });
  const items = catalogueOf(30).map(({ item }) => item);
  const learned = new Uint8Array(
    encodeLearned({
      ...{ items, dim: 3, factors: new Float64Array(90).fill(0.1) },
      ...{ counts: new Float64Array(30), people: new Float64Array(30), countVariance: new Float64Array(30) },
    }),
  );
  const segments = encodeSegments(segmentsPart());
  const ranker = encodeRanker(rankerPart());
  const rules = { all: { filter: { price: { from: 1 } }, pin: [{ item: items[0], place: 1 }] } };
  const policy = new TextEncoder().encode(JSON.stringify(rules));
  const documents = tasks.answer.tasks.map((signed) => ({ kind: "task", ...signed }));

  const get = (path: string | ((chance: Chance) => string), headers: Asked["headers"] = []): ValidRequest => {
    return (chance) => ({
      method: "GET",
      path: typeof path === "string" ? path : path(chance),
      headers,
      body: none,
    });
  };
  const post = (
    path: string,
    body: (chance: Chance) => Uint8Array,
    headers: Asked["headers"],
  ): ValidRequest => {
    return (chance) => ({ method: "POST", path, headers, body: body(chance) });
  };
  const nothing = () => none;
  const aPart = (chance: Chance) => `/v1/parts/${chance.pick(ids)}`;
  const strangers = (path: string, body: Uint8Array) =>
    post(path, () => body, Object.entries(signedHeaders(body, stranger)));
  const ohttp: Asked["headers"] = [["content-type", ohttpMedia.request]];

  const experimentStep = (step: string, body: string): readonly [string, ValidRequest] => [
    `POST /v1/admin/experiments/:name/${step}`,
    (chance) => ({
      ...post("", () => bytesOf(body), admin)(chance),
      path: `${anExperiment(chance)}/${step}`,
    }),
  ];

  const byRoute = new Map<string, ValidRequest>([
    ["GET /health/live", get("/health/live")],
    ["GET /health/ready", get("/health/ready")],
    ["GET /v1/edition", get("/v1/edition")],
    ["GET /v1/head", get("/v1/head")],
    ["GET /v1/parts/:id", get(aPart)],
    ["GET /v1/tasks", get("/v1/tasks")],
    ["GET /v1/log", get("/v1/log")],
    ["POST /v1/reports", post("/v1/reports", (chance) => chance.pick(reports), Object.entries(octets))],
    ["POST /v1/gateway", post("/v1/gateway", (chance) => chance.pick(sealed), ohttp)],
    ["POST /v1/relay", post("/v1/relay", (chance) => chance.pick(sealed), ohttp)],
    [`GET ${directoryPath}`, get(directoryPath)],
    ["POST /v1/tokens", post("/v1/tokens", () => tokenRequest, [["content-type", tokenMedia.request]])],
    ["GET /v1/helper/keys", get("/v1/helper/keys")],
    ["GET /v1/helper/log", get("/v1/helper/log")],
    [
      "POST /v1/helper/documents",
      post("/v1/helper/documents", (chance) => bytesOf(hostileJsonText(chance, chance.pick(documents))), []),
    ],
    ["POST /v1/helper/chunks", strangers("/v1/helper/chunks", chunk)],
    ["POST /v1/helper/closings", strangers("/v1/helper/closings", closing)],
    ["GET /v1/admin/status", get("/v1/admin/status", admin)],
    ["GET /v1/admin/editions", get("/v1/admin/editions", admin)],
    ["GET /v1/admin/work", get("/v1/admin/work", admin)],
    ["GET /v1/admin/items", get("/v1/admin/items", admin)],
    ["GET /v1/admin/facts", get("/v1/admin/facts", admin)],
    ["GET /v1/admin/segments", get("/v1/admin/segments", admin)],
    ["POST /v1/admin/segments", post("/v1/admin/segments", () => segments, admin)],
    ["GET /v1/admin/model", get("/v1/admin/model", admin)],
    ["POST /v1/admin/ranker", post("/v1/admin/ranker", () => ranker, admin)],
    ["GET /v1/admin/policy", get("/v1/admin/policy", admin)],
    ["POST /v1/admin/policy", post("/v1/admin/policy", () => policy, admin)],
    ["GET /v1/admin/experiments", get("/v1/admin/experiments", admin)],
    ["POST /v1/admin/experiments", post("/v1/admin/experiments", () => bytesOf(banner), admin)],
    ["GET /v1/admin/experiments/:name/report", get((chance) => `${anExperiment(chance)}/report`, admin)],
    ...["start", "stop", "remove"].map((step) => experimentStep(step, "")),
    experimentStep("widen", JSON.stringify({ coverage: 0.7 })),
    [
      "POST /v1/admin/editions/:id/publish",
      (chance) => ({
        ...post("", nothing, admin)(chance),
        path: `/v1/admin/editions/${chance.pick(editionIds)}/publish`,
      }),
    ],
    ["POST /v1/admin/rounds/close", post("/v1/admin/rounds/close", nothing, admin)],
    ["POST /v1/admin/keys/rotate", post("/v1/admin/keys/rotate", nothing, admin)],
    ["POST /v1/admin/catalogue", (chance) => hostileImport(chance)],
    ["POST /v1/admin/learned", post("/v1/admin/learned", () => learned, admin)],
  ]);
  return {
    byRoute,
    bodies: [...reports.slice(0, 2), sealed[0], tokenRequest, chunk, learned, bytesOf("id,title\na,Mug\n")],
  };
}

/** As an operator writes one down. */
const banner = JSON.stringify({
  name: "banner",
  arms: [{ name: "as-now" }, { name: "large", value: { size: "large" } }],
  metrics: [{ name: "clicks", of: { count: "click" }, cap: 4, isAdjusted: true }],
  ...{ coverage: 0.5, strata: { by: "visitor" }, audience: { devices: ["phone"], facts: { size: "m" } } },
});

function anExperiment(chance: Chance): string {
  return `/v1/admin/experiments/${chance.pick(["banner", "banner", "none", "__proto__", "%2e%2e", "%ff"])}`;
}

/** A file of an operator's, hostile as readers.ts makes them, and how it is to be read. */
function hostileImport(chance: Chance): Asked {
  const { bytes, charset, asked } = hostileFile(chance, [...catalogues, ...feedTexts], "catalogue");
  const { format, map, decimal, skipFaults, variants } = asked;
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ format, map, decimal, "skip-faults": skipFaults, variants })) {
    if (value !== undefined) query.set(name, value.slice(0, 500));
  }
  const type = charset === undefined ? "text/csv" : `text/csv; charset=${charset.replaceAll(/[^\w-]/g, "")}`;
  return {
    method: "POST",
    path: `/v1/admin/catalogue?${query}`,
    headers: [...admin, ["content-type", type]],
    body: bytes,
  };
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
