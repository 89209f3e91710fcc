/** What a look asks when not all fits into one task; and which looks are certain before an experiment ends. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Experiment } from "../../../core/experiments/experiment.ts";
import { experiments as shape } from "../../../core/tasks/experiments/kind.ts";
import { parseSettings } from "../../../core/tasks/task.ts";
import { dayMs } from "../../../core/time.ts";
import {
  type ExperimentDraft,
  experimentOf,
  parseDraft,
  stateOf,
} from "../../../server/experiments/draft.ts";
import { questionAbout, requireAskedTogether } from "../../../server/kinds/experiments/question.ts";
import { testConfig } from "../harness.ts";

const startMs = Date.UTC(2026, 3, 1);
const config = testConfig("unused", { experiments: { on: true, days: 7, noiseMultiplier: 3 } });

function draftOf(at: number, more: Readonly<Record<string, unknown>>): ExperimentDraft {
  return parseDraft({
    name: `e${at}`,
    arms: [{ name: "a" }, { name: "b" }],
    metrics: [{ name: "clicks", of: { count: "click" }, cap: 2 }],
    ...more,
  });
}

/** Started one after another, whatever their order in the list. */
function running(at: number, more: Readonly<Record<string, unknown>> = {}): Experiment {
  const draft = draftOf(at, more);
  const fromMs = startMs + at;
  const started = { seed: `s${at}`, fromMs, toMs: fromMs + dayMs, lookDays: 7 };
  const experiment = experimentOf({ draft, createdAtMs: 0, started });
  if (experiment === null) throw new Error("expected one that was started, got a draft");
  return experiment;
}

function namesAsked(experiments: readonly Experiment[]): readonly string[] {
  const question = questionAbout(experiments, config, startMs + 40 * dayMs);
  return question === null ? [] : parseSettings(shape, question.settings).experiments.map(({ name }) => name);
}

const large = {
  arms: Array.from({ length: 10 }, (_, at) => ({ name: `arm-${at}` })),
  strata: { by: "segment", count: 15 },
  metrics: Array.from({ length: 10 }, (_, at) => ({
    ...{ name: `m${at}`, of: { count: "click" }, cap: 2, isAdjusted: true },
  })),
};
const wordy = {
  metrics: Array.from({ length: 10 }, (_, at) => ({
    ...{ name: `m${at}`, of: { count: "click", list: "ü".repeat(200) }, cap: 2 },
  })),
};

test.each([
  ["experiments in no layer", {}, 41, 40],
  ["large experiments", large, 5, 4],
  ["words", wordy, 2, 1],
] as const)(
  "of too many %s a start is refused, and a look is about the first that were started",
  (_, form, count, room) => {
    const all = Array.from({ length: count }, (__, at) => running(at, form));
    const atMs = startMs + 40 * dayMs;
    expect(() => requireAskedTogether(all, config, atMs)).toThrow(
      /^experiment: what runs together must make a task that browsers take, got .* \(e0, e1/,
    );
    requireAskedTogether(all.slice(0, room), config, atMs);
    const first = all.slice(0, room).map(({ name }) => name);
    expect(namesAsked(all.toReversed())).toEqual(first);
  },
);

test("one that fits into no task keeps none of the others from being asked about; alone it is a fault", () => {
  const metrics = wordy.metrics.map((one) => ({ ...one, per: { of: one.of, cap: 3 } }));
  const tooLong = running(0, { metrics });
  expect(namesAsked([tooLong, running(1), running(2)])).toEqual(["e1", "e2"]);
  expect(() => namesAsked([tooLong])).toThrow("must have at most 20000 characters");
  expect(namesAsked([])).toEqual([]);
});

test("whenever looks begin, one whole look about all windows is over before an experiment ends, and not always two", () => {
  const whole = (lookDays: number, windowDays: number, phaseMs: number): number => {
    const draft = draftOf(0, { days: 1, windowDays });
    const started = { seed: "s", fromMs: startMs, toMs: startMs + dayMs, lookDays };
    const closedMs = started.toMs + windowDays * dayMs;
    let looks = 0;
    // Looks follow each other; a look that begins before that asks about fewer windows.
    for (let beginMs = closedMs + phaseMs; ; beginMs += lookDays * dayMs) {
      if (stateOf({ draft, createdAtMs: 0, started }, beginMs + lookDays * dayMs - 1) === "ended")
        return looks;
      looks += 1;
    }
  };
  const counts = new Set<number>();
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 60 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (lookDays, windowDays, phase) => {
        const looks = whole(lookDays, windowDays, Math.floor(phase * lookDays * dayMs));
        counts.add(looks);
        expect(looks).toBeGreaterThanOrEqual(1);
      },
    ),
  );
  expect(counts).toContain(1);
});
