/**
 * How the laws of this folder are written: once, and run in every engine with a person and a site of their
 * own. An engine that cannot have a case is named with its reason.
 */
import { afterAll, beforeAll, describe, inject, test } from "vitest";
import {
  type Ability,
  type Engine,
  type EngineName,
  type Session,
  type SessionOptions,
  sleep,
  type Tab,
} from "./engines/engine.ts";
import { engines, wantedEngines } from "./engines/registry.ts";
import { openSite, type Site, type SiteOptions } from "./site.ts";

export interface LawOptions {
  readonly site?: SiteOptions;
  /** A function of the site's port where the session needs it. */
  readonly session?: SessionOptions | ((port: number) => SessionOptions);
  readonly needs?: readonly Ability[];
  /** Why it holds in no engine so far. */
  readonly notYet?: string;
  readonly limitMs?: number;
}

export interface Scene {
  readonly engine: EngineName;
  readonly site: Site;
  readonly session: Session;
  readonly tab: Tab;
  /** One more site, of another origin. */
  readonly openSite: (options?: SiteOptions) => Promise<Site>;
}

export type Law = (title: string, options: LawOptions, hold: (scene: Scene) => Promise<void>) => void;

const sceneLimitMs = 60_000;

export function inEveryEngine(define: (law: Law) => void): void {
  describe.each(wantedEngines())("%s", (name) => {
    let engine: Engine | undefined;
    beforeAll(async () => {
      engine = await engines[name].start();
    }, sceneLimitMs);
    afterAll(() => engine?.stop());

    const law: Law = (title, options, hold) => {
      const lacking = options.needs?.find((ability) => engines[name].cannot[ability] !== undefined);
      const reason = options.notYet ?? (lacking && engines[name].cannot[lacking]);
      if (reason !== undefined) {
        const where = options.notYet === undefined ? `not in ${name}` : "not yet";
        test.skip(`${title} (${where}: ${reason})`, () => undefined);
        return;
      }
      test(
        title,
        async () => {
          if (engine === undefined) throw new Error(`${name}: expected it to have started, got none`);
          await inScene(engine, options, hold);
        },
        // Scenes end by themselves before; this is for engines that do not let go.
        (options.limitMs ?? sceneLimitMs) + 30_000,
      );
    };
    define(law);
  });
}

async function inScene(
  engine: Engine,
  { site: siteOptions, session: sessionOptions, limitMs = sceneLimitMs }: LawOptions,
  hold: (scene: Scene) => Promise<void>,
): Promise<void> {
  const target = inject("tacitServer");
  const sites = [await openSite(target, siteOptions)];
  const [site] = sites;
  const wanted = typeof sessionOptions === "function" ? sessionOptions(site.port) : sessionOptions;
  const session = await engine.open(wanted);
  try {
    const more = async (options?: SiteOptions): Promise<Site> => {
      const another = await openSite(target, options);
      sites.push(another);
      return another;
    };
    const scene = { engine: engine.name, site, session, tab: await session.tab(), openSite: more };
    await withinLimit(limitMs, hold(scene));
  } finally {
    await Promise.race([session.close(), sleep(5_000)]);
    for (const one of sites) await one.close();
  }
}

/** The scene is left at its limit, so that its browser is ended before the next one starts. */
async function withinLimit(limitMs: number, scene: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`expected the scene to end within ${limitMs} ms`)), limitMs);
  });
  await Promise.race([scene, late]).finally(() => clearTimeout(timer));
}
