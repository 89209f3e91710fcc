/** npm run test:field: the laws of the page and the device, in Chromium, Firefox and WebKit. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/field/**/*.spec.ts"],
    environment: "node",
    globalSetup: ["test/field/server.ts"],
    // Each file starts browsers of its own: one at a time is what two cores hold.
    fileParallelism: false,
    // What was expected and what came, in full.
    chaiConfig: { truncateThreshold: 0 },
    reporters: ["verbose"],
  },
});
