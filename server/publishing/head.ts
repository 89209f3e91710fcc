/** The head of a model: the items of a first shelf, with everything that ranks them. */
import type { HeadPart } from "../../core/model/head.ts";
import { fittingHead } from "../../core/model/head.ts";
import type { JoinedModel } from "../../core/model/join.ts";
import type { QuantizedRows } from "../../core/model/quantize.ts";

/** More than fit into a head, whatever their size. */
const mostCards = 1000;
/** One place in so many is for the newest, the others for the most wanted. */
const newestEvery = 4;

/**
 * Most wanted and newest items that can be had, as many as fit; in catalogue order where neither is known.
 *
 * @param nowMs milliseconds since the Unix epoch: what is dated later is not new yet.
 */
export function headOf(model: JoinedModel, space: string, nowMs: number): HeadPart {
  const { contentDim, factorDim, catalogue, popularity, round } = model;
  const rows = headRows(model, nowMs).slice(0, mostCards);
  return fittingHead({
    cards: rows.map((row) => catalogue[row]),
    space,
    contentDim,
    content: rowsAt(model.content, rows, contentDim),
    factorDim,
    factors: rowsAt(model.factors, rows, factorDim),
    shares: Float32Array.from(rows, (row) => popularity[row]),
    round,
  });
}

function headRows({ catalogue, popularity }: JoinedModel, nowMs: number): readonly number[] {
  const all = Array.from(catalogue.keys()).filter((row) => catalogue[row].available !== false);
  const times = catalogue.map(({ publishedAt }) => {
    const ms = Date.parse(publishedAt ?? "");
    return ms <= nowMs ? ms : 0;
  });
  const newest = all.toSorted((a, b) => times[b] - times[a] || a - b);
  const wanted = all.some((row) => popularity[row] > 0)
    ? all.toSorted((a, b) => popularity[b] - popularity[a] || a - b)
    : newest;
  const rows = new Set<number>();
  for (let place = 0; place < all.length; place++) {
    rows.add(wanted[place]);
    if (place % (newestEvery - 1) === newestEvery - 2)
      rows.add(newest[Math.floor(place / (newestEvery - 1))]);
  }
  return [...rows];
}

function rowsAt({ values, scales }: QuantizedRows, rows: readonly number[], dim: number): QuantizedRows {
  const picked = new Int8Array(rows.length * dim);
  for (const [at, row] of rows.entries()) picked.set(values.subarray(row * dim, (row + 1) * dim), at * dim);
  return { values: picked, scales: Float32Array.from(rows, (row) => scales[row]) };
}
