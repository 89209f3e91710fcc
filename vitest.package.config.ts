/** npm run test:package: what npm gets, packed, installed into empty projects and used there. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/package/**/*.spec.ts"],
    environment: "node",
    globalSetup: ["test/package/packed.ts"],
    // Installs, builds and a browser: one at a time is what two cores hold.
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    reporters: ["verbose"],
  },
});
