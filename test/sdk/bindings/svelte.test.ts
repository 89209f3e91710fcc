// @vitest-environment happy-dom
import { get } from "svelte/store";
import { expect, test } from "vitest";
import {
  consent,
  type List,
  lists,
  panel,
  recommendations,
  similar,
  start,
} from "../../../sdk/svelte/svelte.ts";
import { fake, quiet, recommendation } from "./fake.ts";

const said = ({ state, items }: List) => `${state}: ${items.map(({ item }) => item).join(" ")}`;

test("a list is a store: it says what there is at once, then what is answered, until nobody listens", async () => {
  const { tacit, answer, tell, listeners } = fake();
  const shelf = recommendations({ count: 2 }, { tacit, initial: [recommendation("x")] });
  expect(said(get(shelf))).toBe("waiting: x");
  const heard: string[] = [];
  const leave = shelf.subscribe((list) => heard.push(said(list)));
  await quiet(0);
  await answer("a");
  tell("change");
  await quiet();
  await answer();
  expect(heard).toEqual(["waiting: x", "known: a", "known: x"]);
  leave();
  expect(listeners()).toBe(0);
});

test("several lists, what is known of a person, and the permissions", async () => {
  const { tacit, answer, asked } = fake();
  const stores = [
    lists({ a: { list: "trending" } }, { tacit }),
    panel({ tacit }),
    consent({ tacit }),
  ] as const;
  const leave = stores.map((store) => store.subscribe(() => undefined));
  await quiet(0);
  await answer("a");
  expect(get(stores[0])?.a).toHaveLength(1);
  expect(get(stores[1])).not.toBeNull();
  expect(get(stores[2]).personalise).toBe(true);
  expect(get(similar("a", {}, { tacit })).state).toBe("waiting");
  expect(asked.map(({ list }) => list)).toEqual(["trending"]);
  for (const each of leave) each();
});

test("it is started once, however often a layout is made", () => {
  const { tacit, inits } = fake();
  start({ server: "/t" }, { tacit });
  start({ server: "/t" }, { tacit });
  expect(inits).toEqual([{ server: "/t" }]);
});
