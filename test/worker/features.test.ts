import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { eventKinds } from "../../core/events/event.ts";
import type { FactValue } from "../../core/events/fact.ts";
import { dayMs } from "../../core/time.ts";
import { EventLog } from "../../worker/events/eventlog.ts";
import { Following } from "../../worker/events/following.ts";
import { FeaturesCache } from "../../worker/rank/features.ts";
import { closeDevices, type Device, device, eventOf, wholeDevice } from "./device.ts";
import { fakeServer } from "./fakeserver.ts";
import { noonMs, shopModel } from "./shop.ts";

const localTimeOf = (atMs: number) => {
  const date = new Date(atMs);
  return { hour: date.getUTCHours(), weekday: (date.getUTCDay() + 6) % 7 };
};

afterEach(closeDevices);

class Ids {
  readonly ids = new Set<string>();
  add({ id }: { readonly id: string }): void {
    expect(this.ids.has(id)).toBe(false);
    this.ids.add(id);
  }
  remove({ id }: { readonly id: string }): void {
    expect(this.ids.delete(id)).toBe(true);
  }
}

test("what follows a log has the events that count, whoever asks when, and begins again with another log or cause", () => {
  const events = fc.array(
    fc.record({ kind: fc.constantFrom(...eventKinds), second: fc.nat({ max: 60 }), asked: fc.boolean() }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(events, (all) => {
      const following = new Following<string, Ids>();
      const log = new EventLog([], { events: 12, impressions: 4 });
      let made = 0;
      const of = (about: string, followed = log) =>
        following.of({
          ...{ log: followed, about },
          make: (events) => {
            made++;
            const ids = new Ids();
            for (const event of events) ids.add(event);
            return ids;
          },
        }).ids;
      for (const { kind, second, asked } of all) {
        log.add([eventOf(kind, second % 3, noonMs + second * 1_000)]);
        log.dropSurplus();
        if (asked) expect(of("one")).toEqual(new Set(log.clean().map(({ id }) => id)));
      }
      const before = made;
      expect(of("two")).toEqual(new Set(log.clean().map(({ id }) => id)));
      expect(of("two", new EventLog([], { events: 1, impressions: 1 }))).toEqual(new Set());
      expect(made).toBe(before + 2);
    }),
  );
});

describe("features of a device", () => {
  test("are in panel and export, of what counts alone, and gone once the person does not want to be known", async () => {
    const own = await wholeDevice(fakeServer(shopModel()));
    const atMs = noonMs - 3 * dayMs;
    await own.worker.append([
      eventOf("view", 1, atMs),
      eventOf("view", 1, atMs + 1_000),
      eventOf("purchase", 1, atMs + 60_000),
      eventOf("view", 2, noonMs - 1_000),
    ]);
    const valuesOf = async () => {
      const { profile } = await own.worker.panel();
      return Object.fromEntries(profile.features.map(({ name, value }) => [name, value]));
    };
    expect(await valuesOf()).toMatchObject({ visits: 2, orders: 1, actsPerVisit: 1.5, minutesPerVisit: 0.5 });
    const { profile } = await own.worker.exportData();
    expect(profile).toEqual((await own.worker.panel()).profile);
    await own.worker.setConsent({ personalise: false, contribute: false });
    expect(Object.values(await valuesOf()).every((value) => value === null)).toBe(true);
  });

  const shownOf = async ({ worker }: Device) => {
    const { profile } = await worker.panel();
    return Object.fromEntries(profile.features.map(({ name, value }) => [name, value]));
  };

  test("say what the person said as long as that holds, and nothing of it from the moment it is taken back", async () => {
    const own = await device(fakeServer(shopModel()));
    let said = 0;
    const say = (fact: string, value: FactValue | null) =>
      own.worker.append([{ id: `fact-${said++}`, kind: "fact", fact, value, atMs: noonMs + said }]);
    const both = async () => {
      const { ageBand, tier } = await shownOf(own);
      return [ageBand, tier];
    };
    expect(await both()).toEqual([null, null]);
    await say("ageBand", "25-34");
    await say("tier", 4);
    expect(await both()).toEqual([2, 4]);
    await say("tier", 5);
    expect(await both()).toEqual([2, 5]);
    await say("ageBand", null);
    expect(await both()).toEqual([null, 5]);
    await own.worker.setConsent({ personalise: false, contribute: false });
    expect(await both()).toEqual([null, null]);
  });

  test("say what device is in hand, to whoever wants to be known", async () => {
    const own = await device(fakeServer(shopModel()), { config: { device: "tablet" } });
    expect(await shownOf(own)).toMatchObject({ onPhone: 0, onTablet: 1, onDesktop: 0 });
    await own.worker.setConsent({ personalise: false, contribute: false });
    expect(await shownOf(own)).toMatchObject({ onPhone: null, onTablet: null, onDesktop: null });
  });

  test("are there before any catalogue has come, without what only that says", async () => {
    const own = await device({ ...fakeServer(shopModel()), fetch: () => Promise.reject(new Error("away")) });
    await own.worker.append([eventOf("purchase", 1, noonMs - dayMs)]);
    const { features } = (await own.worker.panel()).profile;
    const shown = (name: string) => features.find((feature) => feature.name === name)?.value;
    expect([shown("orders"), shown("spent"), shown("priceLevel")]).toEqual([1, null, null]);
  });

  test("take no event of the future for one of now, also after the clock was set back", () => {
    const cache = new FeaturesCache();
    const log = new EventLog([], { events: 10, impressions: 10 });
    log.add([eventOf("view", 1, noonMs), eventOf("view", 2, noonMs + 40 * dayMs)]);
    const visitsAt = (nowMs: number) =>
      cache.of({ model: null, log, nowMs, localTimeOf, device: null }).visits;
    expect([0, 40, 0, 38, 39].map((days) => visitsAt(noonMs + days * dayMs))).toEqual([1, 2, 1, 1, 2]);
  });
});
