import { afterEach, expect, test, vi } from "vitest";
import { platformEdges } from "../../worker/edges.ts";

afterEach(() => vi.unstubAllGlobals());

/** What the edge's fetch fails with when the platform's does. */
async function failing(cause: unknown): Promise<unknown> {
  vi.stubGlobal("fetch", () => Promise.reject(cause));
  return platformEdges()
    .fetch("https://shop.example/v1/edition", {})
    .catch((error: unknown) => error);
}

test.each(["Failed to fetch", "NetworkError when attempting to fetch resource.", "Load failed"])(
  'a request that no answer came to says of whom, and what may forbid it, beside "%s"',
  async (words) => {
    const cause = new TypeError(words);
    const failure = await failing(cause);
    expect(failure).toBeInstanceOf(TypeError);
    expect(failure).toMatchObject({ cause, message: expect.stringContaining(words) });
    for (const part of ["https://shop.example/v1/edition", "connect-src"])
      expect(failure).toMatchObject({ message: expect.stringContaining(part) });
  },
);

test("a request that was aborted fails with why it was", async () => {
  const reason = new DOMException("enough", "AbortError");
  expect(await failing(reason)).toBe(reason);
});
