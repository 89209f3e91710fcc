/** npm run test:hostile: hostile inputs at their full number, unless HOSTILE_INPUTS says another. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/hostile/**/*.test.ts"],
    environment: "node",
    env: { HOSTILE_INPUTS: process.env.HOSTILE_INPUTS ?? "200000" },
    // One after another: each campaign measures memory and time.
    fileParallelism: false,
    testTimeout: 3_600_000,
  },
});
