/** A server that learned from logs, and what it knows of an item. */
import { publishCatalogue } from "../../server/publishing/catalogue.ts";
import type { CatalogueItem } from "../../server/publishing/import/itemvalues.ts";
import type { InForce } from "../../server/publishing/inforce.ts";
import { candidatesOf } from "../../server/publishing/learn.ts";
import { namedOrKnown } from "../../server/publishing/model.ts";
import { learnCentrally } from "../../server/publishing/train/central.ts";
import { onRows } from "../../server/publishing/train/tastes.ts";
import {
  catalogueOf,
  inForceOf,
  openServer,
  type TestServer,
  temporaryDirectory,
  testConfig,
} from "./harness.ts";

/** Of an import, as `testConfig` has them. */
export const settings = { contentDim: 8, dim: 3 };
/** What a server has at first. */
export const items = catalogueOf(30);

/** An import here, without a request. */
export function importInto({ parts }: TestServer, catalogue: readonly CatalogueItem[], more = {}) {
  return publishCatalogue(parts.editions, catalogue, { ...settings, ...more });
}

/** People of two kinds: even ones like even items, odd ones odd items. */
export async function trained(server: TestServer, seed = 0): Promise<InForce> {
  const { editions } = server.parts;
  const before = inForceOf(server);
  const people = Array.from({ length: 40 }, (_, person) => {
    const likes = Array.from(
      { length: 6 },
      (_, k) => (person % 2) + 2 * ((person * (4 + seed) + k * 7) % 15),
    );
    return new Map(likes.map((item) => [`item-${item}`, 1]));
  });
  const training = { dim: 3, alpha0: 0.3, lambda: 0.003, sweeps: 4 };
  const ids = [...new Set([...before.learned.items, ...before.model.catalogue.map(({ item }) => item)])];
  const learned = learnCentrally(onRows(people, ids), ids, training);
  const [{ draft }] = candidatesOf(before, editions, {
    learned: namedOrKnown(learned, before.learned),
    round: before.model.round + 1,
    origin: "train",
  });
  await editions.publish(await draft(), "superseded: trained on logs");
  return inForceOf(server);
}

/** Ids of the parts in force, by kind. */
export function refsOf({ edition }: InForce): Readonly<Record<string, readonly string[]>> {
  const refs = new Map<string, string[]>();
  for (const { kind, id } of [edition.head, ...edition.parts])
    refs.set(kind, [...(refs.get(kind) ?? []), id]);
  return Object.fromEntries(refs);
}

/** What ranks an item beside its card: factors, share, content. */
export function knownOf({ model }: InForce, item: string) {
  const row = model.catalogue.findIndex((card) => card.item === item);
  const { factors, factorDim, content, contentDim, popularity } = model;
  return {
    factors: [...factors.values.subarray(row * factorDim, (row + 1) * factorDim), factors.scales[row]],
    content: [...content.values.subarray(row * contentDim, (row + 1) * contentDim), content.scales[row]],
    share: popularity[row],
  };
}

/** A server that learned from logs about the first items. */
export async function openTrained(config = testConfig(temporaryDirectory())) {
  const server = await openServer(config);
  return { server, before: await trained(server) };
}
