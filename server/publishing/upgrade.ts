/**
 * A store of protocol 2 holds bundles. The one in force becomes the first edition, part by part: the same
 * cards, content rows, factors and shares, and what was learned beside them. Its content space was not kept:
 * the next import fits one.
 */

import { parseBundle } from "../../core/model/bundle.ts";
import { catalogueKind, encodeCatalogue } from "../../core/model/catalogue.ts";
import { contentKind, encodeContent } from "../../core/model/content.ts";
import { parseLearnedOfBundle } from "../kinds/itemfactors/learned.ts";
import { findBundleInForce, forgetBundles } from "../store/bundles.ts";
import type { LeaderStore } from "../store/leaderstore.ts";
import { type Draft, namedLearned, notMeasured } from "./draft.ts";
import type { Editions } from "./editions.ts";
import { named } from "./encode.ts";
import { noTexts } from "./texts.ts";

/** Does nothing where there is no bundle, or an edition already. */
export async function upgradeBundles(editions: Editions, store: LeaderStore): Promise<void> {
  const stored = await findBundleInForce(store);
  if (stored === undefined) return;
  if (editions.inForce === null) {
    await editions.publish(await draftOf(stored), "superseded: the model is published in parts");
  }
  await store.transaction().execute(forgetBundles);
}

async function draftOf({
  id,
  bytes,
  learned: state,
}: {
  readonly id: string;
  readonly bytes: Uint8Array;
  readonly learned: Uint8Array;
}): Promise<Draft> {
  const bundle = parseBundle(bytes);
  const { catalogue: cards, contentDim: dim, content: rows, factorDim, popularity: shares } = bundle;
  const items = cards.map(({ item }) => item);
  const space = `bundle ${id}`;
  const content = { items, dim, space, rows };
  const learned = { items, ...parseLearnedOfBundle(state) };
  const factors = { items, dim: factorDim, round: bundle.round, rows: bundle.factors };
  const { alpha0, lambda, contentScale, factorScale, popularityWeight, popularityPower } = bundle;
  return {
    parts: {
      catalogue: await named(catalogueKind, { cards }, encodeCatalogue({ cards })),
      content: [await named(contentKind, content, encodeContent(content))],
      ...(await namedLearned({ factors, popularity: { items, shares }, predicted: null })),
      pairs: null,
      texts: noTexts,
      segments: null,
      ranker: null,
      policy: null,
      experiments: null,
    },
    settings: { alpha0, lambda, contentScale, factorScale, popularityWeight, popularityPower },
    learned,
    space: { id: space, bytes: null },
    origin: "upgrade",
    verdict: notMeasured,
  };
}
