import { defineConfig } from "@playwright/test";
import { findChromium } from "./test/browser/chromium.ts";

const port = 5399;
const executablePath = findChromium();

/** Browser tests run against the real server on a fresh data directory, serving the built shop and SDK. */
export default defineConfig({
  testDir: "test/browser",
  testMatch: "*.spec.ts",
  workers: 1,
  retries: 0,
  timeout: 60_000,
  reporter: "list",
  use: {
    baseURL: `http://localhost:${port}`,
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      args: ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--no-first-run"],
    },
  },
  webServer: {
    command: `npx tsx test/browser/serve.ts ${port}`,
    url: `http://localhost:${port}/health/ready`,
    timeout: 60_000,
    reuseExistingServer: false,
    gracefulShutdown: { signal: "SIGTERM", timeout: 5000 },
  },
});
