/**
 * An export with everything that a table of it may have, and lack; and what writes its Parquet files for
 * parquet.py.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SentSum, TacitExport } from "../../worker/api.ts";
import { parquetFiles } from "../../worker/export/parquet.ts";

const atMs = Date.UTC(2026, 2, 1, 12, 30, 15, 678);
const sum: SentSum = {
  ...{ task: "ab".repeat(32), kind: "item-pairs", round: 3, block: 0 },
  ...{ rho: 0.2988, state: "accepted" },
};
const spent = { rho: 0.2988, epsilon: 3.9, limit: { rho: 0.32, epsilon: 4.1 } };

export const exported: TacitExport = {
  format: "tacit-export",
  version: 3,
  exportedAt: "2026-03-02T00:00:00.000Z",
  consent: { personalise: true, contribute: false },
  choice: null,
  segment: { state: "unknown", why: "no-segments" },
  events: [
    { id: "e1", kind: "view", item: "84879", atMs, position: 3, list: "for-you", depth: 0.625 },
    { id: "e2", kind: "purchase", item: "Tasse – „groß“ 🍵", atMs: atMs + 1, amount: 2.5 },
    { id: "e3", kind: "search", query: 'bird "ornament"\n', atMs: atMs + 86_400_000 },
    { id: "e4", kind: "view", item: "84879", atMs: atMs + 2, position: 2 ** 40 },
    { id: "e5", kind: "checkout", atMs: -1 },
    { id: "e6", kind: "click", item: "", atMs: 1e300 },
  ],
  cleaned: { time: 1, duplicate: 1, rate: 0, isAutomated: false },
  leftOut: [{ event: "e4", why: "duplicate" }],
  facts: [
    { fact: "ageBand", title: "Your age", value: "25-34", atMs },
    { fact: "categories", title: "Categories you like", value: ["Mugs", "Lamps"], atMs: atMs + 5 },
    { fact: "gift", title: "gift", value: true, atMs: atMs + 6 },
  ],
  wishes: [{ wish: "mute", of: "category", value: "Mugs", atMs: atMs + 7 }],
  profile: {
    features: [
      { name: "visits", title: "Visits", unit: "visits", missing: "none yet", value: 4 },
      { name: "price", title: "Price level", unit: "score", missing: "no prices", value: null },
    ],
    categories: [],
  },
  tastes: [{ item: "84879", weight: 1.25 }],
  userVector: [0.5, -0.25],
  interests: [{ word: "mug", weight: -0.5, items: ["84879", "b"] }],
  reports: [
    {
      ...{ id: "r1", atMs, bytes: 137_284, sha256: "cd".repeat(32) },
      sums: [sum, { ...sum, kind: "activity", rho: null, state: "refused", why: "batch-full" }],
    },
  ],
  trials: [
    {
      ...{ list: "shelf", day: "2026-02-01", place: 4, isSwapped: true },
      servings: [
        { atMs, items: ["84879", "b"] },
        { atMs: atMs + 3, items: null },
      ],
    },
    { list: "shelf", day: "2026-02-02", place: null, isSwapped: false, servings: [] },
  ],
  experiments: [
    { experiment: "banner", arm: "big", atMs, shownMs: atMs + 5, hasLeft: false },
    { experiment: "order", arm: "control", atMs, shownMs: null, hasLeft: true },
  ],
  budget: { last30Days: spent, lifetime: spent, delta: 1e-6, since: "2026-02-01" },
  parties: "one",
  edition: null,
};

if (process.argv[1]?.endsWith("exported.ts")) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new TypeError("exported.ts: expected a folder to write to, got none");
  mkdirSync(folder, { recursive: true });
  for (const { name, file } of parquetFiles(exported)) {
    writeFileSync(join(folder, name), new Uint8Array(await file.arrayBuffer()));
  }
}
