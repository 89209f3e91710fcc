/**
 * What a list takes that was computed ahead (sdk/rest/ahead.ts): a page that asks for the same list again and
 * again, with nothing between, once it is given without the worker being asked.
 */
import type { BrowserContext } from "@playwright/test";

/** Of calls one after the other, ms, as the page is told the time. */
export interface Ahead {
  readonly tookMs: readonly number[];
  readonly listed: number;
}

/** @param database the journal of that page. */
export function aheadPage(database: string): string {
  return `<!doctype html><meta charset="utf-8"><title>a list from before</title><script>
  let asked = 0;
  const { postMessage } = Worker.prototype;
  Worker.prototype.postMessage = function (message, ...rest) {
    // As comlink names what it calls.
    if (message?.path?.[0] === "forYou") asked += 1;
    return postMessage.call(this, message, ...rest);
  };
  </script><script src="/sdk/tacit.js" data-tacit-database="${database}" data-tacit-consent="personalise"
    data-tacit-defaults="2026-11-28"></script><script type="module">
  const recommend = () => tacit.recommend({ count: 12, includeSeen: true });
  const measure = async () => {
    for (;;) {
      const before = asked;
      if ((await recommend()).length === 12 && asked === before) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const before = asked;
    const tookMs = [];
    let listed = 0;
    for (let nth = 0; nth < 101; nth++) {
      const fromMs = performance.now();
      listed = (await recommend()).length;
      tookMs.push(performance.now() - fromMs);
    }
    if (asked !== before) throw new Error("ahead: expected the worker not to be asked");
    return { tookMs, listed };
  };
  measure().then((ahead) => { window.ahead = ahead; }, (error) => { window.ahead = { trouble: String(error) }; });
  </script>`;
}

export async function visitAhead(context: BrowserContext, address: string): Promise<Ahead> {
  const page = await context.newPage();
  try {
    page.setDefaultTimeout(60_000);
    await page.goto(address);
    const found = await page.waitForFunction("window.ahead");
    // The page's own script, above, makes it.
    const ahead = (await found.jsonValue()) as Ahead & { readonly trouble?: string };
    if (ahead.trouble !== undefined) throw new Error(`mainthread: expected lists, got ${ahead.trouble}`);
    return ahead;
  } finally {
    await page.close();
  }
}
