/** What was shown to a person, and not dealt with since: times of impressions by row of a model. */
import type { TacitEvent } from "../events/event.ts";
import { isEventKind } from "../events/event.ts";
import type { Ignored } from "../policy/listpolicy.ts";
import { dayMs } from "../time.ts";
import type { RankingModel } from "./model.ts";

interface Times {
  readonly shown: number[];
  readonly acts: number[];
}

export class Shown {
  readonly #rowOf: RankingModel["rowOf"];
  readonly #times = new Map<number, Times>();

  constructor({ rowOf }: Pick<RankingModel, "rowOf">) {
    this.#rowOf = rowOf;
  }

  add({ item, kind, atMs }: TacitEvent): void {
    const row = this.#rowIn(item, kind);
    if (row === undefined) return;
    const times = this.#times.get(row) ?? { shown: [], acts: [] };
    this.#times.set(row, times);
    listIn(times, kind).push(atMs);
  }

  remove({ item, kind, atMs }: TacitEvent): void {
    const times = this.#times.get(this.#rowIn(item, kind) ?? -1);
    if (times === undefined) return;
    const list = listIn(times, kind);
    const at = list.indexOf(atMs);
    if (at >= 0) list.splice(at, 1);
  }

  /** Rows shown so often in the days before `nowMs`, and since the person last did anything with them. */
  ignored({ shown: most, days }: Ignored, nowMs: number): readonly number[] {
    const rows: number[] = [];
    for (const [row, { shown, acts }] of this.#times) {
      if (shown.length < most) continue;
      const sinceMs = acts.reduce((last, atMs) => Math.max(last, atMs), nowMs - days * dayMs);
      const times = shown.filter((atMs) => atMs > sinceMs && atMs <= nowMs);
      if (times.length >= most) rows.push(row);
    }
    return rows;
  }

  #rowIn(item: string | undefined, kind: string): number | undefined {
    return item === undefined || !isEventKind(kind) ? undefined : this.#rowOf.get(item);
  }
}

function listIn({ shown, acts }: Times, kind: string): number[] {
  return kind === "impression" ? shown : acts;
}
