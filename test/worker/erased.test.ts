/** What was erased stays erased, also where a page could not drop what it had written down. */
import { afterEach, expect, test } from "vitest";
import { closeDevice, closeDevices, device, eventOf, freshDatabase } from "./device.ts";
import { fakeServer } from "./fakeserver.ts";
import { noonMs, shopModel } from "./shop.ts";

afterEach(closeDevices);

const server = fakeServer(shopModel());
const second = 1_000;
const itemsIn = async ({ worker }: Awaited<ReturnType<typeof device>>) =>
  (await worker.panel()).events.map(({ item }) => item);

test("an event of before an erasure is not taken, whenever it is handed over, and one of after is", async () => {
  const database = freshDatabase();
  const before = eventOf("purchase", 3, noonMs - second);
  const after = eventOf("purchase", 4, noonMs - second / 2 + 1);
  const first = await device(server, { database });
  await first.worker.append([before]);
  await first.worker.erase(noonMs - second / 2);
  await first.worker.append([before, after]);
  expect(await itemsIn(first)).toEqual(["item-4"]);
  await closeDevice(first);
  const next = await device(server, { database });
  await next.worker.append([before, eventOf("view", 5, noonMs)]);
  expect((await itemsIn(next)).toSorted()).toEqual(["item-4", "item-5"]);
});

test("an erasure that another tab asked for counts in this one", async () => {
  const database = freshDatabase();
  const [here, there] = [await device(server, { database }), await device(server, { database })];
  await there.worker.erase(noonMs);
  await expect
    .poll(async () => {
      await here.worker.append([eventOf("purchase", 3, noonMs - second)]);
      const items = await itemsIn(here);
      if (items.length > 0) await there.worker.erase(noonMs);
      return items;
    })
    .toEqual([]);
});

test("once the clock was set back, what is tracked then is taken", async () => {
  const database = freshDatabase();
  const ahead = await device(server, { database });
  await ahead.worker.erase(noonMs + 3_600 * second);
  await ahead.worker.append([eventOf("purchase", 3)]);
  expect(await itemsIn(ahead)).toEqual(["item-3"]);
});
