/** Chromium, by Playwright. */
import { type BrowserContext, chromium, type Page } from "@playwright/test";
import { chromiumProgram } from "../../browser/chromium.ts";
import { programAt } from "../../browser/programs.ts";
import { type Engine, expressionOf, type PageFunction, type Session, type Tab } from "./engine.ts";

const quiet = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--no-first-run"];

export async function chromiumEngine(): Promise<Engine> {
  const executablePath = programAt(chromiumProgram);
  const launch = (flags: readonly string[], pageCache: boolean) =>
    chromium.launch({
      executablePath,
      args: [...quiet, ...flags],
      // Playwright turns the cache of pages off; people have it.
      ...(pageCache ? { ignoreDefaultArgs: ["--disable-back-forward-cache"] } : {}),
    });
  /** One browser serves all sessions of common options. */
  let common: ReturnType<typeof launch> | undefined;
  return {
    name: "chromium",
    async open({ pageCache = true, host, privacyControl = false } = {}) {
      if (pageCache && host === undefined) {
        common ??= launch([], true);
        const context = await (await common).newContext();
        // Chromium has none of its own: as an extension puts it there.
        if (privacyControl)
          await context.addInitScript(
            "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { value: true })",
          );
        return sessionOf(context, async () => undefined);
      }
      const rules = host === undefined ? [] : [`--host-resolver-rules=MAP ${host.name} 127.0.0.1`];
      const browser = await launch(rules, pageCache);
      return sessionOf(await browser.newContext(), () => browser.close());
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
  return {
    goto: async (url) => {
      await page.goto(url);
    },
    run: <A, T>(work: PageFunction<A, T>, argument?: A) => page.evaluate<T>(expressionOf(work, argument)),
    click: (selector) => page.click(selector, { noWaitAfter: true, timeout: 5_000 }),
    press: (key) => page.keyboard.press(key),
    back: async () => {
      // Playwright's own waits in vain for a page out of the cache to load.
      const shown = page.waitForEvent("framenavigated", { timeout: 5_000 });
      await Promise.all([shown, page.evaluate("setTimeout(() => history.back())")]);
    },
    async close() {
      const closed = page.waitForEvent("close");
      await page.close({ runBeforeUnload: true });
      await closed;
    },
    async crash() {
      const devtools = await page.context().newCDPSession(page);
      const crashed = page.waitForEvent("crash");
      // No answer comes from a process that has ended.
      devtools.send("Page.crash").catch(() => undefined);
      await crashed;
      await page.close();
    },
    async limitStorage(bytes) {
      const devtools = await page.context().newCDPSession(page);
      const { origin } = new URL(page.url());
      const quota = bytes === null ? {} : { quotaSize: bytes };
      await devtools.send("Storage.overrideQuotaForOrigin", { origin, ...quota });
    },
  };
}
