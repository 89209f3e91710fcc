/**
 * The build of the shop and of the page of widgets (dist/demo) and development server, which passes Tacit's
 * paths on to a running server.
 */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const server = process.env.TACIT_SERVER ?? "http://localhost:8787";

export default defineConfig({
  root: here("."),
  base: "/",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  server: { port: 5301, proxy: { "/v1": server, "/tacit": server } },
  build: {
    outDir: here("../dist/demo"),
    emptyOutDir: true,
    target: ["chrome111", "firefox114", "safari16.4"],
    // Everything is a file: a strict Content-Security-Policy refuses data: scripts and styles.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: [here("index.html"), here("widgets.html")] },
  },
});
