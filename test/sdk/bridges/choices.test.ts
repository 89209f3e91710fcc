import { expect, test, vi } from "vitest";
import { type Memory, ToolsChoices } from "../../../sdk/bridges/choices.ts";
import { choiceIn as consentModeChoice } from "../../../sdk/bridges/consentmode.ts";
import { fromTcf, type TcfApi, choiceIn as tcfChoice } from "../../../sdk/bridges/tcf.ts";

function memory(): Memory {
  const texts = new Map<string, string>();
  return { read: (key) => texts.get(key) ?? null, write: (key, text) => void texts.set(key, text) };
}

test("a tool's state is told once, on the next page too, until it is another", () => {
  const consent = vi.fn();
  const kept = memory();
  new ToolsChoices({ consent }, "tcf", kept).tell({ personalise: true });
  // The person says no in the panel; the tool says on the next page what it always says.
  new ToolsChoices({ consent }, "tcf", kept).tell({ personalise: true });
  expect(consent).toHaveBeenCalledTimes(1);
  new ToolsChoices({ consent }, "tcf", kept).tell({ personalise: false });
  new ToolsChoices({ consent }, "tcf", kept).tell({ personalise: true });
  expect(consent.mock.calls).toEqual([
    [{ personalise: true }],
    [{ personalise: false }],
    [{ personalise: true }],
  ]);
});

test("one tool does not speak for another", () => {
  const consent = vi.fn();
  const kept = memory();
  new ToolsChoices({ consent }, "tcf", kept).tell({ contribute: true });
  new ToolsChoices({ consent }, "consent-mode", kept).tell({ contribute: true });
  expect(consent).toHaveBeenCalledTimes(2);
});

/** As gtag's snippet pushes it. */
function called(..._: unknown[]): unknown {
  // biome-ignore lint/complexity/noArguments: that is what gtag's snippet pushes.
  return arguments;
}

test.each([
  [called("consent", "update", { personalization_storage: "granted" }), { personalise: true }],
  [
    called("consent", "update", { personalization_storage: "denied", analytics_storage: "granted" }),
    { personalise: false, contribute: true },
  ],
  [called("consent", "update", { analytics_storage: "denied", wait_for_update: 5 }), { contribute: false }],
  [called("consent", "update", { ad_storage: "granted" }), null],
  [called("consent", "update", { personalization_storage: true }), null],
  [called("consent", "default", { personalization_storage: "granted" }), null],
  [called("event", "view_item"), null],
  [["consent", "update", { personalization_storage: "granted" }], null],
])("Consent Mode: %j is the choice %j", (entry, choice) => {
  expect(consentModeChoice(entry)).toEqual(choice);
});

const consents = (...granted: readonly number[]) =>
  Object.fromEntries(granted.map((number) => [number, true]));
const answered = { gdprApplies: true, eventStatus: "useractioncomplete" };

test.each([
  [
    { ...answered, purpose: { consents: consents(1, 5, 6, 9, 10) } },
    { personalise: true, contribute: true },
  ],
  [
    { ...answered, purpose: { consents: consents(1, 5, 6) } },
    { personalise: true, contribute: false },
  ],
  [
    { ...answered, purpose: { consents: consents(5, 6, 9, 10) } },
    { personalise: false, contribute: false },
  ],
  [
    { ...answered, purpose: { consents: {} } },
    { personalise: false, contribute: false },
  ],
  [
    { ...answered, eventStatus: "tcloaded" },
    { personalise: false, contribute: false },
  ],
  [
    { ...answered, purpose: { consents: consents(1, 5, 6) }, publisher: { consents: { 1: false } } },
    { personalise: false, contribute: false },
  ],
  [
    { ...answered, publisher: { consents: consents(1, 5, 6) } },
    { personalise: true, contribute: false },
  ],
  [{ ...answered, eventStatus: "cmpuishown", purpose: { consents: consents(1, 5, 6) } }, null],
  [{ ...answered, gdprApplies: false, purpose: { consents: consents(1, 5, 6) } }, null],
  [{ ...answered, gdprApplies: undefined }, null],
  [null, null],
])("TCF: %j is the choice %j", (data, choice) => {
  expect(tcfChoice(data)).toEqual(choice);
});

test("TCF: nothing is told before the person answered, and after stop", () => {
  const consent = vi.fn();
  const calls: unknown[] = [];
  let heard: (data: unknown, success: boolean) => void = () => undefined;
  const api: TcfApi = (command, version, callback, parameter) => {
    calls.push([command, version, parameter]);
    heard = command === "addEventListener" ? callback : heard;
  };
  const stop = fromTcf({ consent }, api);
  heard({ ...answered, listenerId: 4, eventStatus: "cmpuishown" }, true);
  heard({ ...answered, purpose: { consents: consents(1, 5, 6) } }, false);
  expect(consent).not.toHaveBeenCalled();
  heard({ ...answered, purpose: { consents: consents(1, 5, 6) } }, true);
  expect(consent.mock.calls).toEqual([[{ personalise: true, contribute: false }]]);
  stop();
  heard({ ...answered, purpose: { consents: {} } }, true);
  expect(consent).toHaveBeenCalledTimes(1);
  expect(calls).toEqual([
    ["addEventListener", 2, undefined],
    ["removeEventListener", 2, 4],
  ]);
});

test("TCF: where the page has no tool, that is said", () => {
  expect(() => fromTcf({ consent: vi.fn() })).toThrow(
    "tcf: expected window.__tcfapi of the site's consent tool, got undefined",
  );
});
