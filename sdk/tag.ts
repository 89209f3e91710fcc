/**
 * Entry of dist/sdk/tacit.js, the script tag:
 *
 *     <script async src="/tacit/tacit.js" data-tacit-server="/"></script>
 */
import { browserPage } from "./browser.ts";
import { type Host, install } from "./install.ts";
import type { RestModule } from "./parts.ts";

declare const window: Window & Host;

try {
  const page = browserPage<RestModule>();
  if (page !== null) {
    // Known only now, while the script runs; a module's is found by what it says.
    const script = document.currentScript ?? document.querySelector("script[data-tacit-server]");
    install({ host: window, script: script instanceof HTMLScriptElement ? script : null, page });
  }
} catch (error) {
  console.warn("tacit:", error);
}
