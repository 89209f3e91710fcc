/** The engines to test with: all, or those that FIELD_ENGINES names (`chromium,webkit`). */
import { chromiumEngine } from "./chromium.ts";
import { type Ability, type Engine, type EngineName, engineNames } from "./engine.ts";
import { firefoxEngine } from "./firefox.ts";
import { webkitEngine } from "./webkit.ts";

export interface EngineEntry {
  readonly start: () => Promise<Engine>;
  /** What it cannot do here, and why. */
  readonly cannot: Partial<Record<Ability, string>>;
}

export const engines: Readonly<Record<EngineName, EngineEntry>> = {
  chromium: { start: chromiumEngine, cannot: {} },
  firefox: {
    start: firefoxEngine,
    cannot: {
      quota: "Firefox has no limit of bytes for one origin that a test may set",
      crash: "WebDriver BiDi has no way to end the process of one tab",
    },
  },
  webkit: {
    start: webkitEngine,
    cannot: {
      quota: "MiniBrowser has no limit of bytes for one origin that a test may set",
      crash: "WebKitWebDriver ends its session with the process of a page",
      unaskedWindow: "MiniBrowser opens a window for a person's click alone",
      privacyControl:
        "MiniBrowser has no Global Privacy Control, and WebDriver puts no script before a page's own",
    },
  },
};

export function wantedEngines(): readonly EngineName[] {
  const wanted = process.env.FIELD_ENGINES;
  if (wanted === undefined) return engineNames;
  const names = wanted.split(",");
  const unknown = names.find((name) => !(engineNames as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new Error(`FIELD_ENGINES: expected among ${engineNames.join(", ")}, got ${unknown}`);
  return engineNames.filter((name) => names.includes(name));
}
