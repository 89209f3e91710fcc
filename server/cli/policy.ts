/** tacit policy: what the site decides about its lists, for every browser. */
import { readFile } from "node:fs/promises";
import * as v from "valibot";
import { messageOf } from "../../core/errors.ts";
import { jsonFromUtf8 } from "../../core/json.ts";
import { policyLists, type SitePolicy } from "../../core/model/policy.ts";
import { OperatorError } from "../base/operatorerror.ts";
import { policyGiven, publishPolicy, unknownPins } from "../publishing/sitepolicy.ts";
import type { Command } from "./command.ts";
import { configFrom, parseFlags } from "./flags.ts";
import { openOrReach, type Reached, voiceOf, waitFlag, waitMsIn } from "./reach.ts";

export const policy: Command = {
  summary: "show, set or remove what the site decides about its lists",
  usage: `tacit policy [FILE | --remove] [--wait SECONDS] [--config FILE] [--data DIR] [--port N]

  FILE      JSON by list (${policyLists.join(", ")}): filter, pin, boost, bury, quota, exposure, ignored, as docs/guides/lists.md has them;
            and trials, as docs/OPERATING.md has them
            It takes the place of the policy before, in a new edition that is signed like any other
  --remove  publishes an edition without any
  --wait    so long to wait for another command on the data directory, 30 unless told

  Without FILE it prints the policy in force.`,
  flags: { remove: { type: "boolean" }, port: { type: "string" }, ...waitFlag },
  run: async (args, { env, out, err }) => {
    const flags = parseFlags("policy", args, policy.flags);
    const [path, ...more] = flags.positionals;
    if (more.length > 0)
      throw new OperatorError(`policy: expected one file, got ${flags.positionals.length}`);
    const isRemoved = flags.values.remove === true;
    if (isRemoved && path !== undefined) {
      throw new OperatorError(`policy: expected a file or --remove, got both`);
    }
    const asked = path === undefined ? null : await policyIn(path);
    const config = configFrom(flags, env);
    const { log, say } = voiceOf(config, { err });
    const waitMs = waitMsIn("policy", flags);
    const reached = await openOrReach("policy", config, { env, log, say, waitMs });
    try {
      if (asked === null && !isRemoved) {
        out(JSON.stringify(await policyInForce(reached), null, 2));
        return 0;
      }
      const { sequence, unknown } = await changed(reached, asked, say);
      for (const item of unknown) err(`policy: ${JSON.stringify(item)} is pinned, and not in the catalogue`);
      out(`policy ${isRemoved ? "removed" : "in force"} with edition ${sequence}`);
    } finally {
      if (reached.at === "directory") await reached.parts.close();
    }
    return 0;
  },
};

async function policyIn(path: string): Promise<SitePolicy> {
  try {
    return policyGiven(jsonFromUtf8(await readFile(path), path));
  } catch (error) {
    const fault = messageOf(error);
    throw new OperatorError(fault.startsWith("policy: ") ? fault : `policy: ${fault}`);
  }
}

async function policyInForce(reached: Reached): Promise<unknown> {
  if (reached.at === "server")
    return v.parse(v.object({ policy: v.unknown() }), await reached.api.get("/policy")).policy;
  return reached.parts.editions.inForce?.parts.policy?.part ?? null;
}

const answerSchema = v.object({ sequence: v.number(), unknown: v.array(v.string()) });

async function changed(reached: Reached, asked: SitePolicy | null, say: (line: string) => void) {
  if (reached.at === "server") {
    const bytes = new TextEncoder().encode(JSON.stringify(asked));
    return v.parse(answerSchema, await reached.api.post("/policy", { bytes }, say));
  }
  const { editions } = reached.parts;
  if (editions.inForce === null) {
    throw new OperatorError("policy: expected a catalogue in force, got none: run tacit import FILE");
  }
  const inForce = await publishPolicy(editions, asked);
  return { sequence: inForce.sequence, unknown: asked === null ? [] : unknownPins(asked, inForce) };
}
