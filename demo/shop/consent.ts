/** The permissions, followed. */
import { useEffect, useState } from "preact/hooks";
import type { ConsentState } from "../../sdk/index.ts";
import { sdk } from "./tacit.ts";

/** The permissions as they stand, undefined until the SDK is there. */
export function useConsent(): ConsentState | undefined {
  const [consent, setConsent] = useState<ConsentState>();
  useEffect(() => {
    let stop = () => {};
    let live = true;
    sdk.then((tacit) => {
      if (tacit === null || !live) return;
      setConsent(tacit.consent());
      stop = tacit.on("consent", setConsent);
    });
    return () => {
      live = false;
      stop();
    };
  }, []);
  return consent;
}
