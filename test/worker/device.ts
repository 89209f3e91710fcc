/**
 * Devices of visitors: started workers with a clock that is set by hand, and chance from a seed where a test
 * wants to repeat itself.
 */
import "fake-indexeddb/auto";
import { randomFillSync } from "node:crypto";
import type { EventKind, TacitEvent } from "../../core/events/event.ts";
import { dayMs } from "../../core/time.ts";
import { Consent } from "../../sdk/consent.ts";
import { KeptCopy } from "../../sdk/kept.ts";
import { memoryStore, type TextStore } from "../../sdk/page.ts";
import type { ConsentFlags, KeepCopy, Kept, Prefetch, WorkerConfig, WorkerNotice } from "../../worker/api.ts";
import type { AnyContributor } from "../../worker/contribute/kinds/contributor.ts";
import { atOnce } from "../../worker/contribute/pace.ts";
import type { Edges, LazyFile } from "../../worker/edges.ts";
import { fileFromSource } from "../../worker/fromsource.ts";
import { nothingKept } from "../../worker/store/store.ts";
import { TacitWorker } from "../../worker/tacit.ts";
import type { FakeServer } from "./fakeserver.ts";
import { itemId, noonMs } from "./shop.ts";

let databases = 0;

export const freshDatabase = (): string => `test-${databases++}`;

export interface Device {
  readonly worker: TacitWorker;
  readonly notices: WorkerNotice[];
  readonly clock: { nowMs: number };
}

export interface DeviceOptions {
  readonly database?: string;
  readonly consent?: ConsentFlags;
  readonly fill?: Edges["fill"];
  readonly config?: Partial<WorkerConfig>;
  readonly edges?: Partial<Edges>;
  /** Loads what ranks, contributes and shows; from the sources unless given. */
  readonly loadPart?: (name: LazyFile) => Promise<unknown>;
  readonly contributors?: readonly AnyContributor[];
  /** The page's copy of what outlives an erasure. */
  readonly keepCopy?: KeepCopy;
  /** What the page asked for before the worker ran. */
  readonly prefetch?: Prefetch;
}

/** The page's side of a device: its copy of what outlives an erasure, in a localStorage of its own. */
export function pageOf(store: TextStore = memoryStore()): {
  readonly store: TextStore;
  readonly keepCopy: KeepCopy;
  readonly kept: () => Kept;
} {
  const copy = new KeptCopy(store, new Consent({ store, privacyControl: false }));
  const keepCopy = (kept: Kept, isAll: boolean): Kept => (isAll ? copy.merge(kept) : copy.hear(kept));
  return { store, keepCopy, kept: () => copy.merge(nothingKept) };
}

export const strongFill: Edges["fill"] = (bytes) => {
  randomFillSync(bytes);
};

const opened: TacitWorker[] = [];

/** A started worker; `closeDevices` closes it. */
export async function device(server: FakeServer, options: DeviceOptions = {}): Promise<Device> {
  const { database = freshDatabase(), fill = strongFill } = options;
  const { consent = { personalise: true, contribute: true } } = options;
  const clock = { nowMs: noonMs };
  const notices: WorkerNotice[] = [];
  const { loadFile = fileFromSource, ...others } = options.edges ?? {};
  const edges: Edges = {
    ...{ nowMs: () => clock.nowMs, fill, fetch: server.fetch, pace: atOnce, ...others },
    // What a test hands over stands for the file that most visits never load.
    loadFile: (name, url) =>
      isOfEachVisit(name) ? (options.loadPart ?? fileFromSource)(name) : loadFile(name, url),
  };
  const worker = new TacitWorker(edges, options.contributors);
  const config: WorkerConfig = {
    server: "http://localhost/base/",
    database,
    consent,
    ...options.config,
  };
  const notify = (notice: WorkerNotice): void => {
    notices.push(notice);
  };
  await worker.start(config, notify, options.keepCopy, options.prefetch);
  opened.push(worker);
  return { worker, notices, clock };
}

function isOfEachVisit(name: LazyFile): boolean {
  return name === "ranking.js" || name === "contributing.js" || name === "shown.js";
}

/** A started worker that has fetched everything. */
export async function wholeDevice(server: FakeServer, options: DeviceOptions = {}): Promise<Device> {
  const own = await device(server, options);
  await until(() => own.notices.some((notice) => notice.type === "edition" && notice.isWhole));
  return own;
}

/** Like closing the tab. */
export async function closeDevice({ worker }: Device): Promise<void> {
  opened.splice(opened.indexOf(worker), 1);
  await worker.close();
}

/** Like a tab whose process is gone. */
export function endDevice({ worker }: Device): void {
  opened.splice(opened.indexOf(worker), 1);
  worker.end();
}

export async function closeDevices(): Promise<void> {
  for (const worker of opened.splice(0)) await worker.close();
}

let events = 0;

export function eventOf(kind: EventKind, row: number | string, atMs = noonMs - dayMs): TacitEvent {
  return { id: `event-${events++}`, kind, item: typeof row === "number" ? itemId(row) : row, atMs };
}

/** Lets so many turns of the event loop pass. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Waits, in turns of the event loop, until `holds`. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 2000; turn++) {
    if (await holds()) return;
    await turns(1);
  }
  throw new Error("until: expected it to hold in about 2 s, got no such moment");
}

export function troublesOf({ notices }: Device): readonly string[] {
  return notices.flatMap((notice) => (notice.type === "trouble" ? [notice.message] : []));
}
