import { expect, test, vi } from "vitest";
import { type Memory, type Permitting, ToolsChoices } from "../../../sdk/bridges/choices.ts";
import { choiceIn as consentModeChoice, fromConsentMode } from "../../../sdk/bridges/consentmode.ts";
import { fromTcf, type TcfApi, choiceIn as tcfChoice } from "../../../sdk/bridges/tcf.ts";
import type { ConsentFlags, ConsentState } from "../../../sdk/index.ts";

function memory(): Memory {
  const texts = new Map<string, string>();
  return { read: (key) => texts.get(key) ?? null, write: (key, text) => void texts.set(key, text) };
}

/** A SDK that keeps what was chosen: who decided, and all that was told. */
function permitting(change: Partial<ConsentState> = {}) {
  let state: ConsentState = {
    ...{ personalise: true, contribute: false },
    because: { personalise: "default", contribute: "default" },
    ...change,
  };
  const told: Partial<ConsentFlags>[] = [];
  return {
    told,
    consent: (chosen?: Partial<ConsentFlags>) => {
      if (chosen === undefined) return state;
      told.push(chosen);
      const because = Object.fromEntries(Object.keys(chosen).map((name) => [name, "person"]));
      state = { ...state, ...chosen, because: { ...state.because, ...because } };
      return state;
    },
    steer: async () => () => undefined,
  };
}

const page = (sdk: Partial<Permitting>, kept: Memory, tool = "tcf") => new ToolsChoices(sdk, tool, kept);
/** What waits for the SDK has been told. */
const known = () => new Promise((resolve) => setTimeout(resolve));

test("a tool's choice is told once, on the next page too, until it is another: the panel's is not overruled", async () => {
  const sdk = permitting();
  const kept = memory();
  page(sdk, kept).tell({ personalise: true });
  await known();
  // In the panel.
  sdk.consent({ personalise: false });
  page(sdk, kept).tell({ personalise: true });
  await known();
  expect(sdk.consent().personalise).toBe(false);
  for (const personalise of [false, true]) page(sdk, kept).tell({ personalise });
  await known();
  expect(sdk.told).toEqual([
    ...[{ personalise: true }, { personalise: false }],
    ...[{ personalise: false }, { personalise: true }],
  ]);
});

test("two permissions that are stated one after the other are each told once, however many pages say so", async () => {
  const sdk = permitting();
  const kept = memory();
  for (let nth = 0; nth < 3; nth++) {
    const choices = page(sdk, kept);
    choices.tell({ personalise: true });
    choices.tell({ contribute: false });
    await known();
  }
  expect(sdk.told).toEqual([{ contribute: false }, { personalise: true }]);
});

test("a no is told at once, before the SDK has answered anything", () => {
  const sdk = { ...permitting(), steer: () => new Promise<never>(() => undefined) };
  page(sdk, memory()).tell({ personalise: false, contribute: false });
  expect(sdk.told).toEqual([{ personalise: false, contribute: false }]);
});

test("where nothing is known of what the tool stated last its yes does not overrule a person's no", async () => {
  const sdk = permitting();
  sdk.consent({ personalise: false });
  const forgetful: Memory = { read: () => null, write: () => undefined };
  page(sdk, forgetful).tell({ personalise: true, contribute: true });
  await known();
  expect(sdk.told.slice(1)).toEqual([{ contribute: true }]);
});

test("no tool overrules Global Privacy Control", async () => {
  const sdk = permitting({ because: { personalise: "default", contribute: "gpc" } });
  page(sdk, memory()).tell({ personalise: true, contribute: true });
  await known();
  expect(sdk.told).toEqual([{ personalise: true }]);
});

test("what is stated to the stub, which has no consent, is told to the SDK that comes", async () => {
  const sdk = permitting();
  const kept = memory();
  const host = new EventTarget();
  vi.stubGlobal("addEventListener", host.addEventListener.bind(host));
  vi.stubGlobal("removeEventListener", host.removeEventListener.bind(host));
  page({}, kept).tell({ personalise: false });
  page({}, kept, "other").stop();
  expect(kept.read("tacit.tool.tcf")).toBeNull();
  const shared = Symbol.for("tacit.sdk");
  Object.assign(globalThis, { [shared]: sdk });
  host.dispatchEvent(new Event("tacit-sdk"));
  expect(sdk.told).toEqual([{ personalise: false }]);
  host.dispatchEvent(new Event("tacit-sdk"));
  expect(sdk.told).toHaveLength(1);
  Reflect.deleteProperty(globalThis, shared);
  vi.unstubAllGlobals();
});

test("one tool does not speak for another, and what cannot be read was not written", async () => {
  const sdk = permitting();
  const kept = memory();
  kept.write("tacit.tool.tcf", "{");
  page(sdk, kept).tell({ contribute: true });
  page(sdk, kept, "consent-mode").tell({ contribute: true });
  await known();
  expect(sdk.told).toEqual([{ contribute: true }, { contribute: true }]);
});

test("Consent Mode: of what was pushed before where it ended holds, and a no after it is told", async () => {
  const host = globalThis as { shopLayer?: unknown };
  const update = (personalization_storage: string) =>
    called("consent", "update", { personalization_storage });
  host.shopLayer = [update("denied"), update("granted")];
  const sdk = permitting();
  const stop = fromConsentMode(sdk, { name: "shopLayer" });
  await known();
  expect(sdk.told).toEqual([{ personalise: true }]);
  (host.shopLayer as unknown[]).push(update("denied"));
  expect(sdk.told.at(-1)).toEqual({ personalise: false });
  stop();
  Reflect.deleteProperty(host, "shopLayer");
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

test("TCF: nothing is told before the person answered, and after stop", async () => {
  const sdk = permitting();
  const calls: unknown[] = [];
  let heard: (data: unknown, success: boolean) => void = () => undefined;
  const api: TcfApi = (command, version, callback, parameter) => {
    calls.push([command, version, parameter]);
    heard = command === "addEventListener" ? callback : heard;
  };
  const stop = fromTcf(sdk, api);
  heard({ ...answered, listenerId: 4, eventStatus: "cmpuishown" }, true);
  heard({ ...answered, purpose: { consents: consents(1, 5, 6) } }, false);
  await known();
  expect(sdk.told).toEqual([]);
  heard({ ...answered, purpose: { consents: consents(1, 5, 6) } }, true);
  await known();
  expect(sdk.told).toEqual([{ contribute: false }, { personalise: true }]);
  stop();
  heard({ ...answered, purpose: { consents: {} } }, true);
  expect(sdk.told).toHaveLength(2);
  expect(calls).toEqual([
    ["addEventListener", 2, undefined],
    ["removeEventListener", 2, 4],
  ]);
});

test("TCF: where the page has no tool, that is said", () => {
  expect(() => fromTcf(permitting())).toThrow(
    "tcf: expected window.__tcfapi of the site's consent tool, got undefined",
  );
});
