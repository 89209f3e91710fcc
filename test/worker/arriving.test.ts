/** What takes a while to come for a model: who waits for it, who is told, and when it is asked for again. */
import { expect, test } from "vitest";
import { Model } from "../../worker/rank/model.ts";
import { Arriving } from "../../worker/texts/arriving.ts";
import { shopModel } from "./shop.ts";

const model = (): Model =>
  new Model({ edition: { id: "a", sequence: 1 }, joined: shopModel(), factors: null, isWhole: true });

interface Asked {
  readonly model: Model;
  readonly come: (value: string) => void;
  readonly lose: (cause: Error) => void;
}

/** Nobody waits longer than it takes to ask, unless told to; time stands still unless a test says otherwise. */
function arriving() {
  const asked: Asked[] = [];
  const told: string[] = [];
  const clock = { nowMs: 0, waits: false };
  const value = new Arriving<string>({
    name: "words",
    load: (of) => new Promise((come, lose) => asked.push({ model: of, come, lose })),
    nowMs: () => clock.nowMs,
    wait: async () => (clock.waits ? new Promise(() => undefined) : undefined),
    notify: (notice) => told.push(notice.type === "trouble" ? notice.message : notice.type),
    onLate: () => told.push("late"),
  });
  return { value, asked, told, clock };
}

/** Until what was let go has been heard. */
const heard = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

test("whoever had to do without it is told once, and never one who had it", async () => {
  const { value, asked, told, clock } = arriving();
  const [first, second] = [model(), model()];
  expect(await value.soon(first)).toBeNull();
  expect(await value.soon(first)).toBeNull();
  asked[0].come("a");
  await heard();
  expect([await value.soon(first), asked.length, told]).toEqual(["a", 1, ["late"]]);
  // Of the next model it comes before anybody asks in vain.
  clock.waits = true;
  const soon = value.soon(second);
  asked[1].come("b");
  expect(await soon).toBe("b");
  expect(told).toEqual(["late"]);
});

test("what comes late for a model that another has taken the place of changes nothing", async () => {
  const { value, asked, told } = arriving();
  const [before, after] = [model(), model()];
  await value.soon(before);
  await value.soon(after);
  asked[1].come("after");
  await heard();
  asked[0].come("before");
  await heard();
  expect([await value.soon(after), asked.length, told]).toEqual(["after", 2, ["late"]]);
});

test("it is due where nobody has it, loads it or has just failed to; a minute after a failure again", async () => {
  const { value, asked, told, clock } = arriving();
  const one = model();
  expect(value.isDue(one)).toBe(true);
  await value.soon(one);
  expect(value.isDue(one)).toBe(false);
  asked[0].lose(new Error("away"));
  await heard();
  expect([value.isDue(one), told]).toEqual([false, ["words: away"]]);
  clock.nowMs = 59_999;
  expect([value.isDue(one), await value.soon(one), asked.length]).toEqual([false, null, 1]);
  clock.nowMs = 60_000;
  expect(value.isDue(one)).toBe(true);
  await value.soon(one);
  asked[1].come("a");
  await heard();
  expect([value.isDue(one), value.isDue(model()), told]).toEqual([false, true, ["words: away", "late"]]);
});

test("what fails while it is used is missed: whoever asks is told when it is there again", async () => {
  const { value, asked, told, clock } = arriving();
  clock.waits = true;
  const one = model();
  const soon = value.soon(one);
  asked[0].come("a");
  expect(await soon).toBe("a");
  value.fail(new Error("gone"));
  clock.nowMs = 60_000;
  const again = value.soon(one);
  asked[1].come("b");
  expect(await again).toBe("b");
  expect(told).toEqual(["words: gone", "late"]);
});
