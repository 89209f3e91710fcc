/** The thread that publishing's work is done in: its first and only file that nobody imports. */
import { workerData } from "node:worker_threads";
import { serveJobs } from "../../base/jobserver.ts";
import { publishingJobs, type WorkSetup } from "./jobs.ts";

// Handed over by work.ts alone.
serveJobs(publishingJobs(workerData as WorkSetup));
