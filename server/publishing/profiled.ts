/**
 * A site's data profile and what the decision matrix says of it: of what is in force, as sums over the crowd or logs
 * have told it, or of a log that nobody has learned from yet, by learning from it as `tacit train` would.
 */
import type { CatalogueProfile, DescribedItem } from "../../core/choosing/catalogueprofile.ts";
import { catalogueProfileOf } from "../../core/choosing/catalogueprofile.ts";
import type { Facts } from "../../core/choosing/decide.ts";
import type { JointChoice, JointFact } from "../../core/choosing/matrix.ts";
import {
  type ActColumns,
  nothingUsed,
  type PartsProfile,
  publishedProfileOf,
  type UseProfile,
  useProfileOf,
} from "../../core/choosing/siteprofile.ts";
import type { JoinedModel } from "../../core/model/join.ts";
import type { LearnedItems, PublicItems } from "../kinds/itemfactors/knowledge.ts";
import { hasLearned } from "../kinds/itemfactors/learned.ts";
import { chosenJoint } from "./choosing.ts";
import type { InForce } from "./inforce.ts";

export interface SiteReport {
  readonly catalogue: CatalogueProfile;
  readonly use: UseProfile;
  /** Where `use` is from: a log, or what an edition publishes of the crowd's sums. */
  readonly useFrom: "log" | "published";
  readonly parts: PartsProfile;
  /** Null: nothing is learned, so nothing is to be chosen. */
  readonly joint: JointReport | null;
}

export interface JointReport {
  readonly facts: Facts<JointFact>;
  /** Name of the row that holds, its choice and its reason. */
  readonly row: string;
  readonly choice: JointChoice;
  readonly why: string;
  /**
   * The row that is in force; null: none, because a gate measured another choice, or an older version
   * published it.
   */
  readonly inForce: string | null;
}

/** Of what is in force. */
export function publishedReport({ model, learned, parts, edition }: InForce): SiteReport {
  const { popularity: shares, recent } = model;
  const pairs = parts.pairs?.part ?? null;
  const people = hasLearned(learned) ? Math.max(...learned.people) : null;
  return {
    catalogue: catalogueProfileOf(model.catalogue),
    use: publishedProfileOf({ shares, people, lately: recent?.shares ?? null }),
    useFrom: "published",
    parts: {
      ...partsOf(model, learned),
      pairs: pairs === null || pairs.round === 0 ? 0 : pairs.pattern.pairCount,
      lately: recent !== undefined,
    },
    joint: hasLearned(learned) ? jointReport(learned, model, edition.model.choice ?? null) : null,
  };
}

export interface Logged {
  readonly items: readonly DescribedItem[];
  readonly publicItems: PublicItems;
  readonly acts: ActColumns;
  /** What training on this log learns. */
  readonly learned: LearnedItems;
  /** Of an edition that is in force already. */
  readonly inForce: Pick<InForce, "model" | "edition"> | null;
}

export function loggedReport({ items, publicItems, acts, learned, inForce }: Logged): SiteReport {
  return {
    catalogue: catalogueProfileOf(items),
    use: acts.rows.length === 0 ? nothingUsed : useProfileOf(acts, items.length),
    useFrom: "log",
    parts: { ...partsOf(publicItems, learned), pairs: 0, lately: false },
    joint: jointReport(learned, publicItems, inForce?.edition.model.choice ?? null),
  };
}

function jointReport(learned: LearnedItems, publicItems: PublicItems, inForce: string | null): JointReport {
  const { facts, chosen } = chosenJoint(learned, publicItems);
  const { name: row, choice, why } = chosen;
  return { facts, row, choice, why, inForce };
}

function partsOf(
  { content }: Pick<JoinedModel, "content">,
  { counts }: LearnedItems,
): Pick<PartsProfile, "content" | "factors"> {
  return {
    content: content.scales.filter((scale) => scale > 0).length,
    factors: counts.filter((count) => count > 0).length,
  };
}
