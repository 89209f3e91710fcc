/**
 * What runs in the page itself: two functions that are handed over as their text, and so use nothing around them.
 */
import type { MarksObserved, Observed, ScriptTag, SdkObserved } from "./observed.ts";

/** What is left in the page for `askInside`. */
interface Heard {
  readonly violations: { readonly directive: string; readonly blocked: string }[];
  readonly errors: Set<string>;
  readyMs: number | null;
}

/** What the SDK of a page has, as far as it is asked here: it may be of another version. */
interface PageSdk {
  readonly version: string;
  on(name: "error" | "ready", listener: (detail: unknown) => void): void;
  consent(): {
    readonly personalise: boolean;
    readonly contribute: boolean;
    readonly because: { readonly personalise: string; readonly contribute: string };
  };
  recommend(options: { readonly count: number }): Promise<readonly unknown[]>;
  explain(item: string): Promise<unknown>;
  panel(): Promise<{
    readonly storage?: string;
    readonly parties?: unknown;
    readonly edition?: { readonly items: number; readonly isWhole: boolean } | null;
  } | null>;
}

/** Runs in the page, before anything of its own. */
export function listenInside(): void {
  const heard: Heard = { violations: [], errors: new Set(), readyMs: null };
  Object.assign(globalThis, { tacitDoctor: heard });
  addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
    heard.violations.push({ directive: effectiveDirective, blocked: blockedURI });
  });
  let sdk: PageSdk | undefined;
  const listen = (there: PageSdk | undefined): void => {
    if (there === undefined || there === sdk || typeof there !== "object" || !("version" in there)) return;
    sdk = there;
    sdk.on("error", (error) => heard.errors.add(error instanceof Error ? error.message : String(error)));
    sdk.on("ready", () => {
      heard.readyMs ??= performance.now();
    });
  };
  // The moment it is there, before it is started: what is wrong with its configuration is said then.
  for (const name of ["tacit", Symbol.for("tacit.sdk")]) {
    let value: PageSdk | undefined;
    Object.defineProperty(globalThis, name, {
      configurable: true,
      get: () => value,
      set: (there: PageSdk | undefined) => {
        value = there;
        listen(there);
      },
    });
  }
}

/** Runs in the page, once it has loaded. */
export async function askInside(
  limitMs: number,
  mostLookedUp: number,
): Promise<Omit<Observed, "url" | "status" | "failure" | "requests" | "console">> {
  const host = globalThis as unknown as Record<string | symbol, PageSdk | undefined>;
  const heard = (globalThis as unknown as { readonly tacitDoctor: Heard }).tacitDoctor;
  const there = () => host[Symbol.for("tacit.sdk")] ?? host.tacit;
  const isThere = () => there() !== undefined && "version" in (there() ?? {});
  const until = async (holds: () => boolean, ms: number): Promise<void> => {
    const endMs = performance.now() + ms;
    while (!holds() && performance.now() < endMs) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await until(isThere, Math.min(limitMs, 3_000));

  const scripts: ScriptTag[] = Array.from(document.querySelectorAll("script"), (script) => ({
    ...{ src: script.src, integrity: script.integrity, crossOrigin: script.crossOrigin },
    isOurs:
      /(?:^|\/)tacit\.js(?:$|[?#])/.test(script.src) ||
      Object.keys(script.dataset).some((name) => name.startsWith("tacit")),
  }));
  const marked = (root: Document | ShadowRoot): readonly Element[] => [
    ...root.querySelectorAll("[data-tacit-item]"),
    ...[...root.querySelectorAll("*")].flatMap(({ shadowRoot }) => (shadowRoot ? marked(shadowRoot) : [])),
  ];
  const idsOf = (all: readonly Element[]): readonly string[] => [
    ...new Set(
      all.map((element) => element.getAttribute("data-tacit-item")?.trim() ?? "").filter((id) => id !== ""),
    ),
  ];
  const listsOf = (all: readonly Element[]) =>
    new Set(all.map((element) => element.closest("[data-tacit-list]")));
  let elements = marked(document);
  const unknown: string[] = [];
  let sdk: SdkObserved | null = null;
  const found = there();
  if (found !== undefined && isThere()) {
    await until(
      () => heard.readyMs !== null || [...heard.errors].some((error) => error.startsWith("init:")),
      limitMs,
    );
    const startedMs = performance.now();
    const shelf = await found.recommend({ count: 6 });
    const ms = performance.now() - startedMs;
    let panel = await found.panel();
    const endMs = performance.now() + Math.min(limitMs, 5_000);
    while (panel?.edition?.isWhole === false && performance.now() < endMs) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      panel = await found.panel();
    }
    // Shelves are drawn with the first lists.
    await until(() => marked(document).length > 0, 2_000);
    elements = marked(document);
    if (shelf.length > 0) {
      for (const id of idsOf(elements).slice(0, mostLookedUp))
        if ((await found.explain(id)) === null) unknown.push(id);
    }
    const { personalise, contribute, because } = found.consent();
    const parties = panel?.parties;
    sdk = {
      ...{ version: found.version, readyMs: heard.readyMs },
      // Asking for an unknown item is an error of the page's, and ours here.
      errors: [...heard.errors].filter((error) => !/^explain:/.test(error)),
      consent: { personalise, contribute, because: `${because.personalise}, ${because.contribute}` },
      storage: panel?.storage ?? null,
      parties: parties === "one" || parties === "none" ? parties : panel === null ? null : "two",
      ...{ items: panel?.edition?.items ?? null, isWhole: panel?.edition?.isWhole ?? null },
      shelf: { items: shelf.length, ms },
    };
  }
  const lists = listsOf(elements);
  lists.delete(null);
  const marks: MarksObserved = {
    ...{ elements: elements.length, items: idsOf(elements).length },
    ...{ lists: lists.size, unknown },
  };
  return {
    ...{ isSecure: isSecureContext, scripts, violations: heard.violations, sdk, marks },
    found: sdk !== null ? "sdk" : found === undefined ? "nothing" : "stub",
  };
}
