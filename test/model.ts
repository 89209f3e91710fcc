/**
 * Editions and parts for tests: a model of any shape as parts, named by their hashes and listed in an
 * edition.
 */
import { createHash } from "node:crypto";
import type { CatalogueCard } from "../core/model/card.ts";
import { encodeCatalogue } from "../core/model/catalogue.ts";
import { encodeContent } from "../core/model/content.ts";
import type { Edition, ModelKind, ModelSettings, PartRef } from "../core/model/edition.ts";
import { encodeFactors } from "../core/model/factors.ts";
import { encodeHead, fittingHead } from "../core/model/head.ts";
import type { JoinedModel } from "../core/model/join.ts";
import { encodePolicy } from "../core/model/policy.ts";
import { encodePopularity } from "../core/model/popularity.ts";
import { quantizeRows } from "../core/model/quantize.ts";
import { seededRandom } from "../core/seeded.ts";
import { FactorsView, Model } from "../worker/rank/model.ts";

export interface NamedBytes {
  /** Hex SHA-256. */
  readonly id: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export function named(bytes: Uint8Array<ArrayBuffer>): NamedBytes {
  return { id: createHash("sha256").update(bytes).digest("hex"), bytes };
}

export function refOf(kind: string, { id, bytes }: NamedBytes): PartRef {
  return { kind, id, bytes: bytes.length };
}

/** An edition, and the bytes of everything that it lists by their ids. */
export interface Publication {
  readonly edition: Edition;
  readonly parts: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

export interface Listed {
  readonly head: NamedBytes;
  readonly parts: readonly (NamedBytes & { readonly kind: string })[];
  readonly deltas?: readonly (NamedBytes & { readonly from: string; readonly to: string })[];
  readonly model: ModelSettings;
  readonly sequence?: number;
}

export function publicationOf({ head, parts, deltas = [], model, sequence = 1 }: Listed): Publication {
  return {
    edition: {
      version: 3,
      sequence,
      issuedAtMs: 1_300_000_000_000 + sequence,
      head: refOf("head", head),
      parts: parts.map((part) => refOf(part.kind, part)),
      deltas: deltas.map(({ from, to, ...part }) => ({ from, to, part: refOf("catalogue-delta", part) })),
      model,
    },
    parts: new Map([head, ...parts, ...deltas].map(({ id, bytes }) => [id, bytes])),
  };
}

export type PartsByKind = Readonly<
  Record<Exclude<ModelKind, "predicted" | "pairs" | "segments" | "ranker" | "policy">, NamedBytes>
>;

/** A model in parts: one of content, factors and popularity in the catalogue's order. */
export function partsOf(model: JoinedModel): PartsByKind {
  const { catalogue: cards, contentDim, factorDim, round, popularity: shares } = model;
  const items = cards.map(({ item }) => item);
  return {
    catalogue: named(encodeCatalogue({ cards })),
    content: named(encodeContent({ items, dim: contentDim, space: "test", rows: model.content })),
    factors: named(encodeFactors({ items, dim: factorDim, round, rows: model.factors })),
    popularity: named(encodePopularity({ items, shares })),
  };
}

export interface PublishOptions {
  readonly sequence?: number;
  /** How many items the head has; 12 unless said. */
  readonly headItems?: number;
}

/** A model published whole. */
export function publish(
  model: JoinedModel,
  { sequence = 1, headItems = 12 }: PublishOptions = {},
): Publication {
  const { policy } = model;
  const parts = Object.entries({
    ...partsOf(model),
    ...(policy === undefined ? {} : { policy: named(encodePolicy(policy)) }),
  }).map(([kind, part]) => ({ kind, ...part }));
  return publicationOf({ head: headOf(model, headItems), parts, model: settingsOf(model), sequence });
}

/** The first items of a model as its head. */
export function headOf(model: JoinedModel, items: number): NamedBytes {
  const { contentDim, content, factorDim, factors, popularity, round } = model;
  const to = Math.min(items, model.items);
  const head = {
    cards: model.catalogue.slice(0, to),
    space: "test",
    contentDim,
    content: { values: content.values.slice(0, to * contentDim), scales: content.scales.slice(0, to) },
    factorDim,
    factors: { values: factors.values.slice(0, to * factorDim), scales: factors.scales.slice(0, to) },
    shares: popularity.slice(0, to),
    round,
  };
  return named(encodeHead(fittingHead(head)));
}

export function settingsOf(model: ModelSettings): ModelSettings {
  const { alpha0, lambda, contentScale, factorScale, popularityWeight, popularityPower } = model;
  return { alpha0, lambda, contentScale, factorScale, popularityWeight, popularityPower };
}

/** Box and Muller 1958. */
function normal(next: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

export interface RandomModelOptions {
  readonly items?: number;
  readonly contentDim?: number;
  readonly factorDim?: number;
  readonly seed?: number;
  readonly round?: number;
  /** Numbers of a row: evenly spread unless said, or as learned ones are, which compress somewhat. */
  readonly spread?: "even" | "normal";
  /** Card of a row; a plain one unless said. */
  readonly card?: (row: number) => CatalogueCard;
}

/** A model of random rows, the same for the same seed. */
export function randomModel(options: RandomModelOptions = {}): JoinedModel {
  const { items = 60, contentDim = 12, factorDim = 6, seed = 7, round = 3, spread = "even" } = options;
  const { card = (row) => ({ item: `item-${row}`, title: `Thing ${row}`, categories: [] }) } = options;
  const powerAbove = 4 * 2 ** Math.ceil(Math.log2(items));
  const next = seededRandom(seed);
  const rows = (dim: number, size: number) =>
    quantizeRows(
      Float64Array.from(
        { length: items * dim },
        () => (spread === "even" ? next() - 0.5 : normal(next)) * size,
      ),
      items,
      dim,
    );
  return {
    round,
    items,
    contentDim,
    factorDim,
    alpha0: 0.3,
    lambda: 0.004,
    contentScale: 0.9,
    factorScale: 1.4,
    popularityWeight: 500,
    popularityPower: 0.3,
    catalogue: Array.from({ length: items }, (_, row) => card(row)),
    content: rows(contentDim, 2),
    factors: rows(factorDim, 1),
    // Fractions that a part carries exactly, for catalogues of up to 2,048 items.
    popularity: Float32Array.from({ length: items }, (_, row) => ((row * 37) % items) / powerAbove),
  };
}

/** Id of the factors part that the model is published with: what tasks are about. */
export const factorsIdOf = (joined: JoinedModel): string => partsOf(joined).factors.id;

/** The model as a device has it that fetched everything. */
export function modelOf(joined: JoinedModel): Model {
  const { items: count, factorDim: dim, round, factors: rows } = joined;
  const items = joined.catalogue.map(({ item }) => item);
  const factors = new FactorsView(partsOf(joined).factors.id, { items, dim, round, rows });
  if (count !== items.length) throw new Error(`modelOf: expected ${count} items, got ${items.length}`);
  return new Model({ edition: { id: "a", sequence: 1 }, joined, factors, isWhole: true });
}
