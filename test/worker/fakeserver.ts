/** A server at the edge that answers like the real one, and can be told to tamper, to lose answers or to be away. */
import { toHex } from "../../core/bytes.ts";
import type { JoinedModel } from "../../core/model/join.ts";
import type { PrivacyPlan } from "../../core/sum/plan.ts";
import type { Task } from "../../core/tasks/task.ts";
import { parseReport, type Refusal, type ReportAnswer, type SumOutcome } from "../../core/wire/report.ts";
import type { TasksAnswer } from "../../core/wire/tasksanswer.ts";
import type { Fetch } from "../../worker/edges.ts";
import { type Publication, publish } from "../model.ts";
import { HelperLog } from "./helperlog.ts";
import { editionAnswerOf, type Keys, signedEdition, tasksAnswerOf } from "./parties.ts";
import { anyPlan } from "./shop.ts";

/** What happens to a posted report on its way: counted and answered, counted with the answer lost, or never there. */
export type Way = "fine" | "answer-lost" | "offline";

export interface FakeServer {
  readonly fetch: Fetch;
  readonly requests: { readonly method: string; readonly url: string; readonly init: RequestInit }[];
  readonly bodies: Uint8Array[];
  /** Publishes a model, each time under the next sequence number. */
  publish(model: JoinedModel): void;
  /** Publishes these parts under this edition, whatever they are. */
  serve(publication: Publication): void;
  /** Stands before the parts; undefined lets the honest answer through. */
  onPart: (id: string, init: RequestInit) => Response | undefined;
  tasks: readonly Task[];
  plan: PrivacyPlan;
  /** The helper's. */
  log: HelperLog;
  /** Why sums of a task are refused, by its id. */
  readonly refusals: Map<string, Refusal>;
  /** Stands between the honest answer and the device. */
  tamper: (answer: TasksAnswer) => unknown;
  way: Way;
  refusal: ReportAnswer | null;
  online: boolean;
}

export function fakeServer(model: JoinedModel | null, keys?: Keys): FakeServer {
  let current: Publication | null = null;
  let sequence = 0;
  const counted = new Set<string>();
  const server: FakeServer = {
    requests: [],
    bodies: [],
    tasks: [],
    plan: anyPlan,
    log: new HelperLog(),
    refusals: new Map(),
    tamper: (answer) => answer,
    way: "fine",
    refusal: null,
    online: true,
    onPart: () => undefined,
    publish: (next) => {
      sequence += 1;
      current = publish(next, { sequence, headItems: next.items });
    },
    serve: (publication) => {
      current = publication;
    },
    fetch: async (url, init) => {
      const method = init.method ?? "GET";
      server.requests.push({ method, url, init });
      if (!server.online) throw new TypeError("fetch failed");
      const { pathname } = new URL(url);
      if (pathname === "/base/v1/edition") {
        if (current === null) return new Response("no edition", { status: 404 });
        return Response.json(editionAnswerOf(signedEdition(current.edition), keys, server.log));
      }
      if (pathname === "/base/v1/head") {
        const id = current?.edition.head.id ?? "";
        return server.onPart(id, init) ?? partResponse(current?.parts.get(id), init);
      }
      if (pathname.startsWith("/base/v1/parts/")) {
        const id = pathname.slice("/base/v1/parts/".length);
        return server.onPart(id, init) ?? partResponse(current?.parts.get(id), init);
      }
      if (pathname === "/base/v1/tasks" && keys !== undefined) {
        return Response.json(server.tamper(tasksAnswerOf(keys, server.tasks, server.plan, server.log)));
      }
      if (pathname === "/base/v1/log") return Response.json(server.log.tail(0));
      if (pathname === "/base/v1/reports" && method === "POST" && init.body instanceof Uint8Array) {
        if (server.way === "offline") throw new TypeError("fetch failed");
        const body = new Uint8Array(init.body);
        server.bodies.push(body);
        const report = parseReport(body);
        const id = toHex(report.id);
        const state = counted.has(id) ? "duplicate" : "accepted";
        counted.add(id);
        if (server.way === "answer-lost") throw new TypeError("connection reset");
        if (server.refusal !== null) return Response.json(server.refusal, { status: 409 });
        const sums = report.sums.map(({ task }): SumOutcome => {
          const why = server.refusals.get(task);
          return why === undefined ? { task, state } : { task, state: "refused", why, detail: "" };
        });
        return Response.json({ state: "answered", sums });
      }
      return new Response("not found", { status: 404 });
    },
  };
  if (model !== null) server.publish(model);
  return server;
}

/** A part, or what a range asks of it, as an honest server answers. */
export function partResponse(bytes: Uint8Array<ArrayBuffer> | undefined, init: RequestInit): Response {
  if (bytes === undefined) return new Response("no such part", { status: 404 });
  const range = /^bytes=(\d+)-$/.exec(new Headers(init.headers).get("range") ?? "");
  return range === null ? new Response(bytes) : new Response(bytes.slice(Number(range[1])), { status: 206 });
}

/** "GET /v1/edition", "GET /v1/parts/ab12…": what was asked for, under the server's prefix. */
export function askedOf(server: FakeServer): readonly string[] {
  return server.requests.map(({ method, url }) => `${method} ${new URL(url).pathname.slice("/base".length)}`);
}

/** What was asked for beside the model. */
export function askedBesideModel(server: FakeServer): readonly string[] {
  return askedOf(server).filter((asked) => !/^GET \/v1\/(?:edition|head|parts\/)/.test(asked));
}
