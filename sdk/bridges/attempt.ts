/** What runs inside other scripts' calls never throws into them. */

/** Calls, and says on the console what went wrong: nobody else would hear of it. */
export function attempt(run: () => void): void {
  try {
    run();
  } catch (error) {
    console.warn("tacit:", error);
  }
}

/** Stops what a bridge does. */
export type Stop = () => void;
