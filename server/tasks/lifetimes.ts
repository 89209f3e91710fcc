/** How long what belongs to a task is worked on and remembered after its end. */
import { dayMs } from "../../core/time.ts";

/**
 * So long after a task expired the helper still sums for it: time for an aggregator that was down to come
 * back.
 */
export const sumGraceMs = 7 * dayMs;

/** So long after a task expired its report ids, answers and sums are remembered. Longer than `sumGraceMs`. */
export const rememberMs = 30 * dayMs;
