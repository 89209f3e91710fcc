/**
 * The server that the browser tests run against: fresh data in a temporary directory, the shop's catalogue or
 * the one given, no crowd.
 */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { adminToken } from "./admin.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const data = mkdtempSync(join(tmpdir(), "tacit-browser-"));
const env = {
  ...process.env,
  TACIT_DATA: data,
  TACIT_PORT: process.argv[2],
  TACIT_ADMIN_TOKEN: adminToken,
  TACIT_SITE: join(root, "dist/demo"),
};
const catalogue = process.argv[3] ?? join(root, "demo/data/catalogue.csv");
/** Flags of the import. */
const flags = process.argv.slice(4);
const tacit = [join(root, "node_modules/tsx/dist/cli.mjs"), join(root, "server/cli/main.ts")];

execFileSync(process.execPath, [...tacit, "import", catalogue, ...flags], {
  env,
  stdio: "inherit",
});
const server = spawn(process.execPath, [...tacit, "serve"], { env, stdio: "inherit" });
process.on("SIGTERM", () => server.kill("SIGTERM"));
server.on("exit", (code) => {
  rmSync(data, { recursive: true, force: true });
  process.exit(code ?? 0);
});
