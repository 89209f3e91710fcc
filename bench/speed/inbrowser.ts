/**
 * How long the private side takes in a real Chromium's worker, beside an earlier commit's in the same run:
 * the first shelf of a visit and the shelf after an event, at several lengths of the journal and two sizes of
 * shop.
 *
 * The earlier commit stands in a work tree of its own, with the packages that are installed now; both workers
 * are driven by the same script (indevice.ts), in turn. Each case begins with a visit that keeps what visits
 * keep; the one after it counts.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Measured, Times } from "./indevice.ts";
import { type Ask, bundled, root, withPage } from "./page.ts";
import { type MeasuredShop, nameOf, type ShopSize, shopOf } from "./shops.ts";

export interface BrowserBench {
  /** The commit to compare with; null: none. */
  readonly against: string | null;
  readonly shops: readonly ShopSize[];
  /** Lengths of the journal, on the first shop. */
  readonly journals: readonly number[];
  readonly runs: number;
  readonly turns: number;
}

export interface Case {
  readonly shop: string;
  readonly items: number;
  readonly events: number;
  /** Whether everything that orders lists is on. */
  readonly hasAll: boolean;
}

export interface CaseResult extends Case {
  readonly which: "before" | "now";
  readonly first: readonly Times[];
  /** Of each of those visits, what reading alone took just before it. */
  readonly readMs: readonly number[];
  /** The visit before, in which nothing was kept yet but the edition. */
  readonly without: Times;
}

/** Of an event to shelf that takes a second there are few. */
const mostMs = 8_000;

export async function measureInBrowser(options: BrowserBench): Promise<readonly CaseResult[]> {
  const shops = new Map<string, MeasuredShop>();
  for (const size of options.shops) shops.set(nameOf(size), await shopOf(size));
  const [first] = options.shops;
  const caseOf = (size: ShopSize, events: number): Case => {
    const { items, hasAll = false } = size;
    return { shop: nameOf(size), items, events, hasAll };
  };
  const cases: readonly Case[] = [
    ...options.journals.map((events) => caseOf(first, events)),
    ...options.shops.slice(1).flatMap((size) => {
      // Whoever buys much is looked at in all of it.
      return size.hasAll === true
        ? options.journals.map((events) => caseOf(size, events))
        : [caseOf(size, 10)];
    }),
  ];
  const folder = mkdtempSync(join(tmpdir(), "tacit-speed-"));
  const trees = { now: root, ...(options.against === null ? {} : { before: join(folder, "before") }) };
  try {
    if (options.against !== null) checkout(join(folder, "before"), options.against);
    const scripts = new Map<string, string>();
    for (const [which, tree] of Object.entries(trees)) {
      scripts.set(which, await bundled(join(folder, `${which}.ts`), tree));
    }
    return await withPage({ shops, scripts }, ({ ask }) =>
      measureAll(cases, Object.keys(trees), options, ask),
    );
  } finally {
    if (options.against !== null) {
      execFileSync("git", ["worktree", "remove", "--force", join(folder, "before")], { cwd: root });
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureAll(
  cases: readonly Case[],
  trees: readonly string[],
  { runs, turns }: BrowserBench,
  ask: Ask,
): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = [];
  for (const measured of cases) {
    const { shop, events, hasAll } = measured;
    const visits = new Map<string, Times[]>(trees.map((which) => [which, []]));
    const reads = new Map<string, number[]>(trees.map((which) => [which, []]));
    const of = (which: string, count: number): Measured => ({
      ...{ shop, events, mostMs, turns: count, hasWishes: hasAll },
      database: `${which}-${shop}-${events}`,
    });
    const visit = async (which: string, count: number): Promise<void> => {
      const { times } = await ask(which, of(which, count));
      if (times !== undefined) visits.get(which)?.push(times);
    };
    for (const which of trees) {
      await ask(which, { seed: of(which, 0) });
      await visit(which, 0);
    }
    for (let run = 0; run < runs; run++) {
      for (const which of trees) {
        const { readMs } = await ask(which, { read: of(which, 0) });
        if (readMs !== undefined) reads.get(which)?.push(readMs);
        await visit(which, turns);
      }
    }
    for (const which of trees) await ask(which, { drop: of(which, 0).database });
    for (const [which, [without, ...first]] of visits) {
      const readMs = reads.get(which) ?? [];
      results.push({ ...measured, which: which === "before" ? "before" : "now", first, readMs, without });
    }
  }
  return results;
}

function checkout(tree: string, commit: string): void {
  execFileSync("git", ["worktree", "add", "--detach", "--quiet", tree, commit], { cwd: root });
  symlinkSync(join(root, "node_modules"), join(tree, "node_modules"));
}
