/** What an operator sees of a leader: its edition, its rounds, what they found, and what it is at. */

import { toHex } from "../../core/bytes.ts";
import { stagesOf } from "../../core/model/ranker.ts";
import type { Config } from "../base/config.ts";
import { noiseOf } from "../kinds/noise.ts";
import type { Editions } from "../publishing/editions.ts";
import type { InForce } from "../publishing/inforce.ts";
import { batchesOf } from "../store/batches.ts";
import { listFindings } from "../store/findings.ts";
import type { LeaderStore } from "../store/leaderstore.ts";
import { countReports } from "../store/reports.ts";
import { listTasks, type TaskRecord } from "../store/tasks.ts";
import type { Cycle } from "../tasks/cycle.ts";
import type { Intake } from "../tasks/intake.ts";
import { workOf } from "./adminwork.ts";

const roundsShown = 20;
const findingsShown = 10;

export interface StatusParts {
  readonly config: Config;
  readonly editions: Editions;
  readonly cycle: Pick<Cycle, "troubles" | "waits">;
  readonly intake: Pick<Intake, "refused">;
  readonly leaderStore: LeaderStore;
}

export async function statusOf({ editions, leaderStore, intake, cycle, config }: StatusParts) {
  const { inForce } = editions;
  const tasks = await listTasks(leaderStore, roundsShown);
  const rounds = await Promise.all(tasks.map((task) => roundOf(task, leaderStore)));
  const findings = await listFindings(leaderStore, findingsShown);
  return {
    role: config.role,
    edition:
      inForce === null
        ? null
        : {
            id: inForce.id,
            sequence: inForce.sequence,
            round: inForce.model.round,
            items: inForce.model.items,
            /** Items that nobody has learned yet: they wait for the next round. */
            waiting: waitingIn(inForce),
            /** Rounds on pairs and reports of the last one; what part of a score they have. */
            pairs: pairsIn(inForce),
            /** Names and shares of the published segments, and what they were learned from. */
            segments: segmentsIn(inForce),
            /** Who taught what orders lists, and what each stage gains. */
            ranker: rankerIn(inForce),
          },
    /** By kind that is asked for, as a multiple of a report's bound. */
    noise: Object.fromEntries(noiseOf(config).map(({ kind, noiseMultiplier }) => [kind, noiseMultiplier])),
    /** Why tasks are not open yet, by kind. */
    opening: cycle.troubles,
    /** Why open rounds go on, by kind. */
    waits: cycle.waits,
    /** What is imported, judged or compressed now. */
    work: workOf(editions).running,
    /** Sums of uploads refused since the server started, by reason. */
    refused: intake.refused,
    /** Accepted reports that went into no sum, in the rounds shown, by reason. */
    leftOut: totalOf(rounds.flatMap(({ batches }) => batches.map(({ leftOut }) => leftOut))),
    rounds,
    findings: findings.map(({ atMs, finding, ...row }) => ({
      ...row,
      at: new Date(atMs).toISOString(),
      finding: JSON.parse(finding),
    })),
  };
}

function waitingIn({ model, learned }: InForce): number {
  const known = new Set(learned.items);
  return model.catalogue.filter(({ item }) => !known.has(item)).length;
}

function totalOf(counts: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const total: Record<string, number> = {};
  for (const [why, count] of counts.flatMap(Object.entries)) total[why] = (total[why] ?? 0) + count;
  return total;
}

async function roundOf({ seq, id, openedAtMs, ...record }: TaskRecord, store: LeaderStore) {
  const counts = await countReports(store, seq);
  const batches = await batchesOf(store, seq);
  return {
    ...record,
    task: id,
    openedAt: new Date(openedAtMs).toISOString(),
    /** Sealed reports that are in no sum yet, by block; blocks without are left out. */
    waiting: Object.fromEntries(counts),
    batches: batches.map(({ task: _task, id: batch, ...rest }) => ({ id: toHex(batch), ...rest })),
  };
}

function pairsIn({ parts, edition }: InForce) {
  if (parts.pairs === null) return null;
  const { round, reports, items, pattern } = parts.pairs.part;
  const { pairWeight = 0, recentWeight = 0 } = edition.model;
  const weights = round === 0 ? { weight: 0, recentWeight: 0 } : { weight: pairWeight, recentWeight };
  return { round, reports, items: items.length, pairs: pattern.pairCount, ...weights };
}

function rankerIn({ parts }: InForce) {
  if (parts.ranker === null) return null;
  const { part } = parts.ranker;
  const { people, origin, judged } = part;
  return { people, origin, judged: judged === undefined ? null : { ...judged, stages: stagesOf(part) } };
}

function segmentsIn({ parts }: InForce) {
  if (parts.segments === null) return null;
  const { people, origin, segments } = parts.segments.part;
  return { people, origin, segments: segments.map(({ name, share }) => ({ name, share })) };
}
