// @vitest-environment happy-dom
/** Of two SDKs on one page widgets find the one that was started, whatever was imported before. */
import { beforeEach, expect, test, vi } from "vitest";
import { install } from "../../sdk/install.ts";
import { sharedEvent, sharedSdk } from "../../sdk/shared.ts";
import type { Tacit } from "../../sdk/types.ts";
import { FakeApi, FakePage, FakeWorker } from "./fakes.ts";

beforeEach(() => {
  vi.resetModules();
  // A started SDK asks its server.
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  Reflect.deleteProperty(globalThis, Symbol.for("tacit.sdk"));
});

function tag(host: { tacit?: unknown }): Tacit {
  const page = new FakePage({ makeWorker: () => new FakeWorker(new FakeApi()) });
  install({ host, script: null, page });
  return host.tacit as Tacit;
}

test("bindings that are given the tag's SDK import one that nobody starts, and it is not found", async () => {
  const come = vi.fn();
  addEventListener(sharedEvent, come);
  await import("../../sdk/react/react.ts");
  await import("../../sdk/vue/vue.ts");
  await import("../../sdk/svelte/svelte.ts");
  expect([sharedSdk(), come.mock.calls.length]).toEqual([null, 0]);
  const tags = tag({});
  expect(sharedSdk()).toBe(tags);
  expect(come).toHaveBeenCalledOnce();
  removeEventListener(sharedEvent, come);
});

test("the package's SDK is found from its init on, and one that is started after it is not", async () => {
  const { tacit } = await import("../../sdk/index.ts");
  const come = vi.fn();
  addEventListener(sharedEvent, come);
  expect(sharedSdk()).toBeNull();
  tacit.init({ onError: () => undefined });
  expect(come).toHaveBeenCalledOnce();
  expect(sharedSdk()).toBe(tacit);
  tag({});
  expect(sharedSdk()).toBe(tacit);
  removeEventListener(sharedEvent, come);
});
