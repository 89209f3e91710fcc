/** How the worker of a page is started: with the whole configuration, and what the core has for it. */
import { proxy, transfer } from "comlink";
import type { ConsentFlags, Kept, Prefetch, WorkerNotice } from "../../worker/api.ts";
import type { Settings } from "../config.ts";
import type { Edges } from "../edges.ts";
import { WorkerLink } from "../link.ts";
import type { Begun } from "../parts.ts";
import type { Asked } from "../prefetch.ts";

export interface StartingOptions {
  readonly edges: Edges;
  readonly settings: Settings;
  readonly begun: Begun;
  readonly flags: () => ConsentFlags;
  /** Whether anything may be stored. */
  readonly mayStore: () => boolean;
  readonly onNotice: (notice: WorkerNotice) => void;
  /** Takes what the worker keeps; gives back all that is kept then. */
  readonly keepCopy: (kept: Kept, isAll: boolean) => Kept;
  /** The worker is about to start, or runs. */
  readonly on: (state: "starts" | "runs") => void;
  readonly onError: (error: unknown) => void;
}

export function workerLink({ edges, settings, begun, ...on }: StartingOptions): WorkerLink {
  const { server, worker, files, database, pins, relay } = settings;
  const automation = settings.automation === "counts" ? "counts" : edges.automated ? "driven" : undefined;
  const prefetched = handedOn(begun.asked);
  return new WorkerLink({
    ways: edges.workerWays(worker, begun.startWorker),
    isHeld: (lock) => edges.isHeld(lock),
    prepare: async (remote, lifeLock) => {
      on.on("starts");
      await remote.start(
        {
          lifeLock,
          server,
          database,
          files,
          consent: on.flags(),
          ...(on.mayStore() ? {} : { storage: "memory" as const }),
          ...(pins === null ? {} : { pins }),
          ...(relay === null ? {} : { relay }),
          ...(automation === undefined ? {} : { automation }),
          ...(edges.device === null ? {} : { device: edges.device }),
        },
        proxy(on.onNotice),
        proxy(on.keepCopy),
        proxy(prefetched),
      );
      on.on("runs");
    },
    onDetour: (way, because) => on.onError(detour(way, because)),
  });
}

/** @param way as `edges.workerWays` names it */
export function detour(way: string, because: string): Error {
  return new Error(`worker: runs ${way}; ${because}`);
}

/** Answers go to the worker unread. */
function handedOn(asked: Asked): Prefetch {
  return async (path) => {
    const response = await asked(path);
    if (response === null || response.body === null) return null;
    const { status, body } = response;
    return transfer({ status, body }, [body]);
  };
}
