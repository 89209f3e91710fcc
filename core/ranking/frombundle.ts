/** A bundle as ranking sees it: browser, gate and benches make ranking models of bundles here. */
import type { Bundle } from "../model/bundle.ts";
import type { JoinedModel } from "../model/join.ts";
import { jointRows } from "../model/joint.ts";
import { type RankingModel, rankingModel } from "./model.ts";

/** @throws {RangeError} when the bundle's parts are not of one length. */
export function rankingModelOf(bundle: Bundle & Partial<Pick<JoinedModel, "waiting">>): RankingModel {
  const { catalogue: cards, popularity: shares, alpha0, lambda, waiting } = bundle;
  const parts = { cards, shares, jointRows: () => jointRows(bundle), alpha0, lambda };
  return rankingModel(waiting === undefined ? parts : { ...parts, waiting });
}
