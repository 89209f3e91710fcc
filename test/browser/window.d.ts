import type { Tacit, TacitConfig } from "../../sdk/index.ts";

declare global {
  interface Window {
    /** Put there by the script tag. */
    tacit?: Tacit;
    /** Read by it. */
    tacitConfig?: TacitConfig;
  }
}
