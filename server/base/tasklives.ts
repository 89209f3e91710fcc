/**
 * How many days a task lives, by the section of the settings that asks for it. One whose round has an end of
 * its own lives on beyond it, so that a round that waits for a full lane is not lost.
 */
import type { Config } from "./settings.ts";

type Section = "training" | "pairs" | "activity" | "segments" | "ranker" | "places" | "experiments";
type Asked = Pick<Config, Section | "round">;

/** A week: rounds of days may last a month, and keys and tokens outlive every task. */
const liveOnDays = 7;

export function taskDaysOf(
  { pairs, activity, segments, ranker, places, experiments, round }: Omit<Asked, "training">,
  section: Section,
): number {
  switch (section) {
    case "training":
      return round.taskDays;
    case "pairs":
      return pairs.days + liveOnDays;
    case "activity":
      return 2 * activity.days;
    case "places":
      return 2 * places.days;
    case "experiments":
      return 2 * experiments.days;
    case "segments":
      return segments.days + liveOnDays;
    case "ranker":
      // Beyond them other pairs come into force, on which nobody can answer.
      return ranker.labelDays + ranker.answerDays + 1;
  }
}

/** Of what is asked for; and at least `round.taskDays`. */
export function longestTaskDays(config: Asked): number {
  const sections = (
    ["training", "pairs", "activity", "segments", "ranker", "places", "experiments"] as const
  ).filter((section) => config[section].on);
  return Math.max(config.round.taskDays, ...sections.map((section) => taskDaysOf(config, section)));
}
