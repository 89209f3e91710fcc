/** The thread of jobs.test.ts. */
import { workerData } from "node:worker_threads";
import { serveJobs } from "../../../server/base/jobserver.ts";
import { type ToySetup, toyJobs } from "./toyjobs.ts";

serveJobs(toyJobs(workerData as ToySetup));
