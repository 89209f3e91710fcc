/** What bench/privacy.ts measures. */
import type { PairsBesideContent, PrivateSettings } from "./privacysettings.ts";
import type { Mean } from "./spread.ts";

export interface PrivacyRow {
  readonly people: number;
  /** Null: no noise. */
  readonly epsilon: number | null;
  readonly settings: PrivateSettings;
  readonly factors: Mean;
  readonly hybrid: Mean;
  readonly pairSettings: PairsBesideContent;
  readonly pairs: Mean;
  /** Content beside pairs. */
  readonly beside: Mean;
}

export interface PrivacyResult {
  readonly delta: number;
  readonly seeds: readonly number[];
  readonly items: number;
  readonly realPeople: number;
  readonly judged: number;
  /**
   * Content stretched by popularity counted from the logs: what needs no crowd, only an operator who looks.
   */
  readonly content: number;
  /** Content that knows no popularity: what needs neither. */
  readonly contentUncounted: number;
  /** What knows everybody's logs, without privacy. */
  readonly references: { readonly popularity: number; readonly ease: number; readonly knn: number };
  readonly rows: readonly PrivacyRow[];
  readonly seconds: number;
}
