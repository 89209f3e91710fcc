/** Why a question got no answer. */

/** The worker gave no answer: it could not start, died, hung, or was given up; or what asks it never came. */
export class WorkerLost extends Error {
  override readonly name = "WorkerLost";
}

/** The page was left while it waited: nothing went wrong, and nobody is there to be told. */
export class PageLeft extends WorkerLost {
  constructor() {
    super("worker: ended with its page");
  }
}
