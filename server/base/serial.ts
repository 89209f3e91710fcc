/** Runs asynchronous work one piece after another: what changes the model must not interleave. */
export class Serial {
  #last: Promise<unknown> = Promise.resolve();

  /** Starts `work` when everything handed over before has ended, well or badly. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Resolves when nothing is left to do. */
  async settled(): Promise<void> {
    await this.#last;
  }
}
