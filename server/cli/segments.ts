/** tacit segments: the sorts of people in force, and how fast what each of them does counts less. */
import * as v from "valibot";
import { encodeSegments, parseSegments, type SegmentsPart } from "../../core/model/segments.ts";
import { OperatorError } from "../base/operatorerror.ts";
import { publishSegments } from "../publishing/segmentrounds.ts";
import type { Command } from "./command.ts";
import { configFrom, parseFlags, textFlags } from "./flags.ts";
import { openOrReach, voiceOf, waitFlag, waitMsIn } from "./reach.ts";

export const segments: Command = {
  summary: "show which sorts of people there are, and set how fast their acts count less",
  usage: `tacit segments [--half-life NUMBER=DAYS]... [--wait SECONDS] [--config FILE] [--data DIR] [--port N]

  --half-life  so many days after an act of the people of segment NUMBER it counts half, for whoever is nearest to it;
               NUMBER=usual has it as for everybody (90 days)
  --wait       so long to wait for another command on the data directory, 30 unless told

  Rounds that refine segments keep what was set; where they begin with nothing it is gone.`,
  flags: { "half-life": { type: "string", multiple: true }, port: { type: "string" }, ...waitFlag },
  run: async (args, { env, out, err }) => {
    const flags = parseFlags("segments", args, segments.flags);
    if (flags.positionals.length > 0) {
      throw new OperatorError(`segments: expected no more words, got ${flags.positionals.join(" ")}`);
    }
    const changes = textFlags(flags, "half-life").map(halfLifeIn);
    const config = configFrom(flags, env);
    const { log, say } = voiceOf(config, { err });
    const reached = await openOrReach("segments", config, {
      env,
      log,
      say,
      waitMs: waitMsIn("segments", flags),
    });
    try {
      const before =
        reached.at === "server"
          ? partIn(await reached.api.get("/segments"))
          : (reached.parts.editions.inForce?.parts.segments?.part ?? null);
      if (before === null) {
        throw new OperatorError("segments: expected some in force, got none: see tacit train --segments");
      }
      const part = withHalfLives(before, changes);
      if (changes.length > 0) {
        if (reached.at === "server")
          await reached.api.post("/segments", { bytes: encodeSegments(part) }, say);
        else await publishSegments(reached.parts.editions, part);
      }
      for (const line of linesOf(part)) out(line);
    } finally {
      if (reached.at === "directory") await reached.parts.close();
    }
    return 0;
  },
};

interface HalfLife {
  /** From 0. */
  readonly segment: number;
  /** Null: as for everybody. */
  readonly days: number | null;
}

function halfLifeIn(text: string): HalfLife {
  const found = /^(\d{1,2})=(usual|\d{1,4}(?:\.\d+)?)$/.exec(text);
  const days = found?.[2] === "usual" ? null : Number(found?.[2]);
  const isInRange = days === null || (days >= 1 && days <= 3650);
  if (found === null || !isInRange) {
    throw new OperatorError(
      `segments: --half-life must be as in 2=30, of 1 to 3650 days, or 2=usual, got ${text}`,
    );
  }
  return { segment: Number(found[1]) - 1, days };
}

function withHalfLives(part: SegmentsPart, changes: readonly HalfLife[]): SegmentsPart {
  const unknown = changes.find(({ segment }) => part.segments.at(segment) === undefined || segment < 0);
  if (unknown !== undefined) {
    throw new OperatorError(
      `segments: --half-life must be of one of ${part.count} segments, got ${unknown.segment + 1}`,
    );
  }
  return {
    ...part,
    segments: part.segments.map(({ halfLifeDays, ...about }, at) => {
      const days = changes.findLast(({ segment }) => segment === at)?.days;
      const next = days === undefined ? halfLifeDays : (days ?? undefined);
      return next === undefined ? about : { ...about, halfLifeDays: next };
    }),
  };
}

function linesOf({ segments: all, people, origin }: SegmentsPart): readonly string[] {
  const from = origin === "logs" ? "logs" : "sums of the crowd";
  return [
    `${all.length} segments of ${people} people, from ${from}`,
    ...all.map(({ name, share, halfLifeDays }, at) => {
      const fades = halfLifeDays === undefined ? "" : `; an act counts half after ${halfLifeDays} days`;
      return `${String(at + 1).padStart(3)}  ${(100 * share).toFixed(1).padStart(5)} %  ${name}${fades}`;
    }),
  ];
}

const answerSchema = v.object({ part: v.nullable(v.string()) });

/** As the server answers: the part's bytes in base64. */
function partIn(answer: unknown): SegmentsPart | null {
  const { part } = v.parse(answerSchema, answer);
  return part === null ? null : parseSegments(new Uint8Array(Buffer.from(part, "base64")));
}
