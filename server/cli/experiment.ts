/** tacit experiment: what an operator does with experiments, and what came of them. */
import { readFile } from "node:fs/promises";
import { messageOf } from "../../core/errors.ts";
import { jsonFromUtf8 } from "../../core/json.ts";
import { OperatorError } from "../base/operatorerror.ts";
import { parseDraft } from "../experiments/draft.ts";
import { foreseen, foreseenLines } from "../experiments/foresight.ts";
import { listedLines, listingLines, parseListed, parseListing } from "../experiments/listed.ts";
import { reportOn } from "../experiments/report.ts";
import { reportLines } from "../experiments/reportlines.ts";
import { parseExperimentReport } from "../experiments/reportschema.ts";
import { ExperimentDesk } from "../publishing/experiments.ts";
import type { Command } from "./command.ts";
import { configFrom, type Flags, parseFlags, textFlag } from "./flags.ts";
import { openOrReach, type Reached, voiceOf, waitFlag, waitMsIn } from "./reach.ts";

const actions = ["create", "list", "start", "widen", "stop", "remove", "report"] as const;
type Action = (typeof actions)[number];

export const experiment: Command = {
  summary: "write down, start, stop and read experiments",
  usage: `tacit experiment create FILE [--people N]
tacit experiment list | start NAME | widen NAME SHARE | stop NAME | remove NAME | report NAME [--json]
                 [--wait SECONDS] [--config FILE] [--data DIR] [--port N]

  create    writes down what FILE says (JSON; docs/EXPERIMENTS.md has an example): nobody is in it yet
  --people  tells how small a lift so many people will show, with the noise of all looks that are planned
  list      all of them, and their state
  start     lets people in, for the days that it is written down for
  widen     lets a larger share of people in (0 to 1); who is in it stays in their arm
  stop      lets nobody in any more; who is in it is told of until their days are over
  remove    forgets a draft, or one that has ended: its report can be had no more
  report    what came of it so far, with intervals that hold the noise
  --json    the report as JSON
  --wait    so long to wait for another command on the data directory, 30 unless told`,
  flags: { json: { type: "boolean" }, people: { type: "string" }, port: { type: "string" }, ...waitFlag },
  run: async (args, { env, out, err }) => {
    const flags = parseFlags("experiment", args, experiment.flags);
    const [given, ...rest] = flags.positionals;
    const action = actionIn(given);
    const [subject, share] = operandsOf(action, rest);
    const isJson = flags.values.json === true;
    if (isJson && action !== "report" && action !== "list") {
      throw new OperatorError(`experiment: --json goes with report and list, got ${action}`);
    }
    const people = peopleIn(flags, action);
    const draft = action === "create" ? await jsonIn(subject) : null;
    const config = configFrom(flags, env);
    const { log, say } = voiceOf(config, { err });
    const waitMs = waitMsIn("experiment", flags);
    const reached = await openOrReach("experiment", config, { env, log, say, waitMs });
    const way = reached.at === "server" ? throughServer(reached, say) : onDirectory(reached);
    try {
      for (const line of await linesOf(action, way, { subject, share, draft, isJson })) out(line);
      if (people !== null) {
        const all = foreseen(parseDraft(draft), people, config.experiments);
        for (const line of foreseenLines(all, people)) out(line);
      }
    } finally {
      if (reached.at === "directory") await reached.parts.close();
    }
    return 0;
  },
};

interface Operands {
  readonly subject: string;
  readonly share: number;
  readonly draft: unknown;
  readonly isJson: boolean;
}

async function linesOf(
  action: Action,
  way: Way,
  { subject, share, draft, isJson }: Operands,
): Promise<readonly string[]> {
  switch (action) {
    case "list": {
      const listing = parseListing(await way.list());
      return isJson ? [JSON.stringify(listing)] : listingLines(listing);
    }
    case "create":
      return listedLines(parseListed(await way.create(draft)));
    case "start":
      return listedLines(parseListed(await way.start(subject)));
    case "stop":
      return listedLines(parseListed(await way.stop(subject)));
    case "widen":
      return listedLines(parseListed(await way.widen(subject, share)));
    case "remove":
      await way.remove(subject);
      return [`${subject} removed`];
    case "report": {
      const report = parseExperimentReport(await way.report(subject));
      return isJson ? [JSON.stringify(report)] : reportLines(report);
    }
  }
}

/** Where it is done: both answer the same, as JSON. */
interface Way {
  readonly list: () => Promise<unknown>;
  readonly create: (draft: unknown) => Promise<unknown>;
  readonly start: (name: string) => Promise<unknown>;
  readonly stop: (name: string) => Promise<unknown>;
  readonly widen: (name: string, coverage: number) => Promise<unknown>;
  readonly remove: (name: string) => Promise<unknown>;
  readonly report: (name: string) => Promise<unknown>;
}

function onDirectory({ parts }: Extract<Reached, { at: "directory" }>): Way {
  const { leaderStore: store, editions, config, nowMs } = parts;
  const desk = new ExperimentDesk({ store, editions, config, nowMs });
  const told = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof TypeError || error instanceof RangeError) {
        throw new OperatorError(error.message);
      }
      throw error;
    }
  };
  return {
    list: () => desk.list(),
    create: (draft) => told(() => desk.create(draft)),
    start: (name) => told(() => desk.start(name)),
    stop: (name) => told(() => desk.stop(name)),
    widen: (name, coverage) => told(() => desk.widen(name, coverage)),
    remove: (name) => told(() => desk.remove(name)),
    report: async (name) => reportOn(store, await desk.find(name), config.experiments.days),
  };
}

function throughServer({ api }: Extract<Reached, { at: "server" }>, say: (line: string) => void): Way {
  const post = (path: string, json: unknown = null): Promise<unknown> =>
    api.post(path, { bytes: new TextEncoder().encode(JSON.stringify(json)) }, say);
  const at = (name: string): string => `/experiments/${encodeURIComponent(name)}`;
  return {
    list: () => api.get("/experiments"),
    create: (draft) => post("/experiments", draft),
    start: (name) => post(`${at(name)}/start`),
    stop: (name) => post(`${at(name)}/stop`),
    widen: (name, coverage) => post(`${at(name)}/widen`, { coverage }),
    remove: (name) => post(`${at(name)}/remove`),
    report: (name) => api.get(`${at(name)}/report`),
  };
}

function actionIn(given: string | undefined): Action {
  const action = actions.find((known) => known === given);
  if (action !== undefined) return action;
  throw new OperatorError(`experiment: expected one of ${actions.join(", ")}, got ${given ?? "nothing"}`);
}

const operands: Readonly<Record<Action, readonly string[]>> = {
  ...{ create: ["FILE"], list: [], start: ["NAME"], widen: ["NAME", "SHARE"] },
  ...{ stop: ["NAME"], remove: ["NAME"], report: ["NAME"] },
};

function operandsOf(action: Action, given: readonly string[]): readonly [subject: string, share: number] {
  const expected = operands[action];
  if (given.length !== expected.length) {
    const form = ["tacit experiment", action, ...expected].join(" ");
    throw new OperatorError(`experiment: expected ${form}, got ${given.length} after ${action}`);
  }
  const [subject = "", text = ""] = given;
  const share = Number(text);
  if (action === "widen" && !(text !== "" && share >= 0 && share <= 1)) {
    throw new OperatorError(`experiment: SHARE must be from 0 to 1, got ${JSON.stringify(text)}`);
  }
  return [subject, share];
}

/** How many people are expected; null: nobody asked. */
function peopleIn(flags: Flags, action: Action): number | null {
  const given = textFlag(flags, "people");
  if (given === undefined) return null;
  if (action !== "create") throw new OperatorError(`experiment: --people goes with create, got ${action}`);
  if (/^[1-9]\d{0,11}$/.test(given)) return Number(given);
  throw new OperatorError(`experiment: --people must be a number of people, got ${JSON.stringify(given)}`);
}

async function jsonIn(path: string): Promise<unknown> {
  try {
    return jsonFromUtf8(await readFile(path), path);
  } catch (error) {
    throw new OperatorError(`experiment: ${messageOf(error)}`);
  }
}
