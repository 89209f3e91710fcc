// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Finder, restMs } from "../../../sdk/capture/finder.ts";

/** How often a search began, and what the last one found. */
let seen = { searches: 0, found: [] as string[] };
/** How long the page takes to be told of each element. */
let slowMs = 0;
let nowMs = 0;
let finder: Finder;

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(performance, "now").mockImplementation(() => nowMs);
  document.body.innerHTML = "";
  slowMs = 0;
  // Finders of earlier tests still observe the document, and tell of their own.
  const own = { searches: 0, found: [] as string[] };
  seen = own;
  finder = new Finder({
    begin: () => {
      own.searches++;
      own.found = [];
    },
    found: (element) => {
      own.found.push(element.getAttribute("data-tacit-item") ?? "");
      nowMs += slowMs;
    },
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  Object.defineProperty(document, "visibilityState", { configurable: true, value: "visible" });
});

/** So much time passes; changes are told as they are made. */
async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}

describe("a search", () => {
  test("finds every marked element of the document and of the open shadow trees in it, and no other", () => {
    document.body.innerHTML = `<p data-tacit-item="a"></p><p></p><div></div>
      <template><p data-tacit-item="template"></p></template>`;
    const root = document.querySelector("div")?.attachShadow({ mode: "open" });
    if (root) root.innerHTML = `<i data-tacit-item="b"></i><div></div>`;
    const inner = root?.querySelector("div")?.attachShadow({ mode: "open" });
    if (inner) inner.innerHTML = `<i data-tacit-item="c"></i>`;
    finder.search();
    expect(seen.found).toEqual(["a", "b", "c"]);
  });

  test("comes twice a second by itself while the page is visible: a shadow tree tells nobody that it came", async () => {
    document.body.innerHTML = "<div></div>";
    finder.search();
    // Made elsewhere: happy-dom tells a document of what changes in its shadow trees, which browsers do not.
    const shadowRoot = document.createElement("div").attachShadow({ mode: "open" });
    shadowRoot.innerHTML = `<i data-tacit-item="a"></i>`;
    Object.defineProperty(document.querySelector("div"), "shadowRoot", { value: shadowRoot });
    await pass(499);
    expect(seen.found).toEqual([]);
    await pass(1);
    expect([seen.found, seen.searches]).toEqual([["a"], 2]);
    await pass(5_000);
    expect(seen.searches).toBe(12);
    Object.defineProperty(document, "visibilityState", { configurable: true, value: "hidden" });
    await pass(5_000);
    expect(seen.searches).toBe(13);
    finder.search();
    await pass(5_000);
    expect(seen.searches).toBe(14);
  });

  test("comes 200 ms after the first of many changes, in a shadow tree too", async () => {
    document.body.innerHTML = "<div></div>";
    const root = document.querySelector("div")?.attachShadow({ mode: "open" });
    finder.search();
    await pass(100);
    for (let nth = 0; nth < 19; nth++) {
      (nth % 2 ? document.body : root)?.append(document.createElement("p"));
      await pass(10);
    }
    expect(seen.searches).toBe(1);
    await pass(10);
    expect(seen.searches).toBe(2);
    // It took the place of the one that was due in silence.
    await pass(450);
    expect(seen.searches).toBe(2);
    // In the shadow tree alone.
    root?.append(document.createElement("p"));
    await pass(200);
    expect(seen.searches).toBe(3);
  });

  test("told once more begins anew, and there is one at a time", async () => {
    finder.search();
    finder.search();
    expect(seen.searches).toBe(2);
    await pass(1_000);
    expect(seen.searches).toBe(4);
  });
});

describe("a long search", () => {
  beforeEach(() => {
    document.body.innerHTML = Array.from({ length: 10 }, (_, nth) => `<p data-tacit-item="${nth}"></p>`).join(
      "",
    );
    slowMs = 4;
  });

  test("gives way to the page after 8 ms and goes on where it was", async () => {
    finder.search();
    expect(seen.found).toHaveLength(2);
    await pass(0);
    expect(seen.found).toHaveLength(4);
    await pass(20);
    expect(seen.found).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    expect(seen.searches).toBe(1);
  });

  test("that begins anew goes on once", async () => {
    finder.search();
    finder.search();
    await pass(20);
    expect([seen.found.length, seen.searches]).toEqual([10, 2]);
  });

  test("is followed by a rest of 100 times as long, or of 25 when something has changed", async () => {
    finder.search();
    await pass(20);
    // It took 40 ms.
    await pass(3_900);
    expect(seen.searches).toBe(1);
    await pass(100);
    expect(seen.searches).toBe(2);
    await pass(20);
    document.body.append(document.createElement("p"));
    await pass(900);
    expect(seen.searches).toBe(2);
    await pass(100);
    expect(seen.searches).toBe(3);
  });

  test("that something changed meanwhile is followed by another, and not broken off", async () => {
    finder.search();
    document.body.append(document.createElement("p"));
    await pass(20);
    expect([seen.found.length, seen.searches]).toEqual([10, 1]);
    await pass(990);
    expect(seen.searches).toBe(2);
    await pass(2_000);
    expect(seen.searches).toBe(2);
  });
});

test("a rest is at least 200 ms after a change and 500 ms in silence, and longer after a long search", () => {
  expect([restMs(0, "change"), restMs(8, "change"), restMs(10, "change")]).toEqual([200, 200, 250]);
  expect([restMs(0, "silence"), restMs(5, "silence"), restMs(10, "silence")]).toEqual([500, 500, 1_000]);
});
