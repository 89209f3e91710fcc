import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
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

test("a file that does not come is told in the same words each time, with its address, and comes once it is there", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tacit-edges-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, "ranking.mjs");
  const url = pathToFileURL(path).href;
  const load = () => platformEdges().loadFile?.("ranking.js", url);
  const failureOf = async (): Promise<unknown> => Promise.resolve(load()).catch((cause: unknown) => cause);
  // Whole, and wrong: the engine keeps in mind that it does not run.
  await writeFile(path, "throw new Error('half of it')");
  const failures = [await failureOf(), await failureOf()];
  for (const failure of failures) {
    expect(failure).toBeInstanceOf(TypeError);
    expect(failure).toMatchObject({
      message: expect.stringContaining(`ranking.js: expected it from ${url} (`),
    });
  }
  expect(failures[0]).toMatchObject({ message: (failures[1] as Error).message });
  await writeFile(path, "export const openRanking = 7");
  expect(await load()).toMatchObject({ openRanking: 7 });
});
