// @vitest-environment happy-dom
import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { clicksOf, type TrackCaptured } from "../../sdk/capture/clicking.ts";
import { startEarlyClicks } from "../../sdk/loader/earlyclicks.ts";

let journals = 0;
afterEach(() => vi.useRealTimers());

function press(element: Element, of: Partial<Record<"isTrusted" | "detail" | "button", unknown>> = {}): void {
  for (const kind of ["pointerdown", "click"]) {
    const event = new MouseEvent(kind, { bubbles: true, composed: true, detail: 1 });
    for (const [name, value] of Object.entries({ isTrusted: true, ...of }))
      Object.defineProperty(event, name, { value });
    element.dispatchEvent(event);
  }
  vi.advanceTimersByTime(1);
}

const word = fc.constantFrom("", " ", "a", "b");
const attributes = fc.record(
  {
    "data-tacit-item": word,
    "data-tacit-event": fc.constantFrom("", "view"),
    "data-tacit-on": fc.constantFrom("click:like", "submit:search", "nothing"),
    "data-tacit-prop-amount": fc.constantFrom("2", "x"),
    "data-tacit-position": fc.constantFrom("3", "0", "x"),
    "data-tacit-ignore": fc.constant(""),
  },
  { requiredKeys: [] },
);

test("an ordinary click is read as it is once page.js has come, whatever is around it (oracle: clicks.ts)", () => {
  vi.useFakeTimers();
  const early: unknown[] = [];
  const late: unknown[] = [];
  const into =
    (seen: unknown[]): TrackCaptured =>
    (kind, captured) =>
      void seen.push([kind, captured]);
  const clicking = startEarlyClicks(into(early), `journal ${++journals}`);
  clicksOf(into(late));
  fc.assert(
    fc.property(
      fc.array(attributes, { minLength: 1, maxLength: 4 }),
      fc.constantFrom("", "l"),
      (around, list) => {
        document.body.innerHTML = "";
        let inner: Element = document.body;
        for (const attributes of around) {
          inner = inner.appendChild(document.createElement("p"));
          for (const [name, value] of Object.entries(attributes)) inner.setAttribute(name, value);
        }
        // Counting a place is left to page.js: so the list is where none is counted.
        if (
          list !== "" &&
          around.every((each) => "data-tacit-position" in each && +each["data-tacit-position"] > 0)
        )
          document.body.setAttribute("data-tacit-list", list);
        else document.body.removeAttribute("data-tacit-list");
        press(inner);
        expect(early.splice(0)).toEqual(late.splice(0));
      },
    ),
    { numRuns: 400 },
  );
  clicking?.stop();
  document.body.removeAttribute("data-tacit-list");
});

test("no script's click, no second of a row, no right button, and nothing once it has stopped", () => {
  vi.useFakeTimers();
  const seen: string[] = [];
  const clicking = startEarlyClicks((kind) => void seen.push(kind), `journal ${++journals}`);
  document.body.innerHTML = `<a data-tacit-item="a"></a>`;
  const [link] = document.body.children;
  press(link, { isTrusted: false });
  press(link, { detail: 2 });
  press(link, { button: 2 });
  expect(seen).toEqual([]);
  press(link, { button: 1 });
  expect(seen).toEqual(["click"]);
  clicking?.stop();
  press(link);
  expect(seen).toEqual(["click"]);
});

test("of two copies that keep one journal the first captures", () => {
  const first = startEarlyClicks(() => undefined, "one journal");
  expect(first).not.toBeNull();
  expect(startEarlyClicks(() => undefined, "one journal")).toBeNull();
  first?.stop();
});
