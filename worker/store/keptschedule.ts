/**
 * What the device keeps of its contributing: what is due when, and the tasks answer that it is about. Times
 * are drawn once and kept here, so that whichever page is open then acts, and no page load says when.
 */
import type { TasksAnswer } from "../../core/wire/tasksanswer.ts";
import type { WaitingFor } from "../api.ts";

export type Schedule =
  /** Nothing is asked and nothing sent before `untilMs`. */
  { readonly state: "resting"; readonly untilMs: number; readonly why: WaitingFor } | DrawnSchedule;

/** The times of a visit's three steps. They stand still while no page of the site is open. */
export interface DrawnSchedule {
  readonly state: "drawn";
  readonly next: Step;
  /** When each step is due; those before `next` are done. */
  readonly atMs: Readonly<Record<Step, number>>;
  /** What the next step waits for beside its time. */
  readonly why: WaitingFor;
  /** When a page of the site was last known to be open. */
  readonly seenAtMs: number;
  /** Since when whoever is asked has not answered; null when it did last. */
  readonly failingSinceMs: number | null;
  /** How often in a row there was nothing to say yet. */
  readonly empty: number;
}

export type Step = "ask" | "token" | "report";

/** A tasks answer as it came; believed anew, by its signatures, whenever it is read. */
export interface KeptTasks {
  readonly answer: TasksAnswer;
  readonly askedAtMs: number;
}

export interface ScheduleStore {
  /** As last kept; null when nothing was. */
  schedule(): Promise<Schedule | null>;
  keepSchedule(schedule: Schedule): Promise<void>;
  tasks(): Promise<KeptTasks | null>;
  keepTasks(tasks: KeptTasks): Promise<void>;
}
