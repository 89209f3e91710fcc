/** A joined model as ranking sees it: browser, gate and benches make their ranking models here. */
import type { JoinedModel } from "../model/join.ts";
import { jointRows } from "../model/joint.ts";
import { type RankingModel, rankingModel } from "./model.ts";
import { weighedRecent } from "./recent.ts";

/** @throws {RangeError} when the model's parts are not of one length. */
export function rankingModelOf(joined: JoinedModel): RankingModel {
  const { catalogue: cards, popularity: shares, alpha0, lambda, waiting, asRead } = joined;
  const { pairs, pairWeight = 0, recent, ranker, policy, contentForFew = 1, contentDim } = joined;
  // Without factors beside it there is nothing that shorter content would leave room for.
  const isShorter = contentForFew < 1 && joined.contentScale > 0 && joined.factorScale > 0;
  return rankingModel({
    ...{ cards, shares, jointRows: () => jointRows(joined), alpha0, lambda },
    ...(waiting === undefined ? {} : { waiting }),
    ...(isShorter ? { shortening: { contentDim, by: contentForFew } } : {}),
    ...(pairs === undefined ? {} : { pairs: { ...pairs, weight: pairWeight } }),
    ...(recent === undefined ? {} : { recent: weighedRecent(recent, shares, joined) }),
    ...(ranker === undefined ? {} : { ranker }),
    ...(policy === undefined ? {} : { policy }),
    ...asRead,
  });
}
