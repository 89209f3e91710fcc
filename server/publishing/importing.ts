/**
 * From a catalogue file to a draft: cards, content of what is new, predictions for what nobody has learned
 * yet. What was learned stays as it is. Slow, and of plain data alone: a job (work/jobs.ts).
 */
import { toHex } from "../../core/bytes.ts";
import { given } from "../../core/given.ts";
import type { CatalogueCard } from "../../core/model/card.ts";
import { catalogueKind, encodeCatalogue } from "../../core/model/catalogue.ts";
import type { ContentPart } from "../../core/model/content.ts";
import { joinParts } from "../../core/model/join.ts";
import { modelLimits } from "../../core/model/limits.ts";
import type { Progress } from "../base/jobs.ts";
import { OperatorError } from "../base/operatorerror.ts";
import { sha256 } from "../base/platform.ts";
import { encodedTexts } from "../encoders/encoded.ts";
import { type LearnedItems, type PublicItems, publicSideFor } from "../kinds/itemfactors/knowledge.ts";
import { hasLearned, unlearned } from "../kinds/itemfactors/learned.ts";
import { type AskedReading, readingAsked } from "./asked.ts";
import { contentParts } from "./contentparts.ts";
import { type Draft, namedLearned, namedPredicted, notMeasured } from "./draft.ts";
import { type Named, named } from "./encode.ts";
import type { CatalogueItem } from "./import/itemvalues.ts";
import {
  type EncodedItems,
  fitMeaning,
  type ItemVectors,
  meaningDefaults,
  meaningText,
} from "./import/meaning.ts";
import { type ImportResult, type NotTaken, readCatalogue } from "./import/readcatalogue.ts";
import { type ContentSpace, encodeSpace, fitSpace, isOutgrown, parseSpace } from "./import/space.ts";
import { variantGroups } from "./import/variants/variants.ts";
import type { InForce } from "./inforce.ts";
import { type Input, inputOfBytes, inputOfFile } from "./input/input.ts";
import { learnedParts, mixOf, predictionsFor, settingsFor } from "./model.ts";
import { fitPicturesBeside, hasPicturesOf, picturesFor } from "./pictures.ts";
import { type AskedEncoder, noTexts, type TextSettings, textsFor } from "./texts.ts";

export interface ImportSettings extends TextSettings {
  /** Most numbers per content row. */
  readonly contentDim: number;
  /** Numbers per row of item factors. */
  readonly dim: number;
  /** Fit the content space again, although the old one would do. */
  readonly refit?: boolean;
  /**
   * What content by meaning is made with; the encoder of the space in force where nothing else is asked for.
   */
  readonly encoder?: AskedEncoder;
  /** What content by pictures is made with; likewise. */
  readonly imageEncoder?: AskedEncoder;
}

/** Where a catalogue comes from. */
export type CatalogueSource =
  | { readonly from: "items"; readonly items: readonly CatalogueItem[] }
  | {
      readonly from: "bytes";
      readonly name: string;
      readonly bytes: Uint8Array;
      readonly charset: string | undefined;
      readonly asked: AskedReading;
    }
  | {
      readonly from: "file";
      readonly path: string;
      readonly charset: string | undefined;
      readonly asked: AskedReading;
    };

export interface ToImport {
  readonly source: CatalogueSource;
  readonly settings: ImportSettings;
  readonly inForce: InForce | null;
  /** The content space in force, as it is stored; null where there is none. */
  readonly space: Uint8Array | null;
}

export type DraftedImport =
  /**
   * With what was wrong with the rows that were left out, what was not taken, and how many items are variants
   * by their titles.
   */
  | ({
      readonly ok: true;
      readonly draft: Draft;
      readonly faults: readonly string[];
      readonly variants: number;
    } & NotTaken)
  /** As of `ImportResult`; of very many the first. */
  | { readonly ok: false; readonly faults: readonly string[] };

/** So many faults are told one by one. */
const mostFaults = 1000;

export async function draftImport(
  { source, settings, inForce: before, space: stored }: ToImport,
  progress: Progress = () => {},
): Promise<DraftedImport> {
  progress({ what: "reading the catalogue" });
  const read = await itemsFrom(source);
  if (!read.ok) {
    const faults = read.faults.slice(0, mostFaults);
    const more = read.faults.length - faults.length;
    return { ok: false, faults: more === 0 ? faults : [...faults, `and ${more} more`] };
  }
  const { items, variants, unread, unpriced } = read;
  const cards = items.map(({ text: _text, ...card }): CatalogueCard => card);
  const catalogue = await named(catalogueKind, { cards }, encodeCatalogue({ cards }));
  const kept = stored === null ? null : parseSpace(stored);
  const encoded = await encodedFor(items, settings, kept, progress);
  if (typeof encoded === "string") return { ok: false, faults: [encoded] };
  const picturesBy = idAsked(settings.imageEncoder, kept?.pictures);
  const pictures = await picturesFor(items, { id: picturesBy, encoders: settings.encoders });
  if (typeof pictures === "string") return { ok: false, faults: [pictures] };
  const texts = await textsFor(
    items,
    { settings, before: before?.parts.texts ?? noTexts, encoded },
    progress,
  );
  if (typeof texts === "string") return { ok: false, faults: [texts] };
  progress({ what: "content vectors", of: items.length });
  const { space, content } = await contentOf({ items, settings, before, kept, encoded, pictures });
  const publicItems = publicSideOf(cards, content);
  const common = { space, origin: "import", verdict: notMeasured } as const;
  const draft =
    before === null || beginsAgain(before, publicItems, settings.dim)
      ? await newDraft(before, publicItems, settings.dim, common)
      : await sameFactorsDraft(before, publicItems, common);
  const whole = { ...draft, parts: { ...draft.parts, catalogue, content, texts } };
  return { ok: true, draft: whole, faults: read.faults, variants, unread, unpriced };
}

type ReadItems =
  | (Extract<ImportResult, { readonly ok: true }> & { readonly variants: number })
  | Extract<ImportResult, { readonly ok: false }>;

async function itemsFrom(source: CatalogueSource): Promise<ReadItems> {
  if (source.from === "items") {
    return { ok: true, items: source.items, faults: [], variants: 0, unread: [], unpriced: 0 };
  }
  const reading = readingAsked(source.asked);
  const read = await readCatalogue(inputFrom(source), reading);
  if (!read.ok) return read;
  if (reading.variants === "said" || read.items.some(({ group }) => group !== undefined)) {
    return { ...read, variants: 0 };
  }
  const groups = variantGroups(read.items);
  const items = read.items.map((item) => ({ ...item, ...given({ group: groups.get(item.item) }) }));
  return { ...read, items, variants: groups.size };
}

function inputFrom(source: Exclude<CatalogueSource, { readonly from: "items" }>): Input {
  const { charset } = source;
  return source.from === "file"
    ? inputOfFile(source.path, charset)
    : inputOfBytes(source.name, source.bytes, charset);
}

type Common = Pick<Draft, "space" | "origin" | "verdict">;
type WithoutCatalogue = Omit<Draft, "parts"> & {
  readonly parts: Omit<Draft["parts"], "catalogue" | "content" | "texts">;
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
  const {
    pairs = null,
    segments = null,
    ranker = null,
    policy = null,
    experiments = null,
  } = before?.parts ?? {};
  return {
    ...common,
    parts: { ...(await namedLearned(made)), pairs, segments, ranker, policy, experiments },
    settings: { ...settingsFor(made.factors, 0), ...mixOf(before?.edition.model ?? {}) },
    learned,
  };
}

async function sameFactorsDraft(
  { parts, learned, edition }: InForce,
  publicItems: PublicItems,
  common: Common,
): Promise<WithoutCatalogue> {
  const { factors, popularity, pairs, segments, ranker, policy, experiments } = parts;
  const predicted = await namedPredicted(
    predictionsFor(learned, popularity.part, publicItems, edition.model.newItemWeight),
  );
  const kept = { factors, popularity, predicted, pairs, segments, ranker, policy, experiments };
  return { ...common, parts: kept, settings: edition.model, learned };
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

/**
 * Vectors by the encoder that is asked for; null for none, and in words why there are none where there should
 * be.
 */
async function encodedFor(
  items: readonly CatalogueItem[],
  { encoder: asked, encoders }: ImportSettings,
  kept: ContentSpace | null,
  progress: Progress,
): Promise<EncodedItems | null | string> {
  const id = idAsked(asked, kept?.meaning);
  if (id === null) return null;
  if (encoders === undefined) throw new Error("importing: expected the folder of encoders, got none");
  try {
    return await encodedTexts(items.map(meaningText), { encoders, id }, progress);
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return `${error.message}; --encoder FOLDER names one, --encoder none goes without`;
  }
}

/** Of the encoder that is asked for, or that made this part of the space in force; null for none. */
function idAsked(asked: AskedEncoder | undefined, before?: ContentSpace["meaning"]): string | null {
  if (asked === undefined || asked.ask === "as before") return before?.encoder ?? null;
  return asked.ask === "none" ? null : asked.id;
}

interface ContentOf {
  readonly items: readonly CatalogueItem[];
  readonly settings: ImportSettings;
  readonly before: InForce | null;
  /** The space in force. */
  readonly kept: ContentSpace | null;
  readonly encoded: EncodedItems | null;
  readonly pictures: ItemVectors | null;
}

async function contentOf({
  items,
  settings: { contentDim, refit = false },
  before,
  kept,
  encoded,
  pictures,
}: ContentOf): Promise<{ readonly space: Draft["space"]; readonly content: readonly Named<ContentPart>[] }> {
  const isKept = before !== null && kept !== null && !refit;
  if (
    isKept &&
    !isOutgrown(kept, items, { dim: contentDim }) &&
    hasMeaningOf(kept, encoded) &&
    hasPicturesOf(kept, pictures)
  ) {
    const space = { id: before.space, space: kept };
    const content = await contentParts(items, space, { before: before.parts.content, encoded, pictures });
    return { space: { id: space.id, bytes: null }, content };
  }
  const most = { ...meaningDefaults, dim: Math.min(meaningDefaults.dim, modelLimits.dim - contentDim) };
  const meaning = encoded === null || most.dim === 0 ? null : fitMeaning(encoded, most);
  const space = fitSpace(
    items,
    { dim: contentDim },
    { meaning, pictures: fitPicturesBeside(meaning, pictures, contentDim) },
  );
  const bytes = encodeSpace(space);
  const id = toHex(await sha256(bytes));
  return {
    space: { id, bytes },
    content: await contentParts(items, { id, space }, { before: [], encoded, pictures }),
  };
}

/** Whether the space has the meaning that is wanted, with at least half of the numbers that it could have. */
function hasMeaningOf({ meaning, dim }: ContentSpace, encoded: EncodedItems | null): boolean {
  if (encoded === null || meaning === null) return encoded === null && meaning === null;
  const items = encoded.values.length / encoded.dim;
  const possible = Math.min(meaningDefaults.dim, modelLimits.dim - dim, encoded.dim, items);
  return meaning.encoder === encoded.encoder && 2 * meaning.dim >= possible;
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
