/**
 * What a new version does otherwise than an old one, by the date from which on a site wants it: `defaults:
 * "2026-11-28"`. A site that says no date, or an older one, keeps what it had.
 */

/** What holds, from the oldest set on; each date names all that holds from then on. */
const sets = {
  "": { computesAhead: false, measuresTime: false },
  "2026-11-28": { computesAhead: true, measuresTime: true },
} as const;

export type DefaultsDate = Exclude<keyof typeof sets, "">;

export interface Behaviour {
  /** Lists that a page asked for are computed again in idle time, after what may have changed them. */
  readonly computesAhead: boolean;
  /**
   * How long a person was with a product, and how far down its page, is captured where the page has its view
   * captured.
   */
  readonly measuresTime: boolean;
}

const dates: readonly string[] = ["2026-11-28"] satisfies readonly DefaultsDate[];

/** Whether there is a set of that date, or none is asked for. */
export function isSet(date: unknown): boolean {
  return date === undefined || dates.includes(date as string);
}

/** The newest date. */
export const newestDefaults: DefaultsDate = "2026-11-28";

export function behaviourOf(date: DefaultsDate | undefined): Behaviour {
  return sets[date ?? ""];
}
