/** The shelves of a page, filled by Tacit, or by the shop where Tacit has nothing to say. */
import type { ComponentChildren } from "preact";
import type { ConsentState, Recommendation, Tacit } from "../../sdk/index.ts";
import type { Catalogue } from "./catalogue.ts";
import { useConsent } from "./consent.ts";
import { type Candidate, dealtTo } from "./dealing.ts";
import { namesakesFirst, ofItsKind } from "./kind.ts";
import type { Product } from "./products.ts";
import { lineUnderTile } from "./reason.ts";
import { useAnswer } from "./tacit.ts";
import { EmptyTile, Tile } from "./tile.tsx";

export type ShelfKind =
  /** What people who choose these have too, and what is described alike; at least one product. */
  | { readonly list: "goes-with"; readonly products: readonly Product[] }
  /** The same of one product, those first that share a name with it. */
  | { readonly list: "similar"; readonly product: Product }
  /** What goes by the same name: the shop's own words, without Tacit. */
  | { readonly list: "kind"; readonly product: Product }
  /** What this person may like. */
  | { readonly list: "for-you" }
  /** What this person bought; not there while that is nothing. */
  | { readonly list: "again" }
  /** What a search means besides what goes by its words; not there where that is nothing. */
  | { readonly list: "meant"; readonly query: string }
  /** What the crowd wants; as long as no crowd has spoken, what is new. */
  | { readonly list: "trending" };

const counts: Readonly<Record<ShelfKind["list"], number>> = {
  "goes-with": 6,
  similar: 6,
  kind: 6,
  "for-you": 12,
  again: 6,
  meant: 12,
  trending: 6,
};

/** Asked for beyond what a shelf shows, because the page shows some of it elsewhere. */
const spare = 40;

interface ShelvesProps {
  readonly catalogue: Catalogue;
  readonly shelves: readonly ShelfKind[];
  /** Ids of what the page shows besides its shelves: they do not repeat it. */
  readonly taken?: readonly string[];
}

/** All shelves of a page: they are answered together, so that none repeats what another shows. */
export function Shelves({ catalogue, shelves, taken = [] }: ShelvesProps) {
  const consent = useConsent();
  const answer = useAnswer<readonly (readonly Recommendation[])[]>({
    what: shelves.map(nameOf).join(" "),
    about: shelves.map(basketOf).join(" "),
    ask: (tacit) => Promise.all(shelves.map((shelf) => asked(tacit, shelf))),
    otherwise: [],
  });
  if (answer.state === "waiting") {
    return shelves
      .filter((shelf) => !isOptional(shelf))
      .map((shelf) => (
        <Shelf key={shelf.list} list={shelf.list} title={titleOf(shelf, [])} note={waitingNote} />
      ));
  }
  const lists = shelves.map((_, place) => answer.value[place] ?? []);
  const offers = shelves.map((shelf, place) => ({
    candidates: candidatesOf(catalogue, shelf, lists[place]),
    count: counts[shelf.list],
  }));
  const dealt = dealtTo(offers, taken);
  return shelves.map((shelf, place) =>
    isOptional(shelf) && dealt[place].length === 0 ? null : (
      <Shelf
        key={shelf.list}
        list={shelf.list}
        title={titleOf(shelf, lists[place])}
        note={noteOf(shelf, lists[place], consent)}
        shown={dealt[place]}
      />
    ),
  );
}

/** Whether it is there only where it has something. */
function isOptional({ list }: ShelfKind): boolean {
  return list === "again" || list === "meant";
}

function nameOf(shelf: ShelfKind): string {
  if (shelf.list === "meant") return `meant/${shelf.query}`;
  return "product" in shelf ? `${shelf.list}/${shelf.product.id}` : shelf.list;
}

function basketOf(shelf: ShelfKind): string {
  return "products" in shelf ? shelf.products.map(({ id }) => id).join("/") : "";
}

/** The products that a shelf is about, if it is about some. */
function aboutOf(shelf: ShelfKind): readonly Product[] {
  if ("products" in shelf) return shelf.products;
  return "product" in shelf ? [shelf.product] : [];
}

function asked(tacit: Tacit, shelf: ShelfKind): Promise<readonly Recommendation[]> {
  const count = counts[shelf.list] + spare;
  switch (shelf.list) {
    case "goes-with":
      return tacit.goesWith(
        shelf.products.map(({ id }) => id),
        { count },
      );
    case "similar":
      return tacit.similar(shelf.product.id, { count });
    case "kind":
      return Promise.resolve([]);
    case "for-you":
      return tacit.recommend({ count });
    case "again":
      return tacit.recommend({ count, again: true });
    case "meant":
      return tacit.search(shelf.query, { count });
    case "trending":
      return tacit.trending({ count });
  }
}

/** What Tacit says, or the shop's own order. */
function candidatesOf(
  catalogue: Catalogue,
  shelf: ShelfKind,
  items: readonly Recommendation[],
): readonly Candidate[] {
  if (shelf.list === "kind") return ofItsKind(catalogue.products, shelf.product);
  const known = items.flatMap((entry) => {
    const product = catalogue.byId.get(entry.item);
    const reason = shelf.list === "again" ? "You bought it" : lineUnderTile(entry);
    return product === undefined ? [] : [{ product, reason }];
  });
  // Numbers of the stock list shape what is found alike; a name in common says it to a shopper.
  if (known.length > 0 && shelf.list === "similar")
    return namesakesFirst(catalogue.products, shelf.product, known);
  if (known.length > 0 || isOptional(shelf)) return known;
  const about = aboutOf(shelf);
  const own = about.length > 0 ? likeThem(catalogue, about) : catalogue.newestFirst;
  return own.map((product) => ({ product, reason: "From the catalogue" }));
}

/** The others of their families, but for their own variants. */
function likeThem({ byFamily }: Catalogue, about: readonly Product[]): readonly Product[] {
  const groups = new Set(about.flatMap(({ group }) => group ?? []));
  const families = new Set(about.map(({ family }) => family));
  const others = [...families].flatMap((family) => byFamily.get(family) ?? []);
  return others.filter(({ group }) => group === undefined || !groups.has(group));
}

function isFromCrowd(items: readonly Recommendation[]): boolean {
  return items.some(({ from }) => from === "trending" || from === "popular");
}

function titleOf(shelf: ShelfKind, items: readonly Recommendation[]): string {
  switch (shelf.list) {
    case "goes-with":
      return "Goes well with your basket";
    case "similar":
      return shelf.product.inStock ? "Similar" : "Instead of it";
    case "kind":
      return "More of its kind";
    case "for-you":
      return "For you";
    case "again":
      return "Buy again";
    case "meant":
      return "You may mean";
    case "trending":
      return isFromCrowd(items) ? "Trending" : "New in";
  }
}

/** Keeps the place of a note. */
const waitingNote = "…";

/** What the order of the shelf comes from, said as it is. */
function noteOf(
  shelf: ShelfKind,
  items: readonly Recommendation[],
  consent: ConsentState | undefined,
): string {
  switch (shelf.list) {
    case "goes-with":
      return items.length === 0
        ? "From the same families."
        : "By what people have together, where a crowd has told, and by what is alike.";
    case "similar":
      return items.length === 0 ? "From the same family." : "By its words, and by what people choose.";
    case "kind":
      return "By the words of their names.";
    case "for-you":
      if (consent?.personalise === false) return "Personalisation is off: everyone sees this.";
      if (items.length === 0) return "In the shop's own order.";
      if (items.some(({ reasons }) => reasons.some(({ why }) => why === "event")))
        return "Put in order on this device, from what you did here.";
      return items.some(({ from }) => from === "said")
        ? "Put in order on this device, from what you said you like."
        : "Look at a few products, and this shelf follows.";
    case "meant":
      return "Near to your words, found on this device: nobody else reads them.";
    case "again":
      return "What you bought here. Only this browser knows.";
    case "trending":
      return isFromCrowd(items)
        ? "Counted from the shop's orders at first, then in sums over many browsers, none of which can be read alone."
        : "The latest arrivals.";
  }
}

interface ShelfProps {
  readonly list: ShelfKind["list"];
  readonly title: string;
  readonly note: ComponentChildren;
  /** Undefined as long as it is not known. */
  readonly shown?: readonly Candidate[];
}

/** A row of products with their reasons. Its height does not depend on whether they are known yet. */
export function Shelf({ list, title, note, shown }: ShelfProps) {
  return (
    <section class="shelf" aria-labelledby={`shelf-${list}`} aria-busy={shown === undefined}>
      <header class="shelf-head">
        <h2 id={`shelf-${list}`}>{title}</h2>
        <p>{note}</p>
      </header>
      <div class="shelf-row" data-tacit-list={list}>
        {shown === undefined
          ? Array.from({ length: counts[list] }, (_, place) => <EmptyTile key={place} withReason />)
          : shown.map(({ product, reason }) => (
              <Tile key={product.id} product={product} reason={reason} isSteered />
            ))}
      </div>
    </section>
  );
}
