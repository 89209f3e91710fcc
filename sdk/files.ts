/** The files of the SDK beside the one that a page names. */
import type { WorkerFile } from "../worker/api.ts";

/** Where they are when the configuration does not say. */
export type Files = (name: FileName) => string;

export type FileName = "page.js" | "worker.js" | "debug.js" | WorkerFile;
