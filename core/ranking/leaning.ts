/**
 * What a person said they like, as ranking takes it: beside the tastes of what was done, tastes of items that stand
 * for what was said. They shape the user vector and nothing else: none of them was dealt with or bought, none ages,
 * and no pair speaks by them. Together they weigh as a purchase or a few (core/facts), however much is done, so that
 * what is done soon says more.
 */
import type { TasteRows } from "../foldin.ts";

export interface Leaning {
  /** Name of the fact. */
  readonly fact: string;
  /** Which part of it this is about, as the person said it: one category of those named. */
  readonly said: string;
  /** Above 0. */
  readonly tastes: TasteRows;
}
