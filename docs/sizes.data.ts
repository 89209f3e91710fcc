/** Weighs the built SDK as `npm run size` does. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Weight, weightOf } from "../sdk/budgets.ts";
import { builds } from "../sdk/vite.config.ts";

export interface SizeRow extends Weight {
  readonly file: string;
}

declare const data: readonly SizeRow[];

export { data };

export default {
  load: (): readonly SizeRow[] => {
    const built = fileURLToPath(new URL("../dist/sdk/", import.meta.url));
    // Without encoder.wasm, of which brotli takes a minute.
    const files = new Set(["stub.js", ...Object.values(builds).map(({ file }) => file)]);
    return [...files].map((file) => ({ file, ...weightOf(file, readFileSync(built + file)) }));
  },
};
