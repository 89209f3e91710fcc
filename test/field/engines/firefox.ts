/** Firefox, by puppeteer over WebDriver BiDi. */
import puppeteer, { type BrowserContext, type KeyInput, type Page } from "puppeteer-core";
import { programAt } from "../../browser/programs.ts";
import { firefoxProgram } from "../programs.ts";
import { type Engine, expressionOf, type PageFunction, type Session, type Tab } from "./engine.ts";

export async function firefoxEngine(): Promise<Engine> {
  const executablePath = programAt(firefoxProgram);
  const launch = (preferences: Record<string, unknown>) =>
    puppeteer.launch({
      browser: "firefox",
      executablePath,
      headless: true,
      protocolTimeout: 60_000,
      extraPrefsFirefox: { "dom.security.trusted_types.enabled": true, ...preferences },
    });
  let common: ReturnType<typeof launch> | undefined;
  return {
    name: "firefox",
    async open({ pageCache = true, host, privacyControl = false } = {}) {
      if (pageCache && host === undefined && !privacyControl) {
        common ??= launch({});
        return sessionOf(await (await common).createBrowserContext(), async () => undefined);
      }
      const browser = await launch({
        ...(pageCache ? {} : { "browser.sessionhistory.max_total_viewers": 0 }),
        ...(host === undefined ? {} : { "network.dns.localDomains": host.name }),
        ...(privacyControl ? { "privacy.globalprivacycontrol.enabled": true } : {}),
      });
      return sessionOf(await browser.createBrowserContext(), () => browser.close());
    },
    stop: async () => (await common)?.close(),
  };
}

function sessionOf(context: BrowserContext, end: () => Promise<void>): Session {
  return {
    tab: async () => tabOf(await context.newPage()),
    async close() {
      await context.close();
      await end();
    },
  };
}

function tabOf(page: Page): Tab {
  const cannot = (what: string) => Promise.reject(new Error(`firefox: expected nobody to ask for ${what}`));
  return {
    goto: async (url) => {
      await page.goto(url);
    },
    run: <A, T>(work: PageFunction<A, T>, argument?: A) =>
      page.evaluate(expressionOf(work, argument)) as Promise<T>,
    click: (selector) => page.click(selector),
    press: (key) => page.keyboard.press(key as KeyInput),
    back: async () => {
      await page.goBack();
    },
    close: () => page.close({ runBeforeUnload: true }),
    crash: () => cannot("a crash"),
    limitStorage: () => cannot("a quota"),
  };
}
