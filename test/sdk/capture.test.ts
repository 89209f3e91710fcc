// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { TrackCaptured } from "../../sdk/capture/clicking.ts";
import { type Capture, capture } from "../../sdk/capture.ts";
import { behaviourOf } from "../../sdk/defaults.ts";
import { startEarlyClicks } from "../../sdk/loader/earlyclicks.ts";
import { FakeIntersectionObserver, forgetObservers, frames, layout } from "./capture/fakeobserver.ts";

const whole = { width: 100, height: 100, seen: 100 };
let tracked: string[] = [];
/** As it is until something is erased. */
let stamp = "";
let capturing: Capture;
/** A journal for each test: a document is captured for once. */
let journals = 0;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("IntersectionObserver", FakeIntersectionObserver);
  history.replaceState(null, "", `/page/${journals}`);
  document.body.innerHTML = "";
  tracked = [];
  capturing = start(`journal ${++journals}`);
});
afterEach(() => {
  forgetObservers();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function start(journal = "tacit", into = tracked): Capture {
  const track: TrackCaptured = (kind, { item, list, position, amount, query }) => {
    into.push([kind, item, list, position, amount, query].filter((part) => part !== undefined).join(" "));
  };
  const clicking = startEarlyClicks(track, journal);
  clicking?.stop();
  const behaviour = behaviourOf("2026-11-28");
  return clicking === null
    ? { lookAgain: () => undefined }
    : capture({ track, behaviour, stamp: () => stamp });
}

/** Draws that, with all of it in view. */
function draw(html: string): readonly HTMLElement[] {
  document.body.innerHTML = html;
  const elements = [...document.querySelectorAll<HTMLElement>("body *")];
  for (const element of elements) layout.set(element, whole);
  return elements;
}

async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 50) {
    frames();
    await vi.advanceTimersByTimeAsync(50);
  }
  frames();
}

function click(element: Element): void {
  for (const kind of ["pointerdown", "click"]) {
    const event = new MouseEvent(kind, { bubbles: true, composed: true, detail: 1 });
    Object.defineProperty(event, "isTrusted", { value: true });
    element.dispatchEvent(event);
  }
  vi.advanceTimersByTime(1);
}

test("what is seen and what is clicked is tracked with its place, and what is ignored is not", async () => {
  const [, , b] = draw(`<ul data-tacit-list="l"><li data-tacit-item="a"></li><li data-tacit-item="b"></li>
    <li data-tacit-ignore><i data-tacit-item="c"></i></li></ul><p data-tacit-item="d" data-tacit-event="view"></p>`);
  await pass(1_700);
  click(b);
  expect(tracked).toEqual(["view d", "impression a l 1", "impression b l 2", "click b l 2"]);
});

test("an impression counts once for each list, however often it is drawn, and again at another address", async () => {
  const html = `<p data-tacit-list="l"><b data-tacit-item="a"></b></p><p data-tacit-list="m"><b data-tacit-item="a"></b></p>
    <b data-tacit-item="a"></b><b data-tacit-item="a"></b>`;
  for (const _ of "123") {
    draw(html);
    await pass(1_700);
  }
  const once = ["impression a l 1", "impression a m 1", "impression a"];
  expect(tracked).toEqual(once);
  history.pushState(null, "", "/elsewhere");
  draw(html);
  await pass(1_700);
  expect(tracked).toEqual([...once, ...once]);
  // There and back, with nothing captured there.
  history.pushState(null, "", "/about");
  draw("<p></p>");
  await pass(400);
  history.back();
  history.replaceState(null, "", "/elsewhere");
  draw(html);
  await pass(1_700);
  expect(tracked).toEqual([...once, ...once, ...once]);
});

test("a word that is no kind of event is handed on once, so that it is told once", async () => {
  draw(`<p data-tacit-item="a" data-tacit-event="viewed"></p><p data-tacit-item="b" data-tacit-event="viewed"></p>
    <p data-tacit-item="c" data-tacit-event="view"></p><p data-tacit-item="d" data-tacit-event="view"></p>
    <p data-tacit-item="e" data-tacit-event="seen"></p>`);
  await pass(500);
  expect(tracked).toEqual(["viewed a", "view c", "view d", "seen e"]);
});

test("what is on the screen counts again when asked to look again, or back from the browser's cache", async () => {
  draw(`<p data-tacit-item="a" data-tacit-event="view"></p><p data-tacit-item="b"></p>`);
  await pass(1_700);
  const once = ["view a", "impression b"];
  expect(tracked).toEqual(once);
  capturing.lookAgain();
  await pass(1_700);
  expect(tracked).toEqual([...once, ...once]);
  const show = (persisted: boolean) => dispatchEvent(Object.assign(new Event("pageshow"), { persisted }));
  show(false);
  await pass(1_700);
  expect(tracked).toEqual([...once, ...once]);
  show(true);
  await pass(1_700);
  expect(tracked).toEqual([...once, ...once, ...once]);
});

test("a tab that is looked away from begins its second again, and is searched when it is back", async () => {
  const setVisibility = (value: string) => {
    Object.defineProperty(document, "visibilityState", { configurable: true, value });
    document.dispatchEvent(new Event("visibilitychange"));
  };
  const [host] = draw(`<div data-tacit-item="a"></div>`);
  await pass(700);
  setVisibility("hidden");
  // No frames are drawn meanwhile.
  await vi.advanceTimersByTimeAsync(60_000);
  const root = host.attachShadow({ mode: "open" });
  root.innerHTML = `<b data-tacit-item="b" data-tacit-event="view"></b>`;
  layout.set(root.children[0], whole);
  await vi.advanceTimersByTimeAsync(60_000);
  setVisibility("visible");
  frames();
  expect(tracked).toEqual(["view b"]);
  await pass(900);
  expect(tracked).toEqual(["view b"]);
  await pass(600);
  expect(tracked).toEqual(["view b", "impression a"]);
});

test("of two copies that keep one journal the first captures, and the other looks again at nothing", async () => {
  const second: string[] = [];
  const other: string[] = [];
  start(`journal ${journals}`, second).lookAgain();
  start("another journal", other);
  draw(`<p data-tacit-item="a"></p>`);
  await pass(1_700);
  expect([tracked, second, other]).toEqual([["impression a"], [], ["impression a"]]);
});

test("whoever else listens to the window is asked to do so again at least twice a second", async () => {
  let times = 0;
  capture({
    track: () => undefined,
    behaviour: behaviourOf(undefined),
    stamp: () => "",
    listenAgain: () => {
      times += 1;
    },
  });
  expect(times).toBe(1);
  await pass(1_700);
  expect(times).toBeGreaterThanOrEqual(4);
});

test("how long a person was with a product is told when the page view ends, and when the page is hidden", async () => {
  vi.spyOn(document, "hasFocus").mockReturnValue(true);
  draw(`<main data-tacit-item="a" data-tacit-event="view"></main>`);
  await pass(1_700);
  vi.advanceTimersByTime(10_000);
  dispatchEvent(new Event("scroll"));
  vi.advanceTimersByTime(10_000);
  dispatchEvent(new Event("pagehide"));
  const [, dwelt] = tracked;
  expect(tracked).toHaveLength(2);
  expect(dwelt).toMatch(/^dwell a 22$/);
  dispatchEvent(new Event("scroll"));
  vi.advanceTimersByTime(8_000);
  history.pushState(null, "", "/elsewhere");
  await pass(1_000);
  expect(tracked.filter((said) => said.startsWith("dwell"))).toEqual([
    dwelt,
    expect.stringMatching(/^dwell a [89]$/),
  ]);
});

test("a form says what was searched, by a person and not by a script", async () => {
  const [form] = draw(`<form data-tacit-on="submit:search"><input type="search" value=" red mug "></form>`);
  await pass(100);
  for (const isTrusted of [false, true]) {
    const event = new SubmitEvent("submit", { bubbles: true, cancelable: true });
    Object.defineProperty(event, "isTrusted", { value: isTrusted });
    form.dispatchEvent(event);
  }
  expect(tracked).toEqual(["search red mug"]);
});

test("of the time before an erasure, or before a yes, nothing is told after it", async () => {
  vi.spyOn(document, "hasFocus").mockReturnValue(true);
  draw(`<main data-tacit-item="a" data-tacit-event="view"></main>`);
  await pass(1_700);
  vi.advanceTimersByTime(20_000);
  stamp = "erased";
  dispatchEvent(new Event("pagehide"));
  expect(tracked).toEqual(["view a"]);
  stamp = "";
});
