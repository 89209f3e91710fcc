/**
 * The worker's files from their sources, for who runs it without a build: tests, and crowds of devices in one
 * process.
 */
import type { LazyFile } from "./edges.ts";

const sources: Readonly<Record<LazyFile, () => Promise<unknown>>> = {
  "ranking.js": () => import("./answers/main.ts"),
  "contributing.js": () => import("./contribute/main.ts"),
  "shown.js": () => import("./panel/main.ts"),
  "moving.js": () => import("./moving/main.ts"),
  "parquet.js": () => import("./export/parquet.ts"),
  "words.js": () => import("./texts/main.ts"),
  "experiments.js": () => import("./experiments/main.ts"),
};

export function fileFromSource(name: LazyFile): Promise<unknown> {
  return sources[name]();
}
