/**
 * How what a person wanted lately stands among what would have been proposed to them before
 * (core/tasks/ranker/). Only a device that still holds the parts that the task names can say: with later ones
 * it would predict what they were learned from.
 */
import { statisticsOf } from "../../../core/ranking/ranker/examples.ts";
import { placed } from "../../../core/ranking/ranker/units.ts";
import { rankerContributionOf } from "../../../core/tasks/ranker/contribution.ts";
import { exampleSince } from "../../../core/tasks/ranker/example.ts";
import { answeredFromMs, isCorrected, type RankerSettings, ranker } from "../../../core/tasks/ranker/kind.ts";
import { type Contributor, contributorOf } from "./contributor.ts";

const contributor: Contributor<RankerSettings> = {
  kind: ranker,
  isOnRanking: true,
  readyAtMs: answeredFromMs,
  contribute: (settings, { events, ranking, nowMs }) => {
    // Each task is answered once: before the days are over, by little of what is wanted in them.
    if (nowMs < answeredFromMs(settings)) return null;
    const ranked = ranking();
    if (ranked === null || ranked.factors !== settings.factors || ranked.pairs !== settings.pairs)
      return null;
    // A table that lacks a feature would say of its units that they are 0 for everybody.
    const units = settings.units.flatMap((unit) => placed(unit) ?? []);
    if (units.length < settings.units.length) return null;
    // Whoever comes late tells of no more days than the others.
    const { sinceMs, examined } = settings;
    const split = { sinceMs, untilMs: answeredFromMs(settings), nowMs, examined };
    const example = exampleSince(ranked.model, events, split);
    const statistics = example === null ? null : statisticsOf(example, units);
    if (example === null || statistics === null) return null;
    return {
      block: 0,
      values: rankerContributionOf(statistics, settings, {
        share: example.share,
        isCorrected: isCorrected(settings),
      }),
      basedOn: example.newest.id,
    };
  },
};

export const rankerContributor = contributorOf(contributor);
