/**
 * The entry of contributing.js: what answers the server's tasks. The worker loads it where this device may
 * contribute, whatever there is to say and whenever: whoever hosts the file learns of the consent, and of no report.
 */
import type { PriceOf } from "../../core/experiments/measure.ts";
import { declinesSegment } from "../../core/facts/steering.ts";
import type { FeatureValues } from "../../core/profile/table.ts";
import type { PrivacyPlan } from "../../core/sum/plan.ts";
import type { WorkerConfig } from "../api.ts";
import type { Edges, Notify, PrivacyPass } from "../edges.ts";
import { isAutomated } from "../events/automation.ts";
import type { EventLog } from "../events/eventlog.ts";
import type { Journal } from "../events/journal.ts";
import type { Editions } from "../rank/editions.ts";
import type { Model } from "../rank/model.ts";
import type { Records } from "../store/records.ts";
import type { Store } from "../store/store.ts";
import type { ContributeParts } from "./contribute.ts";
import { Contributing } from "./contributing.ts";
import type { AnyContributor, Factors, RankedBy } from "./kinds/contributor.ts";
import { contributors as allContributors } from "./kinds/registry.ts";
import { Ledger } from "./ledger.ts";
import { limitsFor } from "./limits.ts";
import { paceFor } from "./pace.ts";
import { Wallet } from "./wallet.ts";

export interface ContributingParts {
  /** Its server without a slash at the end. */
  readonly config: WorkerConfig;
  readonly edges: Edges;
  readonly notify: Notify;
  readonly store: Store;
  readonly records: Records;
  readonly journal: Journal;
  readonly editions: Pick<Editions, "settled" | "current">;
  /** What ranks, once it is ready to; null before the whole catalogue has come. */
  readonly rankedBy: () => Promise<RankedBy | null>;
  /** The person's features now, of what counts of a log. */
  readonly featuresOf: (log: EventLog) => FeatureValues;
  /** Whether this device may contribute; false for good, for whoever asked before, once that was taken back. */
  readonly mayContribute: () => () => boolean;
  /** Ends what is under way once it was. */
  readonly signal: () => AbortSignal;
  readonly onPlan: (plan: PrivacyPlan) => void;
  /** Kinds of sums to take part in; all unless given. */
  readonly kinds?: readonly AnyContributor[] | undefined;
}

export function openContributing(parts: ContributingParts): Contributing {
  const { config, edges, notify, store, records, journal, editions, featuresOf, rankedBy } = parts;
  const { mayContribute, signal, onPlan, kinds: contributors = allContributors } = parts;
  const { server, pins = null, relay = null, files } = config;
  const load = async (): Promise<PrivacyPass> => {
    if (edges.loadPrivacyPass !== undefined) return edges.loadPrivacyPass(files?.["tokens.js"]);
    throw new Error("tokens: expected a way to blind them, got none");
  };
  const ledger = new Ledger(store, { limits: limitsFor(server), records });
  /** Null while nothing may be sent. */
  const partsNow = (askAgainMs: () => number): ContributeParts | null => {
    const allowed = mayContribute();
    if (!allowed()) return null;
    return {
      ...{ server, relay, pins, edges, allowed, notify, journal, ledger, askAgainMs, contributors },
      ...{ onPlan, signal: signal() },
      // Whoever wants to be in no segment is in no sum of them either.
      featuresOf: (log) =>
        editions.current?.isWhole === true && !declinesSegment(log) ? featuresOf(log) : null,
      wallet: (issuer) => new Wallet({ store: store.tokens, edges, issuer, load }),
      logs: store.logs,
      isAutomated: (log) => isAutomated({ config, log }),
      schedule: store.schedule,
      ...{ trials: store.trials, experiments: store.experiments },
      downloads: {
        settled: () => editions.settled(),
        factors: () => factorsOf(editions.current),
        pairs: () => editions.current?.pairs ?? null,
        priceOf: () => priceOf(editions.current),
        ranking: rankedBy,
      },
    };
  };
  return new Contributing({
    lock: `tacit:${config.database}:contribute`,
    ...{ edges, notify, store: store.schedule, parts: partsNow },
    pace: edges.pace ?? paceFor(config),
  });
}

function priceOf(model: Model | null): PriceOf | null {
  if (model === null || !model.isWhole) return null;
  return (item) => model.catalogue[model.rowOf.get(item) ?? -1]?.price ?? null;
}

/** The factors part as contributions read it; null while there is none. */
function factorsOf(model: Model | null): Factors | null {
  const view = model?.factors ?? null;
  return view === null ? null : { id: view.id, ...view.rows, rowOf: view.rowOf };
}
