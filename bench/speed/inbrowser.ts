/**
 * How long the private side takes in a real Chromium's worker, beside an earlier commit's in the same run: the
 * first shelf of a visit and the shelf after an event, at several lengths of the journal and two sizes of shop.
 *
 * The earlier commit stands in a work tree of its own, with the packages that are installed now; both workers
 * are driven by the same script (indevice.ts), in turn. Each case begins with a visit that keeps what visits
 * keep; the one after it counts.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundledScript, withChromium } from "../inchromium.ts";
import type { Measured, Question, Times } from "./indevice.ts";
import { type MeasuredShop, type ShopSize, shopOf } from "./shops.ts";

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

function nameOf({ items, hasAll = false }: ShopSize): string {
  return `shop-${items}${hasAll ? "-all" : ""}`;
}

const root = fileURLToPath(new URL("../..", import.meta.url));
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
    return await withPage({ shops, scripts }, (ask) => measureAll(cases, Object.keys(trees), options, ask));
  } finally {
    if (options.against !== null) {
      execFileSync("git", ["worktree", "remove", "--force", join(folder, "before")], { cwd: root });
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

type Ask = (which: string, message: Question) => Promise<Answer>;

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

/** The worker of a tree with the script that measures it, as one file. */
async function bundled(entry: string, tree: string): Promise<string> {
  const source = [
    `import { TacitWorker } from ${JSON.stringify(join(tree, "worker/tacit.ts"))};`,
    `import { answerWith } from ${JSON.stringify(join(root, "bench/speed/indevice.ts"))};`,
    "answerWith(TacitWorker);",
  ];
  writeFileSync(entry, source.join("\n"));
  return bundledScript(entry, root);
}

/** The page: hands one message to a new worker, and gives back its answer. */
const pageHtml = `<!doctype html><title>speed</title><script>
  const ask = (script, message) => new Promise((resolve) => {
    const worker = new Worker(script, { type: "module" });
    const answer = (result) => { worker.terminate(); resolve(result); };
    worker.onmessage = ({ data }) => answer(data);
    worker.onerror = ({ message }) => answer({ ok: false, why: message });
    worker.postMessage(message);
  });
</script>`;

interface Answer {
  readonly ok: boolean;
  readonly times?: Times;
  readonly readMs?: number;
  readonly why?: string;
}

interface Served {
  readonly shops: ReadonlyMap<string, MeasuredShop>;
  readonly scripts: ReadonlyMap<string, string>;
}

/** Opens a page that hands messages to a worker made anew for each, and closes everything afterwards. */
async function withPage<T>({ shops, scripts }: Served, work: (ask: Ask) => Promise<T>): Promise<T> {
  const files = new Map<string, readonly [type: string, body: string | Uint8Array]>([
    ["/", ["text/html", pageHtml]],
    ...[...scripts].map(([which, code]) => [`/${which}.js`, ["text/javascript", code]] as const),
  ]);
  for (const [name, { document, parts, ids }] of shops) {
    const body = JSON.stringify({ document, ids, parts: parts.map(({ id }) => ({ id })) });
    files.set(`/${name}.json`, ["application/json", body]);
    for (const { id, bytes } of parts) files.set(`/parts/${id}`, ["application/octet-stream", bytes]);
  }
  const server = createServer((request, response) => {
    const [type, body] = files.get(request.url ?? "") ?? ["text/plain", null];
    response.writeHead(body === null ? 404 : 200, { "content-type": type }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await withChromium(async (browser) => {
      const page = await browser.newPage();
      page.setDefaultTimeout(300_000);
      await page.goto(`http://127.0.0.1:${port}/`);
      return work(async (which, message) => {
        const question = `ask(${JSON.stringify(`/${which}.js`)}, ${JSON.stringify(message)})`;
        const answer = await page.evaluate<Answer>(question);
        if (answer.ok !== true) throw new Error(`speed: expected times of ${which}, got ${answer.why}`);
        return answer;
      });
    });
  } finally {
    server.close();
  }
}
