/** A worker that is started before there is anybody to speak to it, so that its file is on the way. */
import type { WorkerPort } from "./page.ts";

/** Starts it now, for who comes for it later; for who comes again another is started. */
export function startedNow(start: () => WorkerPort): () => WorkerPort {
  let first: (() => WorkerPort) | null = null;
  try {
    const port = start();
    first = () => port;
    port.addEventListener("error", (event) => {
      // Who has it hears for themselves.
      first &&= () => {
        throw new Error((event as Partial<ErrorEvent>).message || "an error, perhaps in loading it");
      };
    });
  } catch (cause) {
    first = () => {
      throw cause;
    };
  }
  return () => {
    const give = first ?? start;
    first = null;
    return give();
  };
}
