/**
 * Which part of an edition lists the site's experiments. No model is made of it: a browser that cannot read it
 * has lists as ever, and is in no experiment.
 */
import type { Edition, PartRef } from "../model/edition.ts";

export const experimentsKind = "experiments";

/** Every visitor who is asked for a variant fetches it: of the whole part. */
export const mostExperimentsBytes: number = 128 * 1024;

/** Null where an edition lists none, or one that is larger than any reader takes. */
export function experimentsRef({ parts }: Pick<Edition, "parts">): PartRef | null {
  return parts.find(({ kind, bytes }) => kind === experimentsKind && bytes <= mostExperimentsBytes) ?? null;
}
