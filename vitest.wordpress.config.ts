/** npm run test:wordpress: the plugin of examples/wordpress in a real WordPress, with MariaDB and PHP of Debian's packages. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/wordpress/**/*.spec.ts"],
    environment: "node",
    globalSetup: ["test/package/packed.ts"],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    reporters: ["verbose"],
  },
});
