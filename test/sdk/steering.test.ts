/**
 * What a page says of the shelf for a person: at once, undone to what held before, and dated when it was
 * said.
 */
import { expect, test } from "vitest";
import type { FactEvent } from "../../core/events/fact.ts";
import type { Wish } from "../../core/policy/wish.ts";
import { Loader } from "../../sdk/loader/loader.ts";
import { memoryStore } from "../../sdk/page.ts";
import { makeEarly, surfaceOf } from "../../sdk/surface.ts";
import { FakeApi, FakePage, FakeWorker, files } from "./fakes.ts";

function running(held: readonly Wish[] = []) {
  const api = new FakeApi();
  api.wishes = () => Promise.resolve(held);
  const page = new FakePage({
    makeWorker: () => new FakeWorker(api),
    store: memoryStore(),
    privacyControl: false,
  });
  const client = new Loader({ page, files });
  const tacit = surfaceOf(client);
  const errors: string[] = [];
  tacit.init({ onError: ({ message }) => void errors.push(message) });
  const said = async (): Promise<readonly (readonly [string, unknown])[]> => {
    await new Promise((resolve) => setTimeout(resolve, 150));
    return api
      .argsOf("append")
      .flatMap(([events]) => events as readonly FactEvent[])
      .map(({ fact, value }) => [fact, value] as const);
  };
  return { api, client, tacit, errors, said };
}

const garden = { of: "category", value: "Garden" } as const;

test("undo says again what held before, also where that was wished a moment ago on this page", async () => {
  const { tacit, said } = running([{ wish: "less", ...garden }]);
  const first = tacit.steer({ wish: "boost", ...garden });
  const second = await tacit.steer({ wish: "mute", ...garden });
  // What was said since stands: this undoes nothing.
  (await first)();
  second();
  (await first)();
  expect((await said()).map(([, value]) => value)).toEqual([
    ...["boost:Garden", "mute:Garden"],
    ...["boost:Garden", "less:Garden"],
  ]);
});

test("undo of what nothing held before takes it back, and of several each", async () => {
  const { tacit, said } = running([{ wish: "less", of: "item", value: "7" }]);
  const undo = await tacit.steer([
    { wish: "mute", ...garden },
    { wish: "boost", of: "item", value: "7" },
  ]);
  undo();
  expect((await said()).slice(2)).toEqual([
    ["steer:category:garden", null],
    ["steer:item:7", "less"],
  ]);
});

test("what is no wish is told, and its undo does nothing", async () => {
  const { tacit, errors, said } = running();
  const undo = await tacit.steer({ wish: "hide", ...garden } as never);
  undo();
  expect(await said()).toEqual([]);
  expect(errors).toEqual(['steer: wish must be one of mute, boost, less, or null, got "hide"']);
});

test("a pause that was said on the stub is of then", async () => {
  const { api, client, said } = running();
  const answer = () => undefined;
  makeEarly(client, { name: "pause", args: [], atMs: 1_700_000_000_000, answer });
  makeEarly(client, {
    name: "track",
    args: ["view", { item: "a" }],
    atMs: 1_700_000_000_500,
    answer,
  });
  expect((await said())[0]).toEqual(["pause", true]);
  const [events] = api.argsOf("append")[0] as [readonly FactEvent[]];
  expect(events.map(({ atMs }) => atMs)).toEqual([1_700_000_000_000, 1_700_000_000_500]);
});

test("events are forgotten by their own ids, and a card is no event", async () => {
  const { api, tacit, errors } = running();
  await tacit.forget([{ id: "e1", item: "a" } as { readonly id: string }, "e2"]);
  expect(api.argsOf("forget")).toEqual([[["e1", "e2"]]]);
  await tacit.forget({ item: "a" } as never);
  expect(errors).toEqual(["forget: events must be ids of events, got object"]);
  expect(api.argsOf("forget").length).toBe(1);
});

test("of several lists one that means nothing is empty and told; the others are asked", async () => {
  const { api, tacit, errors } = running();
  const lists = await tacit.lists({
    own: { list: "recommend", count: 3 },
    odd: { list: "best" } as never,
    wanted: { list: "trending" },
  });
  expect([lists.own.length, lists.odd.length, lists.wanted.length]).toEqual([1, 0, 1]);
  expect(errors).toEqual([expect.stringContaining("lists: odd: list must be one of recommend, similar")]);
  expect(api.argsOf("lists")).toEqual([
    [[{ list: "recommend", name: "own", count: 3 }, { list: "trending" }]],
  ]);
});

test("a list for the person has the name that the page gave it, or the key that it is asked by; no other has any", async () => {
  const { api, tacit } = running();
  await tacit.lists({
    shelf: { list: "recommend" },
    top: { list: "recommend", name: "shelf" },
    alike: { list: "similar", item: "a" },
    beside: { list: "goesWith", items: ["a"] },
    found: { list: "search", text: "mug" },
    wanted: { list: "trending" },
  });
  const [[requests]] = api.argsOf("lists") as [[readonly { readonly name?: string }[]]];
  expect(requests.map(({ name }) => name)).toEqual(["shelf", "shelf", ...new Array(4).fill(undefined)]);
});
