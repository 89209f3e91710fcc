/**
 * A person's contribution to the crowd's activity: histograms of what they did within a stated period, as a
 * vector
 *
 *   [ 1 | events per kind | per hour | per weekday | places seen, places clicked ]
 *
 * Let n be the number of the person's events that count, and m the most that count in full (`mostEvents`).
 * Each event adds 1 / max(n, m) to its kind, to its hour and to its weekday: up to m events are counted as
 * they are, and who did more is scaled down to m. Places in lists are counted alike, by themselves:
 * 1 / max(n', m') for each one seen or clicked. They are counted from the oldest impression in the journal
 * on: a device lets old impressions go before old clicks, and clicks without the impressions around them would
 * be a rate too high.
 *
 * Sensitivity. Every number is at least 0. The numbers of kinds sum to at most n / max(n, m) <= 1, and for
 * numbers of at least 0 the L2 norm is at most their sum: so kinds, hours, weekdays and places (seen and
 * clicked together) have norms of at most 1 each, the people's coordinate is 1, and the whole vector's norm
 * is at most sqrt(1 + 1 + 1 + 1 + 1) = sqrt(5), or sqrt(4) where no places are asked for, whatever the
 * journal holds. A journal of one event repeated attains it; clipping for rounding (core/sum/fixedpoint.ts)
 * then counts it some hundredths of a per cent less.
 */
import type { TacitEvent } from "../../events/event.ts";
import type { LocalTimeOf } from "../../time.ts";

export interface ActivitySettings {
  /** Kinds of events to count, in this order; what the journal has of others is left out. */
  readonly kinds: readonly string[];
  /** The period: events from `fromMs` up to, not including, `toMs` (milliseconds since the Unix epoch). */
  readonly fromMs: number;
  readonly toMs: number;
  /** Places 1..positions of lists are counted; 0 asks for none. */
  readonly positions: number;
  /** Most events of a person that count in full. */
  readonly mostEvents: number;
  /** Most places, seen and clicked together, that count in full. */
  readonly mostPlaces: number;
}

/**
 * Where the parts of the vector start; the person's own 1 stands at 0. The parts follow each other without
 * gaps.
 */
export interface ActivityLayout {
  readonly kinds: number;
  readonly hours: number;
  readonly weekdays: number;
  readonly seen: number;
  readonly clicked: number;
  readonly length: number;
}

export function activityLayout({
  kinds,
  positions,
}: Pick<ActivitySettings, "kinds" | "positions">): ActivityLayout {
  const hours = 1 + kinds.length;
  const weekdays = hours + 24;
  const seen = weekdays + 7;
  const clicked = seen + positions;
  return { kinds: 1, hours, weekdays, seen, clicked, length: clicked + positions };
}

/** Largest L2 norm of a person's vector; the header has the proof. */
export function activitySensitivity({ positions }: Pick<ActivitySettings, "positions">): number {
  return Math.sqrt(positions > 0 ? 5 : 4);
}

/** What a person did, and the newest event behind it. */
export interface Activity {
  readonly values: Float64Array;
  readonly newest: TacitEvent;
}

/** Null when nothing in the journal counts. `events` oldest first. */
export function activityOf(
  settings: ActivitySettings,
  events: readonly TacitEvent[],
  localTimeOf: LocalTimeOf,
): Activity | null {
  const within = events.filter(({ atMs }) => atMs >= settings.fromMs && atMs < settings.toMs);
  const impressionsFromMs =
    events.find(({ kind }) => kind === "impression")?.atMs ?? Number.POSITIVE_INFINITY;
  const placeIn = (event: TacitEvent) => (event.atMs < impressionsFromMs ? null : placeOf(event, settings));
  const isCounted = ({ kind }: TacitEvent): boolean => settings.kinds.includes(kind);
  const newest = within.findLast((event) => isCounted(event) || placeIn(event) !== null);
  if (newest === undefined) return null;
  const layout = activityLayout(settings);
  const values = new Float64Array(layout.length);
  values[0] = 1;
  const counted = within.filter(isCounted);
  const perEvent = 1 / Math.max(counted.length, settings.mostEvents);
  for (const { kind, atMs } of counted) {
    const { hour, weekday } = localTimeOf(atMs);
    values[layout.kinds + settings.kinds.indexOf(kind)] += perEvent;
    if (isBelow(hour, 24)) values[layout.hours + hour] += perEvent;
    if (isBelow(weekday, 7)) values[layout.weekdays + weekday] += perEvent;
  }
  const placed = within.flatMap((event) => {
    const place = placeIn(event);
    return place === null ? [] : [(event.kind === "click" ? layout.clicked : layout.seen) + place];
  });
  for (const at of placed) values[at] += 1 / Math.max(placed.length, settings.mostPlaces);
  return { values, newest };
}

/**
 * Place in its list counted from 0; null for what was neither seen nor clicked at a place that is asked for.
 */
function placeOf(
  { kind, position = 0 }: TacitEvent,
  { positions }: Pick<ActivitySettings, "positions">,
): number | null {
  if (kind !== "impression" && kind !== "click") return null;
  return isBelow(position - 1, positions) ? position - 1 : null;
}

function isBelow(value: number, count: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < count;
}
