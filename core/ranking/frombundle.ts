/** A bundle as ranking sees it: browser, gate and benches make ranking models of bundles here. */
import type { Bundle } from "../model/bundle.ts";
import { jointRows } from "../model/joint.ts";
import { type RankingModel, rankingModel } from "./model.ts";

/** @throws {RangeError} when the bundle's parts are not of one length. */
export function rankingModelOf(bundle: Bundle): RankingModel {
  const { catalogue: cards, popularity: shares, alpha0, lambda } = bundle;
  return rankingModel({ cards, shares, jointRows: () => jointRows(bundle), alpha0, lambda });
}
