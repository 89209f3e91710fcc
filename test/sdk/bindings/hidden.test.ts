// @vitest-environment happy-dom
/** Nobody looks at a hidden page: it asks for no list, whatever happens, and once when it is looked at again. */
import { afterEach, expect, test } from "vitest";
import { liveList } from "../../../sdk/bindings/lists.ts";
import type { Tacit } from "../../../sdk/types.ts";
import { Round } from "../../../sdk/widgets/shelf/round.ts";
import { fake, quiet } from "./fake.ts";

/** Longer than shelves wait for what a person does next. */
const settledMs = 400;

function look(state: "hidden" | "visible"): void {
  Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
  document.dispatchEvent(new Event("visibilitychange"));
}
afterEach(() => look("visible"));

const shelf = () => ({
  place: document.createElement("i"),
  isHeld: () => false,
  kept: () => [],
  request: () => ({ list: "recommend", count: 2, name: "home" }) as const,
  take: () => undefined,
});

/** What shows a list of that SDK; what is given back ends it. */
const ways: Readonly<Record<string, (tacit: Tacit) => () => void>> = {
  binding: (tacit) => liveList(tacit, { list: "recommend", count: 2 }).subscribe(() => undefined),
  shelf: (tacit) => {
    const round = new Round(tacit);
    const member = shelf();
    round.join(member);
    return () => round.leave(member);
  },
};

test.each(Object.entries(ways))("a %s on a hidden page asks when it is visible, once", async (_, show) => {
  const { tacit, asked, answer, tell } = fake();
  const leave = show(tacit);
  await quiet(5);
  await answer("a");
  expect(asked).toHaveLength(1);
  look("hidden");
  for (const news of ["change", "edition", "consent", "change"] as const) {
    tell(news);
    await quiet(settledMs);
  }
  look("hidden");
  expect(asked).toHaveLength(1);
  look("visible");
  look("visible");
  await quiet(settledMs);
  expect(asked).toHaveLength(2);
  leave();
});

test.each(Object.entries(ways))(
  "a %s that was hidden from the start asks when it is shown",
  async (_, show) => {
    look("hidden");
    const { tacit, asked } = fake();
    const leave = show(tacit);
    await quiet(settledMs);
    expect(asked).toHaveLength(0);
    look("visible");
    await quiet(5);
    expect(asked).toHaveLength(1);
    leave();
  },
);

test.each(Object.entries(ways))(
  "a %s that goes while the page is hidden asks nothing more",
  async (_, show) => {
    const { tacit, asked, tell, listeners } = fake();
    const leave = show(tacit);
    await quiet(5);
    look("hidden");
    tell("change");
    await quiet(settledMs);
    leave();
    look("visible");
    await quiet(settledMs);
    expect([asked.length, listeners()]).toEqual([1, 0]);
  },
);
