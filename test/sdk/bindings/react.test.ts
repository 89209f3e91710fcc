// @vitest-environment happy-dom
import { act, createElement, StrictMode } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  TacitProvider,
  useConsent,
  useLists,
  usePanel,
  useRecommendations,
  useSimilar,
} from "../../../sdk/react/react.ts";
import { fake, quiet, recommendation } from "./fake.ts";

const host = globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean };
let place: HTMLElement;

beforeEach(() => {
  host.IS_REACT_ACT_ENVIRONMENT = true;
  place = document.body.appendChild(document.createElement("div"));
});
afterEach(() => place.remove());

function Shelf({ count = 2, initial }: { readonly count?: number; readonly initial?: readonly string[] }) {
  const { items, state } = useRecommendations({
    count,
    ...(initial && { initial: initial.map(recommendation) }),
  });
  return createElement("p", null, `${state}: ${items.map(({ item }) => item).join(" ")}`);
}

const shop = (tacit: ReturnType<typeof fake>["tacit"], ...children: Parameters<typeof createElement>[2][]) =>
  createElement(
    StrictMode,
    null,
    createElement(TacitProvider, { tacit, config: { server: "/t" } }, ...children),
  );

test("a list is drawn when it is answered and follows what happens; StrictMode asks and starts once", async () => {
  const { tacit, asked, answer, tell, inits, listeners } = fake();
  const root = createRoot(place);
  await act(async () => root.render(shop(tacit, createElement(Shelf))));
  expect(place.textContent).toBe("waiting: ");
  await act(() => answer("a", "b"));
  expect(place.textContent).toBe("known: a b");
  expect([asked.length, inits]).toEqual([1, [{ server: "/t" }]]);
  await act(async () => {
    tell("change");
    await quiet();
  });
  await act(() => answer("c"));
  expect(place.textContent).toBe("known: c");
  await act(async () => root.unmount());
  expect(listeners()).toBe(0);
});

test("drawn again with the same options, made anew, nothing is asked; with others the others are", async () => {
  const { tacit, asked, answer } = fake();
  const root = createRoot(place);
  await act(async () => root.render(shop(tacit, createElement(Shelf))));
  await act(() => answer("a"));
  await act(async () => root.render(shop(tacit, createElement(Shelf))));
  expect(asked).toHaveLength(1);
  await act(async () => root.render(shop(tacit, createElement(Shelf, { count: 3 }))));
  await act(() => answer("a", "b", "c"));
  expect(asked.map((request) => "count" in request && request.count)).toEqual([2, 3]);
  expect(place.textContent).toBe("known: a b c");
  await act(async () => root.unmount());
});

test("a server draws what the page gave, hydration finds just that, and an empty answer leaves it", async () => {
  const error = vi.spyOn(console, "error");
  const { tacit, asked, answer } = fake();
  const page = () => shop(tacit, createElement(Shelf, { initial: ["x", "y"] }));
  place.innerHTML = renderToString(page());
  expect(place.textContent).toBe("waiting: x y");
  expect(asked).toHaveLength(0);
  const root = await act(async () => hydrateRoot(place, page()));
  expect(place.textContent).toBe("waiting: x y");
  await act(() => answer());
  expect(place.textContent).toBe("known: x y");
  expect(error).not.toHaveBeenCalled();
  await act(async () => root.unmount());
  error.mockRestore();
});

test("a stored no is drawn after hydration, which finds what the server drew", async () => {
  const error = vi.spyOn(console, "error");
  const Choice = () => {
    const [{ personalise }] = useConsent();
    drawn.push(personalise);
    return createElement("p", null, personalise ? "on" : "off");
  };
  const drawn: boolean[] = [];
  place.innerHTML = renderToString(shop(fake().tacit, createElement(Choice)));
  expect(place.textContent).toBe("on");
  const { tacit } = fake();
  tacit.consent({ personalise: false });
  const root = await act(async () => hydrateRoot(place, shop(tacit, createElement(Choice))));
  expect(place.textContent).toBe("off");
  expect(error).not.toHaveBeenCalled();
  await act(async () => root.unmount());
  // A page that no server drew has it at once.
  drawn.length = 0;
  const alone = createRoot(place);
  await act(async () => alone.render(shop(tacit, createElement(Choice))));
  expect(drawn).not.toContain(true);
  await act(async () => alone.unmount());
  error.mockRestore();
});

test("two components with one question are answered once, and lists of one page are asked together", async () => {
  const { tacit, asked, answer } = fake();
  const Two = () => {
    const lists = useLists({ forYou: { list: "recommend" }, wanted: { list: "trending" } });
    const { items } = useSimilar("a");
    return createElement("i", null, `${lists?.forYou.length}/${lists?.wanted.length}/${items.length} `);
  };
  const root = createRoot(place);
  await act(async () => root.render(shop(tacit, createElement(Two), createElement(Two))));
  expect(asked.map(({ list }) => list).sort()).toEqual(["recommend", "similar", "trending"]);
  for (const request of asked.map(({ list }) => list)) await act(() => answer(request, "b"));
  expect(place.textContent).toBe("2/2/2 2/2/2 ");
  await act(async () => root.unmount());
});

test("permissions and what is known of a person are drawn, and a choice is at once", async () => {
  const { tacit } = fake();
  const Choice = () => {
    const [{ personalise }, choose] = useConsent();
    const panel = usePanel();
    const said = `${personalise ? "on" : "off"} ${panel === null ? "?" : "known"}`;
    return createElement("button", { type: "button", onClick: () => choose({ personalise: false }) }, said);
  };
  const root = createRoot(place);
  await act(async () => root.render(shop(tacit, createElement(Choice))));
  expect(place.textContent).toBe("on known");
  await act(async () => {
    place.querySelector("button")?.click();
    await quiet();
  });
  expect(place.textContent).toBe("off known");
  await act(async () => root.unmount());
});
