/** Shelves of recommended products, and the ones that Tacit fills. */
import type { ComponentChildren } from "preact";
import type { Recommendation } from "../../sdk/index.ts";
import type { Catalogue } from "./catalogue.ts";
import { useConsent } from "./consent.ts";
import type { Product } from "./products.ts";
import { lineUnderTile } from "./reason.ts";
import { type Shelved, useShelved } from "./tacit.ts";
import { EmptyTile, Tile } from "./tile.tsx";

interface ShelfProps {
  readonly list: string;
  readonly title: string;
  readonly note?: ComponentChildren;
  readonly catalogue: Catalogue;
  readonly shelved: Shelved;
  readonly count: number;
  /** Shown while Tacit has nothing to say. */
  readonly otherwise: readonly Product[];
}

/** A row of products with their reasons. Its height does not depend on whether they are known yet. */
function Shelf({ list, title, note, catalogue, shelved, count, otherwise }: ShelfProps) {
  const known = shelved.state === "known" ? recommended(catalogue, shelved.items) : [];
  const shown =
    known.length > 0 ? known : otherwise.map((product) => ({ product, reason: "From the catalogue" }));
  return (
    <section class="shelf" aria-labelledby={`shelf-${list}`} aria-busy={shelved.state === "waiting"}>
      <header class="shelf-head">
        <h2 id={`shelf-${list}`}>{title}</h2>
        {note !== undefined && <p>{note}</p>}
      </header>
      <div class="shelf-row" data-tacit-list={list}>
        {shelved.state === "waiting"
          ? Array.from({ length: count }, (_, place) => <EmptyTile key={place} withReason />)
          : shown
              .slice(0, count)
              .map(({ product, reason }) => <Tile key={product.id} product={product} reason={reason} />)}
      </div>
    </section>
  );
}

const forYouCount = 12;
const trendingCount = 6;

export function ForYou({ catalogue, exclude }: { readonly catalogue: Catalogue; readonly exclude?: string }) {
  const shelved = useShelved(`for-you ${exclude ?? ""}`, (tacit) =>
    tacit.recommend({ count: forYouCount, ...(exclude === undefined ? {} : { exclude: [exclude] }) }),
  );
  return <ForYouShelf catalogue={catalogue} shelved={shelved} />;
}

function ForYouShelf({ catalogue, shelved }: { readonly catalogue: Catalogue; readonly shelved: Shelved }) {
  const consent = useConsent();
  const note = noteOf(shelved, consent?.personalise !== false);
  return (
    <Shelf
      list="for-you"
      title="For you"
      note={note}
      {...{ catalogue, shelved, count: forYouCount, otherwise: catalogue.newestFirst }}
    />
  );
}

/** What the order of the shelf comes from, said as it is. */
function noteOf(shelved: Shelved, mayPersonalise: boolean): string {
  if (!mayPersonalise) return "Personalisation is off: everyone sees this.";
  if (shelved.state === "known") {
    if (shelved.items.length === 0) return "In the shop's own order.";
    if (shelved.items.some(({ reasons }) => reasons.some(({ why }) => why === "event"))) {
      return "Put in order on this device, from what you did here.";
    }
  }
  return "Look at a few products, and this shelf follows.";
}

/**
 * The two shelves of the front page: what this person may like, then what the crowd wants.
 *
 * As long as no crowd has spoken, the second says what is new. It repeats nothing of the first.
 */
export function HomeShelves({ catalogue }: { readonly catalogue: Catalogue }) {
  const forYou = useShelved("for-you ", (tacit) => tacit.recommend({ count: forYouCount }));
  const wanted = useShelved("trending", (tacit) => tacit.trending({ count: forYouCount + trendingCount }));
  const trending = without(wanted, forYou);
  const fromCrowd =
    trending.state === "known" && trending.items.some(({ reasons }) => reasons[0]?.why === "trending");
  return (
    <>
      <ForYouShelf catalogue={catalogue} shelved={forYou} />
      <Shelf
        list="trending"
        title={fromCrowd ? "Trending" : "New in"}
        note={
          fromCrowd
            ? "Counted in sums over many browsers, none of which can be read alone."
            : "The latest arrivals."
        }
        {...{ catalogue, count: trendingCount }}
        shelved={trending}
        otherwise={catalogue.newestFirst.slice(forYouCount)}
      />
    </>
  );
}

function without(shelved: Shelved, other: Shelved): Shelved {
  if (shelved.state === "waiting" || other.state === "waiting") return { state: "waiting" };
  const shown = new Set(other.items.map(({ item }) => item));
  return { state: "known", items: shelved.items.filter(({ item }) => !shown.has(item)) };
}

export function GoesWellWith({
  catalogue,
  product,
}: {
  readonly catalogue: Catalogue;
  readonly product: Product;
}) {
  const count = 6;
  const shelved = useShelved(`similar ${product.id}`, (tacit) => tacit.similar(product.id, { count }));
  const family = (catalogue.byFamily.get(product.family) ?? []).filter(({ id }) => id !== product.id);
  return (
    <Shelf
      list="similar"
      title="Goes well with"
      {...{ catalogue, shelved, count, otherwise: family.slice(0, count) }}
    />
  );
}

function recommended(catalogue: Catalogue, items: readonly Recommendation[]) {
  return items.flatMap((entry) => {
    const product = catalogue.byId.get(entry.item);
    return product === undefined ? [] : [{ product, reason: lineUnderTile(entry) }];
  });
}
