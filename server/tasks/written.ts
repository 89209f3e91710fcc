/**
 * The states that are written down between a report and what is learned from it. Whoever wants to know that
 * one has just reached the disk (a test that ends the process there, a counter) hands in a `Reached`.
 */

export type Written =
  | "chunk fixed"
  /** At the helper: its verdicts and masks. */
  | "chunk answered"
  | "chunk added"
  /** Before the helper is asked. */
  | "batch closed"
  /** At the helper: its noisy sum. */
  | "batch answered"
  | "batch summed"
  | "task finished";

export type Reached = (written: Written) => void;

export const unwatched: Reached = () => {};
