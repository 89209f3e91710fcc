/**
 * Puts an imported catalogue in force: its cards, content of what is new, predictions for what nobody has
 * learned yet. What was learned stays as it is, and so do tasks and the reports on them: new items wait for
 * the next round, and what has left is kept for when it comes back.
 */
import { toHex } from "../../core/bytes.ts";
import type { CatalogueCard } from "../../core/model/card.ts";
import { catalogueKind, encodeCatalogue } from "../../core/model/catalogue.ts";
import type { ContentPart } from "../../core/model/content.ts";
import { joinParts } from "../../core/model/join.ts";
import { sha256 } from "../base/platform.ts";
import { type LearnedItems, type PublicItems, publicSideFor } from "../kinds/itemfactors/knowledge.ts";
import { hasLearned, unlearned } from "../kinds/itemfactors/learned.ts";
import { contentParts } from "./contentparts.ts";
import { type Draft, namedLearned, namedPredicted, notMeasured } from "./draft.ts";
import type { Editions } from "./editions.ts";
import { type Named, named } from "./encode.ts";
import type { CatalogueItem } from "./import/itemvalues.ts";
import { encodeSpace, fitSpace, isOutgrown } from "./import/space.ts";
import type { InForce } from "./inforce.ts";
import { learnedParts, predictionsFor, settingsFor } from "./model.ts";

export interface ImportSettings {
  /** Most numbers per content row. */
  readonly contentDim: number;
  /** Numbers per row of item factors. */
  readonly dim: number;
  /** Fit the content space again, although the old one would do. */
  readonly refit?: boolean;
}

export interface Imported {
  readonly inForce: InForce;
  /** False when this very catalogue was in force already. */
  readonly isNew: boolean;
}

export async function publishCatalogue(
  editions: Editions,
  items: readonly CatalogueItem[],
  settings: ImportSettings,
): Promise<Imported> {
  const before = editions.inForce;
  const cards = items.map(({ text: _text, ...card }): CatalogueCard => card);
  const catalogue = await named(catalogueKind, { cards }, encodeCatalogue({ cards }));
  const { space, content } = await contentOf(editions, items, settings);
  const publicItems = publicSideOf(cards, content);
  const common = { space, origin: "import", verdict: notMeasured } as const;
  const draft =
    before === null || beginsAgain(before, publicItems, settings.dim)
      ? await newDraft(before, publicItems, settings.dim, common)
      : await sameFactorsDraft(before, publicItems, common);
  const parts = { ...draft.parts, catalogue, content };
  const published = await editions.publish({ ...draft, parts }, "superseded: a catalogue was imported");
  const inForce = published ?? editions.inForce;
  if (inForce === null) throw new Error("publishCatalogue: expected an edition in force, got none");
  return { inForce, isNew: published !== null };
}

type Common = Pick<Draft, "space" | "origin" | "verdict">;
type WithoutCatalogue = Omit<Draft, "parts"> & {
  readonly parts: Omit<Draft["parts"], "catalogue" | "content">;
};

/**
 * Factors of another length cannot be gone on from. Nor need they be kept when nothing was learned and most
 * items are others.
 */
function beginsAgain({ learned }: InForce, { catalogue }: PublicItems, dim: number): boolean {
  if (learned.dim !== dim) return true;
  if (hasLearned(learned)) return false;
  const known = new Set(learned.items);
  return 2 * catalogue.filter(({ item }) => known.has(item)).length < catalogue.length;
}

async function newDraft(
  before: InForce | null,
  publicItems: PublicItems,
  dim: number,
  common: Common,
): Promise<WithoutCatalogue> {
  const learned =
    before === null || !hasLearned(before.learned)
      ? unlearned(publicItems, dim)
      : withOtherFactors(before.learned, publicItems, dim);
  const made = learnedParts(learned, 0, publicItems);
  return { ...common, parts: await namedLearned(made), settings: settingsFor(made.factors, 0), learned };
}

async function sameFactorsDraft(
  { parts, learned, edition }: InForce,
  publicItems: PublicItems,
  common: Common,
): Promise<WithoutCatalogue> {
  const { factors, popularity } = parts;
  const predicted = await namedPredicted(
    predictionsFor(learned, popularity.part, publicItems, edition.model.newItemWeight),
  );
  return { ...common, parts: { factors, popularity, predicted }, settings: edition.model, learned };
}

/** The counts that are known, with factors that begin again. */
function withOtherFactors(learned: LearnedItems, publicItems: PublicItems, dim: number): LearnedItems {
  const known = new Set(learned.items);
  const fresh = publicItems.catalogue.map(({ item }) => item).filter((item) => !known.has(item));
  const next = unlearned(publicSideFor([...learned.items, ...fresh], publicItems), dim);
  next.counts.set(learned.counts);
  next.people.set(learned.people);
  next.countVariance.set(learned.countVariance);
  return next;
}

async function contentOf(
  editions: Editions,
  items: readonly CatalogueItem[],
  { contentDim, refit = false }: ImportSettings,
): Promise<{ readonly space: Draft["space"]; readonly content: readonly Named<ContentPart>[] }> {
  const { inForce } = editions;
  const kept = refit ? null : await editions.space();
  if (inForce !== null && kept !== null && !isOutgrown(kept, items, { dim: contentDim })) {
    const space = { id: inForce.space, space: kept };
    const content = await contentParts(items, space, inForce.parts.content);
    return { space: { id: space.id, bytes: null }, content };
  }
  const space = fitSpace(items, { dim: contentDim });
  const bytes = encodeSpace(space);
  const id = toHex(await sha256(bytes));
  return { space: { id, bytes }, content: await contentParts(items, { id, space }, []) };
}

/** Cards and content in the catalogue's order. */
function publicSideOf(cards: readonly CatalogueCard[], content: readonly Named<ContentPart>[]): PublicItems {
  const nothing = {
    alpha0: 1,
    lambda: 1,
    contentScale: 1,
    factorScale: 0,
    popularityWeight: 0,
    popularityPower: 0,
  };
  return joinParts(
    {
      catalogue: { cards },
      content: content.map(({ part }) => part),
      factors: null,
      popularity: null,
      predicted: null,
    },
    nothing,
  );
}
