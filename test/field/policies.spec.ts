/** Kind: any origin, any policy. The SDK ranks, or says in a sentence what to change. */
import { expect } from "vitest";
import { sleep, type Tab } from "./engines/engine.ts";
import { inEveryEngine, type LawOptions } from "./laws.ts";
import { html } from "./site.ts";
import { loaded, said, until } from "./visit.ts";

const csp = (policy: string) => ({ "content-security-policy": policy });
const worker = "/tacit/worker.js";
const nonced = html({ tag: { nonce: "abc" } });

interface Policy {
  readonly page: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly site?: LawOptions["site"];
  /** What a console line says where the policy leaves no way to rank; otherwise it must rank. */
  readonly says?: RegExp;
}

const policies: Readonly<Record<string, Policy>> = {
  "the documented policy": {
    page: html(),
    headers: csp("script-src 'self'; worker-src 'self'; connect-src 'self'"),
  },
  "a policy without worker-src": { page: html(), headers: csp("script-src 'self'; connect-src 'self'") },
  "default-src 'self' alone": { page: html(), headers: csp("default-src 'self'") },
  "workers from blob: alone": {
    page: html(),
    headers: csp("script-src 'self'; worker-src blob:; connect-src 'self'"),
  },
  "no workers at all": {
    page: html(),
    headers: csp("script-src 'self'; worker-src 'none'; connect-src 'self'"),
  },
  "child-src 'none' in worker-src's place": {
    page: html(),
    headers: csp("script-src 'self'; child-src 'none'; connect-src 'self'"),
  },
  "a nonce and strict-dynamic": {
    page: nonced,
    headers: csp("script-src 'nonce-abc' 'strict-dynamic'; object-src 'none'; base-uri 'none'"),
  },
  "a nonce, strict-dynamic and worker-src 'self'": {
    page: nonced,
    headers: csp("script-src 'nonce-abc' 'strict-dynamic'; worker-src 'self'; connect-src 'self'"),
  },
  "Trusted Types and no policy named": {
    page: html(),
    headers: csp(
      "script-src 'self'; worker-src 'self'; connect-src 'self'; require-trusted-types-for 'script'",
    ),
  },
  "Trusted Types and the SDK's policy allowed": {
    page: html(),
    headers: csp(
      "script-src 'self'; worker-src 'self'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types tacit",
    ),
  },
  "Trusted Types and no policy allowed": {
    page: html(),
    headers: csp(
      "script-src 'self'; worker-src 'self'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'",
    ),
    says: /trusted-types|Trusted Types/i,
  },
  "another's policies allowed by Trusted Types": {
    page: html(),
    headers: csp(
      "script-src 'self'; worker-src 'self'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types angular",
    ),
    says: /trusted-types|Trusted Types/i,
  },
  "COEP require-corp and COOP on the page alone": {
    page: html(),
    headers: { "cross-origin-embedder-policy": "require-corp", "cross-origin-opener-policy": "same-origin" },
  },
  "COEP credentialless": {
    page: html(),
    headers: {
      "cross-origin-embedder-policy": "credentialless",
      "cross-origin-opener-policy": "same-origin",
    },
  },
  "COOP alone": { page: html(), headers: { "cross-origin-opener-policy": "same-origin" } },
  "COEP on every answer": {
    page: html(),
    headers: {},
    site: {
      headers: {
        "cross-origin-embedder-policy": "require-corp",
        "cross-origin-opener-policy": "same-origin",
      },
    },
  },
  "a worker that may compile no WebAssembly": {
    page: html(),
    headers: {},
    site: { fileHeaders: { [worker]: csp("script-src 'self'; connect-src 'self'") } },
  },
  "a worker without WebAssembly": {
    page: html(),
    headers: {},
    site: { prefixes: { [worker]: "delete self.WebAssembly;" } },
  },
  "WebAssembly that throws": {
    page: html(),
    headers: {},
    site: {
      prefixes: {
        [worker]:
          "WebAssembly.compile = WebAssembly.instantiate = async () => { throw new WebAssembly.CompileError('as a test wants it'); }; WebAssembly.Module = class { constructor() { throw new WebAssembly.CompileError('as a test wants it'); } };",
      },
    },
  },
  "a self-hosted worker without a policy of its own": {
    page: html(),
    headers: csp("default-src 'self'"),
    site: { fileHeaders: { [worker]: csp("default-src 'self'") } },
  },
  "a worker whose policy forbids every request": {
    page: html(),
    headers: {},
    site: { fileHeaders: { [worker]: csp("default-src 'none'; script-src 'self'") } },
    says: /connect-src/,
  },
  "a page whose policy forbids every request": {
    page: html(),
    headers: csp("script-src 'self'; worker-src 'self'; connect-src 'none'"),
    site: { fileHeaders: { [worker]: csp("connect-src 'none'") } },
    says: /connect-src/,
  },
  "a permissions policy that turns everything off": {
    page: html(),
    headers: {
      "permissions-policy": "geolocation=(), storage-access=(), browsing-topics=(), cross-origin-isolated=()",
    },
  },
  "no sniffing and no referrer": {
    page: html(),
    headers: { "x-content-type-options": "nosniff", "referrer-policy": "no-referrer" },
  },
};

/** The page's list once it has six, or what it has after a while. */
async function items(tab: Tab, limitMs = 10_000): Promise<number> {
  let found = -1;
  for (const end = Date.now() + limitMs; Date.now() < end && found < 6; await sleep(200)) {
    found = await tab.run(async () => {
      const never = new Promise<null>((resolve) => setTimeout(resolve, 5_000, null));
      const list = await Promise.race([window.tacit?.recommend({ count: 6 }) ?? [], never]);
      return list?.length ?? -1;
    });
  }
  return found;
}

inEveryEngine((law) => {
  for (const [title, { page, headers, site, says }] of Object.entries(policies)) {
    law(
      `under ${title} the SDK ${says === undefined ? "ranks" : "ranks or says what to change"}`,
      { site: { ...site, pages: { "/case": { body: page, headers } } } },
      async ({ tab, site }) => {
        await tab.goto(`${site.url}/case`);
        await loaded(tab);
        const found = await items(tab);
        const words = await said(tab);
        const explained = says !== undefined && words.some((line) => /tacit/i.test(line) && says.test(line));
        expect(found === 6 || explained ? "well" : `${found} items; said: ${words.join(" | ")}`).toBe("well");
      },
    );
  }

  law(
    "on a cross-origin isolated page the worker of the server's own file starts in the best way",
    {
      site: {
        pages: {
          "/case": {
            body: html(),
            headers: {
              "cross-origin-embedder-policy": "require-corp",
              "cross-origin-opener-policy": "same-origin",
            },
          },
        },
      },
    },
    async ({ tab, site }) => {
      await tab.goto(`${site.url}/case`);
      await loaded(tab);
      expect(await items(tab)).toBe(6);
      const detours = (await said(tab)).filter((line) => /worker: runs/.test(line));
      expect([await tab.run(() => crossOriginIsolated), ...detours]).toEqual([true]);
    },
  );

  const otherSite: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    "without a policy": {},
    "with workers of its own origin alone": {
      "content-security-policy": "script-src SDK; worker-src 'self'; connect-src SDK",
    },
    "with the server's origin allowed everywhere": {
      "content-security-policy": "script-src 'self' SDK; worker-src blob:; connect-src SDK",
    },
    "with COEP require-corp": {
      "cross-origin-embedder-policy": "require-corp",
      "cross-origin-opener-policy": "same-origin",
    },
  };
  for (const [how, headers] of Object.entries(otherSite)) {
    law(
      `the tag from the server's own origin ranks on another site's page ${how}`,
      {
        site: {
          headers: { "access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin" },
        },
      },
      async ({ tab, site, openSite }) => {
        const tag = {
          src: `${site.url}/tacit/tacit.js`,
          crossorigin: "anonymous",
          "data-tacit-server": site.url,
        };
        const allowed = (policy: string) => policy.replaceAll("SDK", `${site.url} 'self'`);
        const own = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, allowed(text)]));
        const shop = await openSite({
          pages: { "/case": { body: html({ tag, stub: false }), headers: own } },
          faults: {
            "/tacit/tacit.js": "missing",
            "/tacit/worker.js": "missing",
            "/tacit/ranking.js": "missing",
            "/tacit/contributing.js": "missing",
            "/tacit/tokens.js": "missing",
          },
        });
        await tab.goto(`${shop.url}/case`);
        await loaded(tab);
        const found = await items(tab);
        expect(found === 6 ? "6 items" : `${found} items; said: ${(await said(tab)).join(" | ")}`).toBe(
          "6 items",
        );
      },
    );
  }

  law(
    "over http on a name that is not this machine's the SDK ranks, and says that contributing needs https",
    {
      site: { pages: { "/case": html({ tag: { "data-tacit-consent": "personalise contribute" } }) } },
      session: (port) => ({ host: { name: "shop.test", port } }),
    },
    async ({ tab, site }) => {
      await tab.goto(`http://shop.test:${site.port}/case`);
      await loaded(tab);
      const isSecure = await tab.run(() => isSecureContext);
      const found = await items(tab);
      await sleep(6_000);
      const panel = await tab.run(async () => JSON.stringify((await window.tacit?.panel()) ?? null));
      const isAutomated = await tab.run(async () => (await window.tacit?.panel())?.cleaned.isAutomated);
      const isTold = /https|secure/i.test(`${panel}${(await said(tab)).join()}`);
      const told = { isSecure, found, isTold, isAutomated };
      // A test's program drives the browser, and here it says so.
      expect(told).toEqual({ isSecure: false, found: 6, isTold: true, isAutomated: true });
    },
  );

  law(
    "in a sandboxed frame of no origin every question is answered and nothing is thrown",
    {
      site: {
        pages: {
          "/case":
            '<!doctype html><script>addEventListener("message", ({ data }) => { window.told = data; });</script><iframe sandbox="allow-scripts" src="/inner"></iframe>',
          "/inner": html({ body: '<script src="/inner.js"></script>' }),
          "/inner.js": `(async () => {
            while (!("version" in (window.tacit ?? {}))) await new Promise((resolve) => setTimeout(resolve, 50));
            tacit.track("view", { item: "20725" });
            const list = await tacit.recommend({ count: 6 });
            await tacit.panel();
            await tacit.optOut();
            parent.postMessage({ items: list.length, personalise: tacit.consent().personalise, uncaught: said.filter((line) => line.startsWith("uncaught")) }, "*");
          })();`,
        },
      },
    },
    async ({ tab, site }) => {
      await tab.goto(`${site.url}/case`);
      await until(tab, "the frame's answers", () => tab.run(() => "told" in window), 40_000);
      const told = await tab.run(
        () => Reflect.get(window, "told") as { personalise: boolean; uncaught: string[] },
      );
      expect({ personalise: told.personalise, uncaught: told.uncaught }).toEqual({
        personalise: false,
        uncaught: [],
      });
    },
  );

  law("with the shipped integrity values the SDK ranks", { site: {} }, async ({ tab, site, openSite }) => {
    const { files } = (await (await fetch(`${site.url}/tacit/integrity.json`)).json()) as {
      readonly files: Readonly<Record<string, { readonly path: string; readonly integrity: string }>>;
    };
    const { integrity, path } = files["tacit.js"];
    const tag = { src: `/tacit/${path}`, integrity, crossorigin: "anonymous" };
    const shop = await openSite({ pages: { "/case": html({ tag }) } });
    await tab.goto(`${shop.url}/case`);
    await loaded(tab);
    expect(await items(tab)).toBe(6);
  });
});
