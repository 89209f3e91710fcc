/** Runs in the page: times calls of `track()`, or of a function that does nothing in its place. */

export interface Timed {
  /** Each call. */
  readonly callUs: number[];
  /** All of them, without what a task's end adds. */
  readonly loopUs: number;
  /** For each task, from its last call until its microtasks have run. */
  readonly endUs: number[];
  readonly stepUs: number;
  readonly isIsolated: boolean;
}

interface Tracked {
  readonly track: (kind: string, properties: object) => void;
}

const nothing: Tracked = { track: () => undefined };

/** @param isTracked false: what timing a call costs by itself. */
export async function timeCalls([calls, callsATask, isTracked]: readonly [
  number,
  number,
  boolean,
]): Promise<Timed> {
  const { tacit } = isTracked ? (globalThis as unknown as { readonly tacit: Tracked }) : { tacit: nothing };
  const nowUs = (): number => performance.now() * 1000;
  const nextTask = (): Promise<void> =>
    new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(0);
    });
  const callUs: number[] = [];
  const endUs: number[] = [];
  let stepUs = Number.POSITIVE_INFINITY;
  for (let before = nowUs(), tries = 0; tries < 20_000; tries++) {
    const now = nowUs();
    if (now > before) stepUs = Math.min(stepUs, now - before);
    before = now;
  }
  let loopUs = 0;
  while (callUs.length < calls) {
    await nextTask();
    const beginUs = nowUs();
    for (let nth = 0; nth < callsATask && callUs.length < calls; nth++) {
      const item = `item ${callUs.length}`;
      const fromUs = nowUs();
      tacit.track("click", { item, position: 3, list: "for-you" });
      callUs.push(nowUs() - fromUs);
    }
    const tillUs = nowUs();
    loopUs += tillUs - beginUs;
    // Behind what the calls have put there.
    await new Promise<void>((resolve) => queueMicrotask(resolve));
    endUs.push(nowUs() - tillUs);
  }
  return { callUs, loopUs, endUs, stepUs: Math.round(stepUs * 10) / 10, isIsolated: crossOriginIsolated };
}
