import { describe, expect, test } from "vitest";
import type { TacitEvent } from "../../../core/events/event.ts";
import { complaints, Notebook, whereabouts } from "../../../sdk/debug/notebook.ts";
import { requestsIn } from "../../../sdk/debug/requests.ts";
import { median, timingsOf } from "../../../sdk/debug/timings.ts";
import type { Note } from "../../../sdk/notes.ts";
import { FakeApi, recommendation } from "../fakes.ts";

const event = (id: string, atMs: number): TacitEvent => ({ id, kind: "view", item: id, atMs });
const noted = (item: string, atMs: number, isKept = true): Note & { readonly what: "event" } => ({
  what: "event",
  atMs,
  detail: { event: { kind: "view", item }, atMs: 1_000 + atMs, isKept },
});
const listed = (askedMs: number, atMs: number, list = [recommendation]): Note => ({
  what: "list",
  atMs,
  detail: { who: "recommend", given: { options: undefined }, askedMs, list },
});

describe("where an event is", () => {
  test("each is shown once, at the last place it came to, newest first", async () => {
    const panel = { ...(await new FakeApi().panel()), events: [event("a", 1_010)] };
    const shown = whereabouts({
      noted: [noted("a", 10), noted("b", 20), noted("c", 30), noted("d", 40), noted("e", 50, false)],
      waiting: [event("c", 1_030), event("b", 1_020)],
      written: [event("a", 1_010), event("b", 1_020), event("x", 1_005)],
      panel,
      panelMs: 35,
    });
    expect(shown.map(({ item, where, isWritten }) => [item, where, isWritten])).toEqual([
      ["e", "not kept", false],
      ["d", "on its way", false],
      ["c", "on the page", false],
      ["b", "on the page", true],
      ["a", "in the journal", true],
      ["x", "on its way", true],
    ]);
  });

  test("what was erased is not shown once the worker has been asked again", async () => {
    const panel = { ...(await new FakeApi().panel()), events: [] };
    const places = { noted: [noted("a", 10)], waiting: [], written: [], panel };
    expect(whereabouts({ ...places, panelMs: 5 })).toHaveLength(1);
    expect(whereabouts({ ...places, panelMs: 15 })).toEqual([]);
  });
});

test("complaints say each message once, how often it was told, and the latest first", () => {
  const told = (message: string, atMs: number) => ({
    what: "error" as const,
    atMs,
    detail: new Error(message),
  });
  expect(complaints([told("a", 3), told("b", 5), told("a", 7)])).toEqual([
    { message: "a", times: 2, lastMs: 7 },
    { message: "b", times: 1, lastMs: 5 },
  ]);
});

test("an event's shelf is the first list asked for after it, and an unkept event has none", () => {
  const notebook = new Notebook();
  const notes: readonly Note[] = [
    { what: "worker", atMs: 3, detail: "starts" },
    { what: "worker", atMs: 23, detail: "runs" },
    listed(5, 40, []),
    listed(30, 60),
    noted("a", 70),
    noted("b", 75, false),
    listed(65, 90),
    listed(80, 110),
  ];
  for (const note of notes) notebook.add(note);
  expect(timingsOf(notebook)).toMatchObject({
    workerStart: 20,
    starts: 1,
    firstShelf: 60,
    lists: [35, 30, 25, 30],
    eventToShelf: [40],
  });
  expect([median([]), median([5, 2, 9]), median([4, 2])]).toEqual([null, 5, 2]);
});

test("a notebook stays small, and keeps how a visit began", () => {
  const notebook = new Notebook();
  for (let atMs = 0; atMs < 5_000; atMs++) notebook.add(noted("a", atMs));
  const times = notebook.of("event").map(({ atMs }) => atMs);
  expect(times).toHaveLength(200);
  expect([times[0], times.at(-1)]).toEqual([0, 4_999]);
});

test("requests are the SDK's alone, each once, by whom they went to", () => {
  const entries = [
    "https://shop.example/tacit/worker.js",
    "https://shop.example/cart.js",
    "https://relay.example/base/v1/edition",
    "https://other.example/v1/tokens",
    "not an address",
  ].map((name, startTime) => ({ name, startTime: 10 * startTime, responseStatus: 200, encodedBodySize: 7 }));
  const log = { originMs: 1_000, entries };
  const shown = requestsIn([log, log], {
    server: "https://shop.example",
    relay: "https://relay.example/base",
  });
  expect(shown.map(({ whom, path, atMs }) => [whom, path, atMs])).toEqual([
    ["other.example", "/v1/tokens", 1_030],
    ["relay", "/base/v1/edition", 1_020],
    ["server", "/tacit/worker.js", 1_000],
  ]);
});
