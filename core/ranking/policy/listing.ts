/** What policies say about the places of a list: pins, quotas and exposures, in rows. */
import { nameKey } from "../../namekey.ts";
import type { PinnedRow, RowQuota } from "../best.ts";
import type { RowExposure } from "../exposure.ts";
import type { RankingModel } from "../model.ts";
import type { Question } from "../question.ts";
import { policiesFor } from "./inforce.ts";
import { attributeOf, rowsMatching } from "./matching.ts";

/** The call's pins come first where two want one place. */
export function pinsFor(question: Question): readonly PinnedRow[] {
  return policiesFor(question).flatMap(({ pin = [] }) =>
    pin.flatMap(({ item, place }) => {
      const row = question.model.rowOf.get(item);
      return row === undefined ? [] : [{ row, place }];
    }),
  );
}

export function quotasFor(question: Question): readonly RowQuota[] {
  return policiesFor(question).flatMap(({ quota = [] }) =>
    quota.map(({ of, most }) => ({ most, valuesOf: (row) => valuesOf(question.model, row, of) })),
  );
}

export function exposuresFor(question: Question): readonly RowExposure[] {
  const { model, nowMs } = question;
  return policiesFor(question).flatMap(({ exposure = [] }) =>
    exposure.map(({ where, least }) => {
      const rows = rowsMatching(where, { model, nowMs });
      return { least, isOf: (row: number) => rows[row] !== 0 };
    }),
  );
}

function valuesOf({ cards }: RankingModel, row: number, of: string): readonly string[] {
  const { categories = [], attributes } = cards[row];
  const value = of === "category" ? categories : attributeOf(attributes, of);
  if (value === undefined) return [];
  return (typeof value === "object" ? value : [value]).map((one) => nameKey(String(one)));
}
