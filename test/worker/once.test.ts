import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import type { TacitEvent } from "../../core/events/event.ts";
import { toldOnce } from "../../worker/events/once.ts";
import { closeDevices, device } from "./device.ts";
import { fakeServer } from "./fakeserver.ts";
import { noonMs, shopModel } from "./shop.ts";

afterEach(closeDevices);

const purchase: TacitEvent = { id: "1", kind: "purchase", item: "mug", atMs: 5, amount: 2, once: "order 7" };

test("the same act has the same id whenever it is told, and the site's name for it is not kept", () => {
  const first = toldOnce(purchase);
  expect(toldOnce({ ...purchase, id: "2", atMs: 9, amount: 3 }).id).toBe(first.id);
  expect(first).toEqual({ id: first.id, kind: "purchase", item: "mug", atMs: 5, amount: 2 });
  expect(first.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("acts that differ in kind, item or name have different ids", () => {
  const text = fc.string({ minLength: 1 });
  const act = fc.record({ kind: fc.constantFrom("purchase", "refund", "share"), item: text, once: text });
  fc.assert(
    fc.property(act, act, (one, other) => {
      const isSame = one.kind === other.kind && one.item === other.item && one.once === other.once;
      const idOf = (said: typeof one) => toldOnce({ ...purchase, ...said }).id;
      expect(idOf(one) === idOf(other)).toBe(isSame);
    }),
  );
});

test("what is not said to be one act, and what a person said of themselves, stays as it is", () => {
  const { once: _, ...plain } = purchase;
  expect(toldOnce(plain)).toBe(plain);
  const fact = { id: "1", kind: "fact", fact: "place", value: "DE", atMs: 5 } as const;
  expect(toldOnce(fact)).toBe(fact);
});

test("it holds while the journal has the event: what a person took out is told anew by the next page of thanks", async () => {
  const { worker } = await device(fakeServer(shopModel({ items: 60 })));
  const told = (id: string) => worker.append([{ ...purchase, id, atMs: noonMs }]);
  const held = async () => (await worker.panel()).events.map(({ id }) => id);
  await told("1");
  await told("2");
  const [id, ...others] = await held();
  expect(others).toEqual([]);
  await worker.forget([id]);
  expect(await held()).toEqual([]);
  await told("3");
  expect(await held()).toEqual([id]);
});
