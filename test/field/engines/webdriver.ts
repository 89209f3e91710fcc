/** A client for classic WebDriver (https://www.w3.org/TR/webdriver2/), as far as the field tests need one. */

const limitMs = 60_000;

/** What the page's script answers with: execute/async knows no failure. */
type Told<T> = { readonly value?: T } | { readonly failure: string };

export class WebDriverSession {
  readonly #base: string;

  private constructor(base: string) {
    this.#base = base;
  }

  static async open(driver: string, capabilities: object): Promise<WebDriverSession> {
    const wanted = { capabilities: { alwaysMatch: capabilities } };
    const { sessionId } = await command<{ sessionId: string }>("POST", `${driver}/session`, wanted);
    return new WebDriverSession(`${driver}/session/${sessionId}`);
  }

  close(): Promise<unknown> {
    return command("DELETE", this.#base);
  }

  window(): Promise<string> {
    return command("GET", `${this.#base}/window`);
  }

  async newWindow(): Promise<string> {
    const { handle } = await this.#post<{ handle: string }>("window/new", { type: "window" });
    return handle;
  }

  switchTo(handle: string): Promise<unknown> {
    return this.#post("window", { handle });
  }

  closeWindow(): Promise<unknown> {
    return command("DELETE", `${this.#base}/window`);
  }

  goto(url: string): Promise<unknown> {
    return this.#post("url", { url });
  }

  back(): Promise<unknown> {
    return this.#post("back", {});
  }

  /** At a point of the window, as a mouse. */
  clickAt({ x, y }: { readonly x: number; readonly y: number }): Promise<unknown> {
    const strokes = [
      { type: "pointerMove", x: Math.round(x), y: Math.round(y) },
      { type: "pointerDown", button: 0 },
      { type: "pointerUp", button: 0 },
    ];
    const parameters = { pointerType: "mouse" };
    return this.#post("actions", {
      actions: [{ type: "pointer", id: "mouse", parameters, actions: strokes }],
    });
  }

  press(key: string): Promise<unknown> {
    // https://www.w3.org/TR/webdriver2/#keyboard-actions
    const value = key === "Escape" ? "\uE00C" : key;
    const strokes = ["keyDown", "keyUp"].map((type) => ({ type, value }));
    return this.#post("actions", { actions: [{ type: "key", id: "keyboard", actions: strokes }] });
  }

  /**
   * Waits for what the expression, a promise, settles with. The session's own limit is kept by the page: one
   * that is put aside while it answers does not.
   */
  async run<T>(expression: string, withinMs = limitMs): Promise<T> {
    const script = `const done = arguments[arguments.length - 1];
      ${expression}.then((value) => done({ value }), (failure) => done({ failure: String(failure) }));`;
    const told = await this.#post<Told<T>>("execute/async", { script, args: [] }, withinMs);
    if ("failure" in told) throw new Error(told.failure);
    return told.value as T;
  }

  #post<T>(path: string, body: object, withinMs = limitMs): Promise<T> {
    return command("POST", `${this.#base}/${path}`, body, withinMs);
  }
}

async function command<T>(
  method: "GET" | "POST" | "DELETE",
  url: string,
  body?: object,
  withinMs = limitMs,
): Promise<T> {
  const response = await fetch(url, {
    method,
    headers: { "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(withinMs),
  });
  const { value } = (await response.json()) as { value: T & { message?: string; error?: string } };
  if (response.ok) return value;
  const { pathname } = new URL(url);
  throw new Error(
    `${method} ${pathname.replace(/session\/[^/]+/, "session")}: ${value.error}, ${value.message}`,
  );
}
