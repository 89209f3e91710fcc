/**
 * The entry of ranking.js: the edition in force, the person's profile on it, and what the page asks of both. The
 * worker begins to load it as it starts.
 */
import type { Wish } from "../../core/policy/wish.ts";
import type { Prefetch, WorkerConfig } from "../api.ts";
import type { RankedBy } from "../contribute/kinds/contributor.ts";
import { trialsOf } from "../contribute/trials.ts";
import { fetchLog } from "../door/door.ts";
import { deviceLocalTime, type Edges, type Notify, troubleOf } from "../edges.ts";
import type { EventLog } from "../events/eventlog.ts";
import { pausedNow } from "../events/pausing.ts";
import { type WakingExperiments, wakingExperiments } from "../experiments/waking.ts";
import { editionTrust } from "../rank/believe.ts";
import { Editions } from "../rank/editions.ts";
import { rankerStatisticsOf } from "../rank/rankerstatistics.ts";
import type { Store } from "../store/store.ts";
import { FreeText, type WordsModule } from "../texts/freetext.ts";
import { partiesIn } from "../trust/trust.ts";
import { Answers } from "./answers.ts";
import { Person, type PersonParts } from "./person.ts";

export interface RankingParts {
  /** Its server without a slash at the end. */
  readonly config: WorkerConfig;
  readonly edges: Edges;
  readonly notify: Notify;
  readonly store: Pick<Store, "parts" | "logs" | "trials" | "experiments">;
  /** Where the model comes from: the relay, else the server. No slash at its end. */
  readonly from: string;
  /** What was asked for already; null: nothing. */
  readonly prefetch: Prefetch | null;
  /** The edge's, by which something may be on its way already. */
  readonly fetch: Edges["fetch"];
  /** What may be known now; empty for whoever does not want to be known. */
  readonly log: () => Promise<EventLog>;
  /** What the person asked of the shelf. */
  readonly wishes: () => Promise<readonly Wish[]>;
  readonly device: PersonParts["device"];
  /** A log of some entries alone, oldest first. */
  readonly logOf: PersonParts["logOf"];
  readonly loadWords: () => Promise<WordsModule>;
  readonly loadExperiments: () => Promise<typeof import("../experiments/main.ts")>;
  /** Tells other tabs that what is kept is another now. */
  readonly changed: () => void;
  /** Whether this device may contribute; false for good, for whoever asked before, once that was taken back. */
  readonly mayContribute: () => () => boolean;
}

export interface Ranking {
  readonly editions: Editions;
  readonly freeText: FreeText;
  readonly person: Person;
  readonly answers: Answers;
  readonly experiments: WakingExperiments;
  /** What contributes to a ranker asks; null before the whole catalogue has come. */
  readonly rankedBy: () => Promise<RankedBy | null>;
}

/** So long a list waits for what would make it better. */
const listWaitMs = 1_500;

export function openRanking(parts: RankingParts): Ranking {
  const { config, edges, notify, store, from, prefetch, fetch, log, wishes, device, logOf } = parts;
  const { loadWords, loadExperiments, mayContribute, changed } = parts;
  const { server, pins = null, relay = null, files } = config;
  const { nowMs, wait = pause } = edges;
  const trust = editionTrust(() => ({
    ...{ pins, server, nowMs: nowMs(), logs: store.logs },
    wholeLog: () => fetchLog({ edges, server, relay }),
    report: (cause) => notify(troubleOf("edition", cause)),
  }));
  const editions = new Editions({
    server: from,
    ...{ store: store.parts, edges: { ...edges, fetch }, trust, prefetch },
    notify: (notice) => {
      notify(notice);
      if (notice.type === "edition") void experiments.look();
    },
  });
  const freeText = new FreeText({
    ...{ editions, notify, nowMs, wait },
    load: loadWords,
    files: { encoder: files?.["encoder.js"], wasm: files?.["encoder.wasm"] },
    start: edges.startEncoder,
    savesData: edges.savesData ?? (() => false),
  });
  const listWait = () => wait(listWaitMs);
  const localTimeOf = edges.localTimeOf ?? deviceLocalTime;
  const asked = { editions, freeText, notify, nowMs, localTimeOf, listWait, log };
  const person = new Person({ ...asked, device, logOf });
  // Where nobody sums there is nothing to learn.
  const allowed = () => (partiesIn(config) === "none" ? () => false : mayContribute());
  const experiments = wakingExperiments({
    open: async () => {
      const { Experiments } = await loadExperiments();
      const featuresOf = (of: EventLog) => person.featuresOf(of);
      return new Experiments({
        ...{ store: store.experiments, bring: editions.lazyParts() },
        ...{ edges, notify, allowed, log, featuresOf, device, changed },
      });
    },
    isAllowed: () => allowed()(),
    ...{ notify, model: () => editions.current },
  });
  const onTrial = trialsOf({
    ...{ store, edges, notify, allowed },
    isPaused: async () => pausedNow(await log(), nowMs()) !== null,
  });
  const answers = new Answers({ ...asked, person, wishes, onTrial });
  return { editions, freeText, person, answers, experiments, rankedBy: () => rankedBy(editions) };
}

async function rankedBy(editions: Editions): Promise<RankedBy | null> {
  const model = editions.current;
  if (model === null || !model.isWhole) return null;
  await editions.ready(model);
  return {
    factors: model.factors?.id ?? null,
    pairs: model.pairs?.id ?? null,
    statisticsOf: (events, split) => rankerStatisticsOf(model.ranking, events, split),
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
