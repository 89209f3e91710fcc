/** A page that erases alone leaves in the database what a worker that comes back to it has to know. */
import "fake-indexeddb/auto";
import { expect, test } from "vitest";
import type { Recorded } from "../../core/events/fact.ts";
import { nothingSpent } from "../../core/sum/spending.ts";
import { emptyDatabase } from "../../sdk/emptydatabase.ts";
import { Database } from "../../worker/store/database.ts";
import { isLeft } from "../../worker/store/kept.ts";
import { eventOf, freshDatabase } from "../worker/device.ts";
import { noonMs } from "../worker/shop.ts";

const no = { revision: 2, personalise: false };
const spentOf = (lifetime: number) => ({ ...nothingSpent, lifetime });

async function opened(name: string): Promise<Database> {
  const database = new Database(name, () => undefined);
  await database.open();
  return database;
}

test.each([
  ["that kept something", true],
  ["that kept nothing yet", false],
])(
  "a database %s knows then what was chosen, answered and spent, and when it was erased",
  async (_what, isKept) => {
    const name = freshDatabase();
    const worker = await opened(name);
    const before = eventOf("view", 1, noonMs - 1_000);
    await worker.addEvents([before]);
    if (isKept) {
      const remains = { answeredTasks: ["old"], spent: spentOf(1) };
      await worker.keep(() => ({ choices: { revision: 1, personalise: true }, remains }));
    }
    const remains = { answeredTasks: ["new"], spent: spentOf(3) };
    await emptyDatabase(name, { choices: no, remains, erasedAtMs: noonMs });
    expect(await worker.events()).toEqual([]);
    const wanted = { choices: no, erasedAtMs: noonMs };
    expect(await worker.kept()).toMatchObject(wanted);
    expect((await worker.kept())?.remains).toEqual({
      answeredTasks: isKept ? ["old", "new"] : ["new"],
      spent: spentOf(3),
    });
    // What a worker still had in memory is of before.
    const left = (event: Recorded, kept: Parameters<typeof isLeft>[1]) => isLeft(event, kept, noonMs + 5_000);
    const since = eventOf("view", 2, noonMs + 1);
    expect(await worker.addEvents([before, since], left)).toEqual([since]);
    worker.close();
  },
);

test("where there is no database none comes into being", async () => {
  const name = freshDatabase();
  await emptyDatabase(name, {
    choices: no,
    remains: { answeredTasks: [], spent: nothingSpent },
    erasedAtMs: 1,
  });
  expect((await indexedDB.databases()).map((database) => database.name)).not.toContain(name);
});
