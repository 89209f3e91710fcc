/** What a page asks, by method: each is answered by the worker, or plainly. */
import { proxy, type Remote } from "comlink";
import { show } from "../../core/errors.ts";
import type {
  ExplainOptions,
  Explanation,
  ExportFile,
  ForYouOptions,
  ListOptions,
  ListRequest,
  MoveAnswer,
  MoveStep,
  Panel,
  Recommendation,
  ShownEvent,
  TacitExport,
  TrendingOptions,
  WorkerApi,
} from "../../worker/api.ts";
import { plainEvents, plainItem, plainItems, plainText } from "../plain.ts";
import { answerLimitMs, type Questions } from "../questions.ts";
import type { EventsGiven, ExportOptions, ItemsGiven, Tacit } from "../types.ts";

/** A file of its own is loaded, and a whole journal sealed. */
const fileLimitMs = 60_000;

type Asked =
  | ("recommend" | "similar" | "goesWith" | "search" | "trending" | "lists" | "explain")
  | ("panel" | "reportBytes" | "exportData" | "move" | "forget");

/** The methods that are answered here, as a page calls them. */
export type Answers = Pick<Tacit, Asked>;

export function answersOf(questions: Questions): Answers {
  return {
    recommend: (options?: ForYouOptions) =>
      questions.list("recommend", { options }, (plain) => ({ ask: (worker) => worker.forYou(plain) })),

    similar: (item: string, options?: ListOptions) =>
      questions.list("similar", { about: item, options }, (plain) => {
        const about = plainItem("similar", item);
        return { about, ask: (worker) => worker.similar(about, plain) };
      }),

    goesWith: (items: ItemsGiven, options?: ListOptions) =>
      questions.list("goesWith", { about: items, options }, (plain) => {
        const about = plainItems("goesWith", items);
        return { about, ask: (worker) => worker.goesWith(about, plain) };
      }),

    search: (text: string, options?: ListOptions) =>
      questions.list("search", { about: text, options }, (plain) => {
        const about = plainText("search", text);
        return { about, ask: (worker) => worker.search(about, plain) };
      }),

    trending: (options?: TrendingOptions) =>
      questions.list("trending", { options }, (plain) => ({ ask: (worker) => worker.trending(plain) })),

    lists: <Name extends string>(
      requests: Readonly<Record<Name, ListRequest>>,
    ): Promise<Readonly<Record<Name, readonly Recommendation[]>>> => questions.lists(requests),

    explain: (item: string, options?: ExplainOptions) =>
      questions.ask<Explanation | null>("explain", null, () => {
        const plain = questions.plainOptions("explain", options);
        const about = plainItem("explain", item);
        return (worker) => worker.explain(about, plain);
      }),

    panel: () => questions.ask<Panel | null>("panel", null, () => wholePanel),

    reportBytes: (id: string) =>
      questions.ask<Uint8Array | null>(
        "reportBytes",
        null,
        () => (worker) => worker.reportBytes(plainItem("reportBytes", id, "id")),
      ),

    // The cast says what the question does: an export in the form that is asked for.
    exportData: ((options?: ExportOptions) => exportData(questions, options)) as Tacit["exportData"],

    move: (step: MoveStep) =>
      questions.ask<MoveAnswer | null>(
        "move",
        null,
        () => (worker) => worker.move(step),
        () => fileLimitMs,
      ),

    forget: (events: EventsGiven) =>
      questions.ask<void>("forget", undefined, () => {
        const ids = plainEvents("forget", events);
        return (worker) => worker.forget(ids);
      }),
  };
}

/** With its events, which come in parts. */
async function wholePanel(worker: Remote<WorkerApi>): Promise<Panel> {
  let events: ShownEvent[] = [];
  const take = (some: readonly ShownEvent[] | null): void => {
    if (some === null) events = [];
    else events.push(...some);
  };
  const panel = await worker.panel(proxy(take));
  return { ...panel, events: [...events, ...panel.events] };
}

function exportData(
  questions: Questions,
  options?: ExportOptions,
): Promise<TacitExport | readonly ExportFile[] | null> {
  let limitMs = answerLimitMs;
  const question = () => {
    const { format = "json" } = options ?? {};
    if (format === "parquet") {
      limitMs = fileLimitMs;
      return (worker: Remote<WorkerApi>) => worker.exportFiles();
    }
    if (format === "json") return (worker: Remote<WorkerApi>) => worker.exportData();
    throw new TypeError(`exportData: format must be "json" or "parquet", got ${show(format)}`);
  };
  return questions.ask<TacitExport | readonly ExportFile[] | null>(
    "exportData",
    null,
    question,
    () => limitMs,
  );
}
