/** How a file is to be read, as an operator asks for it, by flags or in a request. */
import { shortened } from "../../core/errors.ts";
import { given } from "../../core/given.ts";
import { OperatorError } from "../base/operatorerror.ts";
import { feedNamed } from "./feeds/known.ts";
import { parseMapping } from "./feeds/mapping.ts";
import { catalogueColumns } from "./import/itemvalues.ts";
import type { CatalogueReading } from "./import/readcatalogue.ts";
import { logColumns } from "./train/acts.ts";
import { isDecimalMark } from "./values/amounts.ts";

export interface AskedReading {
  readonly what: "catalogue" | "log";
  /** Name of a feed. */
  readonly format?: string | undefined;
  /** COLUMN=NAME,… */
  readonly map?: string | undefined;
  /** "." or ",". */
  readonly decimal?: string | undefined;
  /** Part of the rows that may have a fault, as in "2%". */
  readonly skipFaults?: string | undefined;
  /** What tells the variants of a product: "titles" where no row says it, or "said": only what rows say. */
  readonly variants?: string | undefined;
}

/** As the query of a request; `askedBy` reads it. */
export function queryOf({
  format,
  map,
  decimal,
  skipFaults,
  variants,
}: AskedReading): Record<string, string> {
  return given({ format, map, decimal, "skip-faults": skipFaults, variants });
}

export function askedBy(query: Readonly<Record<string, string>>): AskedReading {
  const { format, map, decimal, "skip-faults": skipFaults, variants } = query;
  return { what: "catalogue", format, map, decimal, skipFaults, variants };
}

/** @throws {OperatorError} naming what means nothing. */
export function readingAsked({
  what,
  format,
  map,
  decimal,
  skipFaults,
  variants = "titles",
}: AskedReading): CatalogueReading {
  if (decimal !== undefined && !isDecimalMark(decimal)) {
    throw new OperatorError(`decimal: expected "." or ",", got ${shortened(JSON.stringify(decimal))}`);
  }
  if (variants !== "titles" && variants !== "said") {
    throw new OperatorError(`variants: expected titles or said, got ${shortened(JSON.stringify(variants))}`);
  }
  const columns = what === "catalogue" ? catalogueColumns : logColumns;
  return {
    feed: format === undefined ? undefined : feedNamed(format, what),
    mapping: map === undefined ? undefined : parseMapping(map, columns),
    decimal,
    variants,
    mostFaulty: skipFaults === undefined ? undefined : partIn(skipFaults),
  };
}

function partIn(text: string): number {
  const percent = /^\s*(\d+(?:\.\d+)?)\s*%?\s*$/.exec(text)?.[1];
  if (percent === undefined || Number(percent) > 100) {
    throw new OperatorError(
      `skip-faults: expected a part such as 2%, got ${shortened(JSON.stringify(text))}`,
    );
  }
  return Number(percent) / 100;
}
