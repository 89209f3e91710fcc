/** npm run test:chaos: the three-process test at its full size. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/server/chaos.test.ts"],
    environment: "node",
    env: { TACIT_CHAOS_BROWSERS: "300", TACIT_CHAOS_KILLS: "20" },
  },
});
