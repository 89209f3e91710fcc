/**
 * The windows of a WebDriver session, for tabs that are used at once: a command goes to the window that was
 * switched to, so each is a turn of its own. A browser without a window ends its session: the last one that
 * is closed leaves an empty one behind, which is the next to be opened.
 */
import type { WebDriverSession } from "./webdriver.ts";

export class Windows {
  readonly #session: WebDriverSession;
  readonly #open = new Set<string>();
  #free: string | null;
  #current: string;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(session: WebDriverSession, first: string) {
    this.#session = session;
    this.#free = this.#current = first;
  }

  static async of(session: WebDriverSession): Promise<Windows> {
    return new Windows(session, await session.window());
  }

  within<T>(handle: string, work: () => Promise<T>): Promise<T> {
    return this.#next(async () => {
      await this.#switchTo(handle);
      return work();
    });
  }

  /** The handle of a window that shows nothing yet. */
  open(): Promise<string> {
    return this.#next(async () => {
      const handle = this.#free ?? (await this.#session.newWindow());
      this.#free = null;
      this.#open.add(handle);
      return handle;
    });
  }

  close(handle: string): Promise<void> {
    return this.#next(async () => {
      this.#open.delete(handle);
      if (this.#open.size === 0) this.#free ??= await this.#session.newWindow();
      await this.#switchTo(handle);
      await this.#session.closeWindow();
      // A session whose window was closed opens no other.
      await this.#switchTo(this.#free ?? [...this.#open][0]);
    });
  }

  async #switchTo(handle: string): Promise<void> {
    if (this.#current !== handle) await this.#session.switchTo(handle);
    this.#current = handle;
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }
}
