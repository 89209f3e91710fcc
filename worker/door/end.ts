/** When a request ends without its answer: after so long, or when whoever asked may ask no more. */

/** Aborted by whichever comes first. */
export function endOf(limitMs: number, stop?: AbortSignal): AbortSignal {
  const limit = AbortSignal.timeout(limitMs);
  if (stop === undefined) return limit;
  // Safari has it since 17.4: https://caniuse.com/mdn-api_abortsignal_any_static
  if (typeof AbortSignal.any === "function") return AbortSignal.any([stop, limit]);
  const ends = new AbortController();
  for (const signal of [stop, limit]) {
    if (signal.aborted) ends.abort(signal.reason);
    signal.addEventListener("abort", () => ends.abort(signal.reason), { once: true });
  }
  return ends.signal;
}
