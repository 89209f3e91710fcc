/**
 * The ESM door: `import { tacit } from "tacit-sdk"`.
 *
 * Importing it on a server touches nothing of a browser; every method then gives its plain answer.
 */
import { browserPage } from "./browser.ts";
import type { FileName } from "./files.ts";
import { Loader } from "./loader/loader.ts";
import type { RestModule } from "./parts.ts";
import { share } from "./shared.ts";
import { surfaceOf } from "./surface.ts";
import type { Tacit } from "./types.ts";

// Bundlers of sites know this expression: they copy the file and put its address here.
const files: Readonly<Record<FileName, () => string>> = {
  "page.js": () => new URL(/* @vite-ignore */ "./page.js", import.meta.url).href,
  "worker.js": () => new URL(/* @vite-ignore */ "./worker.js", import.meta.url).href,
  "ranking.js": () => new URL(/* @vite-ignore */ "./ranking.js", import.meta.url).href,
  "contributing.js": () => new URL(/* @vite-ignore */ "./contributing.js", import.meta.url).href,
  "experiments.js": () => new URL(/* @vite-ignore */ "./experiments.js", import.meta.url).href,
  "shown.js": () => new URL(/* @vite-ignore */ "./shown.js", import.meta.url).href,
  "tokens.js": () => new URL(/* @vite-ignore */ "./tokens.js", import.meta.url).href,
  "moving.js": () => new URL(/* @vite-ignore */ "./moving.js", import.meta.url).href,
  "parquet.js": () => new URL(/* @vite-ignore */ "./parquet.js", import.meta.url).href,
  "words.js": () => new URL(/* @vite-ignore */ "./words.js", import.meta.url).href,
  "encoder.js": () => new URL(/* @vite-ignore */ "./encoder.js", import.meta.url).href,
  "encoder.wasm": () => new URL(/* @vite-ignore */ "./encoder.wasm", import.meta.url).href,
  "debug.js": () => new URL(/* @vite-ignore */ "./debug.js", import.meta.url).href,
};

const page = browserPage<RestModule>();

const surface = surfaceOf(new Loader({ page, files: (name) => files[name]() }));

/** The SDK of this page. */
export const tacit: Tacit = {
  ...surface,
  init(config) {
    // Not before: a page may import this one, and start that of the script tag. Not after: whoever finds it
    // hears what is wrong with its configuration.
    if (page !== null) share(tacit);
    surface.init(config);
  },
};

export type { LeftOutFor } from "../core/events/cleaning/rule.ts";
export type { EventInput, EventKind } from "../core/events/event.ts";
export type { Condition, Range } from "../core/policy/condition.ts";
export type { Boost, Ignored, ListPolicy, Pin, Quota } from "../core/policy/listpolicy.ts";
export type { Wish, WishInput } from "../core/policy/wish.ts";
export type { CategoryFeatures } from "../core/profile/feature.ts";
export type {
  Budget,
  Cleaned,
  ConsentFlags,
  CostOf,
  EditionInForce,
  ExplainOptions,
  Explanation,
  ExportFile,
  ForYouOptions,
  Interest,
  ItemCard,
  ListOptions,
  ListRequest,
  MoveAnswer,
  MoveRefusal,
  MoveStep,
  Panel,
  Parties,
  Pins,
  PlannedKind,
  PlanView,
  Reason,
  Recommendation,
  SegmentDifference,
  SentReport,
  SentSum,
  ShownEvent,
  ShownExperiment,
  ShownFact,
  ShownFeature,
  ShownProfile,
  ShownSegment,
  ShownStage,
  ShownWish,
  SpentOf,
  StageChange,
  TacitExport,
  TrendingOptions,
  Waiting,
  WaitingFor,
} from "../worker/api.ts";
export type * from "./types.ts";
