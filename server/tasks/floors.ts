/** The helper's own floors, which a task must stay within whatever the leader wrote into it. */
import type { Task } from "../../core/tasks/task.ts";
import { dayMs } from "../../core/time.ts";
import { type NotVouched, notVouched } from "./vouchreply.ts";

/** What the helper insists on, whatever a task says. */
export interface HelperFloors {
  readonly minBatch: number;
  /** Standard deviation of each aggregator's noise as a multiple of the sensitivity. */
  readonly noiseMultiplier: number;
  /** Most numbers in a vector. */
  readonly vectorLength: number;
  /** Most numbers in one sum of each lane of each block: what the helper keeps of an open task. */
  readonly taskNumbers: number;
  /** Longest life of a task. */
  readonly taskDays: number;
  /** Whether a task must ask for tokens. */
  readonly tokens: boolean;
  /** Most new tasks of a kind in 24 hours. */
  readonly tasksPerDay: number;
  /** Most new plans in 24 hours, and most new editions. */
  readonly documentsPerDay: number;
  /** Most kinds that tasks may be open of at once. */
  readonly taskKinds: number;
}

export const leastFloors: HelperFloors = {
  minBatch: 1,
  noiseMultiplier: 0,
  vectorLength: 262_144,
  taskNumbers: 268_435_456,
  taskDays: 60,
  tokens: false,
  tasksPerDay: 48,
  documentsPerDay: 48,
  taskKinds: 8,
};

interface FloorOptions {
  readonly floors: HelperFloors;
  /** Whether the helper can check tokens. */
  readonly knowsTokens: boolean;
  readonly nowMs: number;
}

/** Why a task is not within the floors, or null. */
export function taskFault(task: Task, { floors, knowsTokens, nowMs }: FloorOptions): NotVouched | null {
  const { length, sigma, sensitivity } = task;
  const numbers = length * task.blocks * task.lanes;
  const lastMs = nowMs + floors.taskDays * dayMs;
  if (task.minBatch < floors.minBatch) {
    return notVouched("below-floor", `minBatch must be at least ${floors.minBatch}, got ${task.minBatch}`);
  }
  // What a multiplication rounds off must not turn an honest task away.
  if (sigma < floors.noiseMultiplier * sensitivity * (1 - 1e-9)) {
    return notVouched(
      "below-floor",
      `sigma must be at least ${floors.noiseMultiplier} times sensitivity ${sensitivity}, got ${sigma}`,
    );
  }
  if (task.tokenKey === null && floors.tokens) {
    return notVouched("below-floor", "tokenKey must name an issuer's key, got null");
  }
  if (task.tokenKey !== null && !knowsTokens) {
    return notVouched("below-floor", "tokenKey must be null where the helper knows no issuer, got a key");
  }
  if (length > floors.vectorLength) {
    return notVouched("too-large", `a vector may have ${floors.vectorLength} numbers, got ${length}`);
  }
  if (numbers > floors.taskNumbers) {
    return notVouched("too-large", `all sums may have ${floors.taskNumbers} numbers, got ${numbers}`);
  }
  if (task.expiresAtMs <= nowMs) {
    return notVouched("expired", `expiresAtMs must lie ahead, got ${task.expiresAtMs}`);
  }
  if (task.expiresAtMs > lastMs) {
    return notVouched("below-floor", `expiresAtMs must be at most ${lastMs}, got ${task.expiresAtMs}`);
  }
  return null;
}
