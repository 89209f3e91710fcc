import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    environment: "node",
    testTimeout: 30_000,
    // A core is left to nobody: much of what is tested waits for processes of its own.
    maxWorkers: "100%",
  },
});
