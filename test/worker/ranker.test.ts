/**
 * What a device contributes to a ranker: with the parts that the task names, once its days are over, or
 * nothing.
 */
import { describe, expect, test } from "vitest";
import type { TacitEvent } from "../../core/events/event.ts";
import { statisticsOf } from "../../core/ranking/ranker/examples.ts";
import { askedUnits } from "../../core/ranking/ranker/learnedunits.ts";
import { placed } from "../../core/ranking/ranker/units.ts";
import { rankerContributionOf, rankerSumOf } from "../../core/tasks/ranker/contribution.ts";
import { exampleSince } from "../../core/tasks/ranker/example.ts";
import { type RankerSettings, ranker } from "../../core/tasks/ranker/kind.ts";
import { settingsOf, type Task } from "../../core/tasks/task.ts";
import { dayMs } from "../../core/time.ts";
import { parseReport } from "../../core/wire/report.ts";
import type { Device as Handed, RankedBy } from "../../worker/contribute/kinds/contributor.ts";
import { rankerContributor } from "../../worker/contribute/kinds/ranker.ts";
import { rankerStatisticsOf } from "../../worker/rank/rankerstatistics.ts";
import { worldOf } from "../core/ranking/ranker/rankers.ts";
import { factorsIdOf } from "../model.ts";
import { closeDevices, device, eventOf, troublesOf } from "./device.ts";
import { fakeServer } from "./fakeserver.ts";
import { aggregators } from "./parties.ts";
import { anyPlan, noonMs, shopModel, taskOf } from "./shop.ts";

const labelDays = 10;
const sinceMs = noonMs - labelDays * dayMs;
const parts = { factors: "ab".repeat(32), pairs: "cd".repeat(32) };
const settings: RankerSettings = {
  units: askedUnits.map((unit) => ({ ...unit })),
  ...{ clipL2: 2, curvatureScale: 1, weightScale: 0.1 },
  ...{ ...parts, sinceMs, labelDays },
};
const units = askedUnits.flatMap((unit) => placed(unit) ?? []);
const model = worldOf({ seed: 3, dated: false });
const events: readonly TacitEvent[] = [
  eventOf("purchase", 3, sinceMs - 40 * dayMs),
  eventOf("purchase", 11, sinceMs - 3 * dayMs),
  eventOf("purchase", 5, sinceMs + dayMs),
  eventOf("view", 9, sinceMs + 2 * dayMs),
];

const handed = (change: Partial<Handed> = {}, ranked: Partial<RankedBy> = {}): Handed => ({
  ...{
    events,
    factors: null,
    pairs: null,
    trials: [],
    experiments: { participations: [], told: new Set(), priceOf: null },
    nowMs: noonMs,
  },
  ranking: () => ({
    ...parts,
    statisticsOf: (acts, split) => rankerStatisticsOf(model, acts, split),
    ...ranked,
  }),
  features: () => null,
  localTimeOf: () => ({ hour: 1, weekday: 1 }),
  fill: () => {
    throw new Error("expected no chance in a contribution to a ranker, got some");
  },
  ...change,
});
const contribution = (of: Handed, asked: Partial<RankerSettings> = {}) =>
  rankerContributor.contribute(taskOf(ranker, { ...settings, ...asked }), of, []);

describe("a contribution to a ranker", () => {
  test("is what was wanted since among what would have been proposed before, based on its newest event", () => {
    const example = exampleSince(model, events, { sinceMs, nowMs: noonMs });
    if (example === null) throw new Error("expected an example, got none");
    const statistics = statisticsOf(example, units);
    if (statistics === null) throw new Error("expected statistics, got none");
    expect(contribution(handed())).toEqual({
      ...{ block: 0, basedOn: events[2].id },
      values: rankerContributionOf(statistics, settings),
    });
  });

  test("is none from other parts, from a model that is not whole, before its days are over, and of what a robot did", () => {
    expect(contribution(handed({}, { factors: "ef".repeat(32) }))).toBeNull();
    expect(contribution(handed({}, { pairs: null }))).toBeNull();
    expect(contribution(handed({ ranking: () => null }))).toBeNull();
    expect(contribution(handed({ nowMs: noonMs - 1 }))).toBeNull();
    expect(contribution(handed({ events: [] }))).toBeNull();
    expect(contribution(handed())).not.toBeNull();
  });

  test("says nothing of what was wanted after the days that the task asks about, however late it is made", () => {
    const lateMs = noonMs + 3 * dayMs;
    const after = [eventOf("purchase", 7, noonMs), eventOf("like", 8, noonMs + 2 * dayMs)];
    const onTime = contribution(handed());
    expect(onTime).not.toBeNull();
    expect(contribution(handed({ events: [...events, ...after], nowMs: lateMs }))).toEqual(onTime);
    expect(contribution(handed({ events: [...events.slice(0, 2), ...after], nowMs: lateMs }))).toBeNull();
    const justBefore = [...events.slice(0, 2), eventOf("purchase", 5, noonMs - 1)];
    expect(contribution(handed({ events: justBefore, nowMs: lateMs }))).not.toBeNull();
  });

  test("is none where nothing was wanted since, or nothing was liked before", () => {
    expect(contribution(handed({ events: events.slice(0, 2) }))).toBeNull();
    expect(contribution(handed({ events: events.slice(2) }))).toBeNull();
  });

  test("counts what was clicked in a list for less, where the task says how likely its place is looked at", () => {
    const examined = [
      { upTo: 1, chance: 1 },
      { upTo: 9, chance: 0.25 },
    ];
    const click: TacitEvent = { ...eventOf("click", 5, sinceMs + dayMs), position: 1 };
    const acts = [...events.slice(0, 2), click, ...events.slice(2)];
    const plain = contribution(handed({ events: acts }))?.values ?? [];
    const corrected = contribution(handed({ events: acts }), { examined })?.values ?? [];
    expect(Math.hypot(...plain.slice(0, -1))).toBeGreaterThan(0.1);
    expect(corrected.length).toBe(plain.length + 1);
    for (const [at, value] of plain.slice(0, -1).entries()) expect(corrected[at]).toBeCloseTo(value / 4, 12);
  });

  test("is refused where a task that corrects is not longer: so a browser that would not correct never answers", () => {
    const examined = [{ upTo: 1, chance: 1 }];
    const task = taskOf(ranker, { ...settings, examined });
    expect(() => rankerContributor.requireFit(task)).not.toThrow();
    const { examined: _unknown, ...known } = task.settings;
    expect(() => rankerContributor.requireFit({ ...task, settings: known })).toThrow(
      `ranker must have length ${task.length - 1}`,
    );
  });

  test("is none where a unit is of a feature that this table does not have", () => {
    const later = [...settings.units, { shape: "linear" as const, of: "of-later" }];
    expect(contribution(handed(), { units: later })).toBeNull();
  });

  test("is told to be ready at the end of its days, and asks the device for what ranks", () => {
    const task: Task = taskOf(ranker, settings);
    expect([rankerContributor.readyAtMs(task), rankerContributor.isOnRanking]).toEqual([noonMs, true]);
  });
});

describe("a worker", () => {
  test("that holds the parts sends a report which opens to its example; with others it sends none", async () => {
    const published = shopModel({ items: 20 });
    const { keys, opened } = await aggregators();
    const asked = { ...settings, factors: factorsIdOf(published), pairs: null };
    for (const factors of [asked.factors, "ef".repeat(32)]) {
      const server = fakeServer(published, keys);
      server.plan = { ...anyPlan, kinds: [{ kind: ranker.name, rho: null, reportsPer30Days: 3 }] };
      const task = taskOf(ranker, { ...asked, factors });
      server.tasks = [task];
      const own = await device(server);
      await own.worker.append(events);
      await own.worker.contribute();
      expect(troublesOf(own)).toEqual([]);
      expect(server.bodies).toHaveLength(factors === asked.factors ? 1 : 0);
      for (const body of server.bodies) {
        const values = await opened(parseReport(body), task, 0);
        const told = rankerSumOf(values, units.length, settingsOf(task, ranker));
        expect(told.people).toBeCloseTo(1, 2);
        expect(Math.hypot(...told.gradient)).toBeGreaterThan(0.1);
      }
    }
    await closeDevices();
  });
});
