/** Who does publishing's work: a thread of its own beside a server, or this one where nobody waits at a door. */
import { jobsHere, type Runner, type RunnerOptions } from "../../base/jobs.ts";
import { entryBeside, jobThread } from "../../base/jobthread.ts";
import { type PublishingJobs, publishingJobs, type WorkSetup } from "./jobs.ts";

export type Work = Runner<PublishingJobs>;

/** Makes it once what jobs need is known. */
export type OpenWork = (setup: WorkSetup, options?: RunnerOptions) => Work;

export const workHere: OpenWork = (setup, options) => jobsHere(publishingJobs(setup), options);

export const workInThread: OpenWork = (setup, options) =>
  jobThread<PublishingJobs>({ entry: entryBeside(import.meta.url, "thread"), setup, ...options });
