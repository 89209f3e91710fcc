/** Spans of time in milliseconds, and time as people have it. */

export const hourMs = 3_600_000;
/** No later moment is one (ECMA-262, 21.4.1.1), ms since the Unix epoch. */
export const latestMs = 8.64e15;

export const dayMs = 24 * hourMs;

/** Time where the person is: the device knows its zone, core does not. */
export interface LocalTime {
  /** 0..23 */
  readonly hour: number;
  /** 0 for Monday to 6 for Sunday. */
  readonly weekday: number;
}

export type LocalTimeOf = (atMs: number) => LocalTime;

/** How far the clocks of a page, its worker and other tabs may be apart. */
export const clockMs = 60_000;
