/**
 * npm run test:encoder: real encoders, of sentences and of images, in Node and in Chromium;
 * `npm run encoder -- dist/encoder` and `npm run image-encoder -- dist/image-encoder` make them.
 */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/encoder/**/*.spec.ts"],
    environment: "node",
    globalSetup: ["test/encoder/folder.ts"],
    // A model and a browser: one at a time is what two cores hold.
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    reporters: ["verbose"],
  },
});
