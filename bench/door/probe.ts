/** Whether a door is open: asked at a fixed beat, whatever came of the question before. */

export interface Waits {
  readonly probes: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly mostMs: number;
}

const beatMs = 20;

/**
 * Asks an address every 20 ms for as long as `work` takes. What is told is the time from when a question was due to
 * its answer: one that had to wait is not asked less often for it.
 */
export async function probedDuring(url: string, work: () => Promise<void>): Promise<Waits> {
  const waits: number[] = [];
  const failures: unknown[] = [];
  const asked: Promise<unknown>[] = [];
  const beginMs = performance.now();
  const ask = async (dueMs: number): Promise<void> => {
    const response = await fetch(url);
    await response.arrayBuffer();
    if (response.status !== 200) throw new Error(`door: ${url} must answer with 200, got ${response.status}`);
    waits.push(performance.now() - dueMs);
  };
  const timer = setInterval(() => {
    while (beginMs + asked.length * beatMs <= performance.now())
      asked.push(ask(beginMs + asked.length * beatMs).catch((error) => failures.push(error)));
  }, beatMs);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  await Promise.all(asked);
  if (failures.length > 0) throw failures[0];
  return waitsOf(waits);
}

export function waitsOf(waits: readonly number[]): Waits {
  const sorted = waits.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { probes: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99), mostMs: at(1) };
}
