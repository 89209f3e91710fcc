/**
 * Where the encoders' folders are: TACIT_ENCODER, or dist/encoder, and TACIT_IMAGE_ENCODER, or
 * dist/image-encoder. Without them nothing is tested, and that is a failure.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    readonly encoder: string;
    readonly imageEncoder: string;
  }
}

const root = fileURLToPath(new URL("../..", import.meta.url));

export default function findEncoders(project: TestProject): void {
  const { TACIT_ENCODER, TACIT_IMAGE_ENCODER } = process.env;
  project.provide("encoder", made(TACIT_ENCODER ?? join(root, "dist/encoder"), "encoder"));
  project.provide(
    "imageEncoder",
    made(TACIT_IMAGE_ENCODER ?? join(root, "dist/image-encoder"), "image-encoder"),
  );
}

function made(folder: string, script: string): string {
  if (existsSync(join(folder, "encoder.json"))) return folder;
  throw new Error(`expected an encoder in ${folder}, got none: npm run ${script} -- dist/${script} makes it`);
}
