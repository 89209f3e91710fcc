import type { Tacit } from "../../sdk/index.ts";

declare global {
  interface Window {
    /** Put there by the script tag. */
    tacit?: Tacit;
  }
}
