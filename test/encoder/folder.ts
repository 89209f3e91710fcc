/**
 * Where the encoder's folder is: TACIT_ENCODER, or dist/encoder. Without one nothing is tested, and that is a
 * failure.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    readonly encoder: string;
  }
}

const usual = fileURLToPath(new URL("../../dist/encoder", import.meta.url));

export default function findEncoder(project: TestProject): void {
  const folder = process.env.TACIT_ENCODER ?? usual;
  if (!existsSync(join(folder, "encoder.json"))) {
    throw new Error(`expected an encoder in ${folder}, got none: npm run encoder -- dist/encoder makes it`);
  }
  project.provide("encoder", folder);
}
