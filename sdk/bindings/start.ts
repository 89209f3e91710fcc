/** Starts the SDK from a component, which frameworks draw more than once. */
import type { Tacit, TacitConfig } from "../types.ts";

const started = new WeakSet<Tacit>();

/** `init`, once however often it is called; not where there is no page. */
export function startOnce(tacit: Tacit, config: TacitConfig): void {
  if (typeof document === "undefined" || started.has(tacit)) return;
  started.add(tacit);
  tacit.init(config);
}
