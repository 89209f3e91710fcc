/**
 * How this device stands to each kind of sum: ready to answer its open task, or waiting, for what and until
 * when. While it waits for all of them it asks for nothing.
 */
import type { WaitingFor } from "../api.ts";
import type { Trusted } from "../trust/trust.ts";
import { askedOf, type OpenOptions, type OpenTask, openTasks } from "./due.ts";

export interface Rest {
  readonly untilMs: number;
  readonly why: WaitingFor;
}

export interface Standing {
  /** Open, not answered, with room in plan and budget, and not too early. */
  readonly ready: readonly OpenTask[];
  /** When one of the others may be; meant while none is ready. */
  readonly rest: Rest;
}

export interface StandingOptions extends OpenOptions {
  /** For how long after all was answered nothing is asked; drawn anew each time. */
  readonly askAgainMs: () => number;
}

export async function standingOf(
  trust: Pick<Trusted, "tasks" | "plan">,
  options: StandingOptions,
): Promise<Standing> {
  const { ledger, nowMs, report } = options;
  const again = nowMs + options.askAgainMs();
  const ready: OpenTask[] = [];
  const rests: Rest[] = [];
  const open = await openTasks(trust, options);
  for (const one of open) {
    const readyAtMs = one.contributor.readyAtMs(one.task);
    const room = await ledger.room([askedOf(one.task)], trust.plan, Math.max(nowMs, readyAtMs));
    if (room.state === "full") {
      report(room.cause);
      rests.push({ why: room.why, untilMs: room.untilMs ?? again });
    } else if (readyAtMs > nowMs) rests.push({ why: "period", untilMs: readyAtMs });
    else ready.push(one);
  }
  for (const rest of await answeredRests(trust, options, again)) rests.push(rest);
  const [first = { why: "round", untilMs: again } as const] = rests.sort((a, b) => a.untilMs - b.untilMs);
  return { ready, rest: first };
}

/** Of kinds whose task was answered, or that ask nothing now: the next, as soon as there is room for one. */
async function answeredRests(
  { tasks, plan }: Pick<Trusted, "tasks" | "plan">,
  { ledger, contributors, nowMs }: StandingOptions,
  again: number,
): Promise<readonly Rest[]> {
  const answered = await ledger.answeredTasks();
  const full = await ledger.fullTasks();
  const rests: Rest[] = [];
  for (const { kind, rho } of plan.kinds) {
    if (!contributors.some((one) => one.kind.name === kind)) continue;
    const found = tasks.find(({ task }) => task.kind === kind);
    if (found !== undefined && !answered.has(found.taskId)) continue;
    const room = await ledger.room([{ kind, rho }], plan, nowMs);
    const isLater = room.state === "full" && (room.untilMs === null || room.untilMs > again);
    if (room.state === "full" && isLater) rests.push({ why: room.why, untilMs: room.untilMs ?? again });
    else
      rests.push({ why: found !== undefined && full.has(found.taskId) ? "batch" : "round", untilMs: again });
  }
  return rests;
}
