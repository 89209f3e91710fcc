/**
 * The leader's shares of a chunk: opened, a page at a time, and added up. Which of them count the helper says
 * later; the few that do not are opened again and taken out, so that a share is opened once as the rule and a
 * chunk never stands in memory.
 */
import { uint32FromBytes } from "../../core/bytes.ts";
import { addInto, allInField, subtractFrom } from "../../core/sum/field.ts";
import { sealedAad } from "../../core/wire/report.ts";
import type { OfferedReport } from "../../core/wire/sums.ts";
import { yieldToEventLoop } from "../base/eventloop.ts";
import type { LeaderQueries } from "../store/leaderstore.ts";
import { reportsAt, type StoredReport } from "../store/reports.ts";
import type { StoredTask } from "../store/tasks.ts";
import type { KeyRing } from "./keys/keyring.ts";

export interface ShareParts {
  readonly store: LeaderQueries;
  readonly keys: KeyRing;
}

/** Why the leader offers the helper a report not at all. */
type Unusable = "unsealable" | "wrong-length" | "outside-field";

type LeaderShare =
  | { readonly ok: true; readonly share: Uint32Array }
  | { readonly ok: false; readonly why: Unusable };

/** A report whose share was opened and added. */
export type Usable = OfferedReport & { readonly seq: number };

export interface OpenedShares {
  readonly sum: Uint32Array;
  readonly usable: readonly Usable[];
  readonly leftOut: Readonly<Record<string, number>>;
}

export async function openShares(
  { store, keys }: ShareParts,
  task: StoredTask,
  places: readonly number[],
): Promise<OpenedShares> {
  const { length } = task.task;
  const sum = new Uint32Array(length);
  const usable: Usable[] = [];
  const leftOut: Record<string, number> = {};
  for await (const reports of reportsAt(store, places)) {
    for (const report of reports) {
      const opened = await leaderShareOf(keys, task, report);
      if (opened.ok) {
        addInto(sum, opened.share);
        const { seq, id, helperKey, helperSeed, token } = report;
        usable.push({ seq, id, helperKey, helperSeed, token });
      } else {
        leftOut[opened.why] = (leftOut[opened.why] ?? 0) + 1;
      }
    }
    // A page takes milliseconds: the server answers in between.
    await yieldToEventLoop();
  }
  return { sum, usable, leftOut };
}

/** Takes shares out of a sum that they were added to. */
export async function takeOutInPlace(
  sum: Uint32Array,
  { store, keys }: ShareParts,
  task: StoredTask,
  places: readonly number[],
): Promise<void> {
  for await (const reports of reportsAt(store, places)) {
    for (const report of reports) {
      const opened = await leaderShareOf(keys, task, report);
      if (!opened.ok) {
        throw new Error("takeOutInPlace: expected a share that could be opened before, got one that cannot");
      }
      subtractFrom(sum, opened.share);
    }
    await yieldToEventLoop();
  }
}

async function leaderShareOf(
  keys: KeyRing,
  { id: task, task: { length } }: StoredTask,
  { id, block, leaderKey, leaderShare }: StoredReport,
): Promise<LeaderShare> {
  const bytes = await keys.unseal(leaderKey, leaderShare, sealedAad({ task, id, block }));
  if (bytes === null) return { ok: false, why: "unsealable" };
  if (bytes.length !== length * 4) return { ok: false, why: "wrong-length" };
  const share = uint32FromBytes(bytes);
  return allInField(share) ? { ok: true, share } : { ok: false, why: "outside-field" };
}
