/** The levels of all that is planned and told of experiments. */

/** Of every interval, and of a false finding in all comparisons of the first metric together. */
export const alpha = 0.05;

/** Chance of finding what is asked for. */
export const power = 0.8;
