/**
 * A clock for devices that runs faster than the one on the wall, and only while this process does: time in
 * which it computes, or waits for a processor, counts as one tick. So a busy machine makes a bench slower and
 * not a visitor's page, while requests, storage and waits cost what they take, times the speed.
 */

const tickMs = 20;

export class FastClock {
  readonly #speed: number;
  #nowMs = 0;
  #lastAt = performance.now();
  #waiting: { readonly atMs: number; readonly wake: () => void }[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(speed: number) {
    this.#speed = speed;
  }

  /** Milliseconds since it was made. */
  get nowMs(): number {
    this.#tick();
    return this.#nowMs;
  }

  /** @param signal whoever waits is not woken any more once it is aborted. */
  wait(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        if (signal?.aborted !== true) resolve();
      };
      this.#waiting.push({ atMs: this.nowMs + ms, wake });
      this.#go();
    });
  }

  #tick(): void {
    const at = performance.now();
    this.#nowMs += Math.min(tickMs, at - this.#lastAt) * this.#speed;
    this.#lastAt = at;
  }

  #go(): void {
    if (this.#timer !== null) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#tick();
      const due = this.#waiting.filter(({ atMs }) => atMs <= this.#nowMs);
      this.#waiting = this.#waiting.filter(({ atMs }) => atMs > this.#nowMs);
      for (const { wake } of due) wake();
      if (this.#waiting.length > 0) this.#go();
    }, tickMs / 4);
  }
}
