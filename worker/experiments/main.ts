/**
 * The entry of experiments.js: which arms this device is in, and what it has shown of them. Loaded where this
 * device may contribute and the edition lists experiments: whoever hosts the file learns of the consent.
 */
export { Experiments } from "./experiments.ts";
