/** What is due when, in IndexedDB or in memory. One tab at a time writes: it holds the lock. */
import type { KeptTasks, Schedule, ScheduleStore } from "./keptschedule.ts";
import type { RunOnDatabase } from "./tokenstore.ts";

export class DatabaseSchedule implements ScheduleStore {
  readonly #run: RunOnDatabase;

  constructor(run: RunOnDatabase) {
    this.#run = run;
  }

  schedule(): Promise<Schedule | null> {
    // Each name has its own type, which the schema cannot say.
    return this.#run(async (db) => ((await db.get("refills", "schedule")) as Schedule | undefined) ?? null);
  }

  keepSchedule(schedule: Schedule): Promise<void> {
    return this.#run(async (db) => {
      await db.put("refills", schedule, "schedule");
    });
  }

  tasks(): Promise<KeptTasks | null> {
    return this.#run(async (db) => ((await db.get("refills", "tasks")) as KeptTasks | undefined) ?? null);
  }

  keepTasks(tasks: KeptTasks): Promise<void> {
    return this.#run(async (db) => {
      await db.put("refills", tasks, "tasks");
    });
  }
}

export class MemorySchedule implements ScheduleStore {
  #schedule: Schedule | null = null;
  #tasks: KeptTasks | null = null;

  async schedule(): Promise<Schedule | null> {
    return this.#schedule;
  }

  async keepSchedule(schedule: Schedule): Promise<void> {
    this.#schedule = schedule;
  }

  async tasks(): Promise<KeptTasks | null> {
    return this.#tasks;
  }

  async keepTasks(tasks: KeptTasks): Promise<void> {
    this.#tasks = tasks;
  }

  clear(): void {
    this.#schedule = null;
    this.#tasks = null;
  }
}
