/**
 * The first list of a page, made by the site's own server: `import { firstShelf } from "tacit-sdk/firstlist"`.
 *
 *     const shelf = await firstShelf({ server: "https://tacit.shop.example", list: "for-you", count: 6, currency: "GBP" });
 *
 * It is the list of somebody of whom nothing is known, from the public head of the edition, by the ranking
 * that browsers have: the same for everybody. For any runtime that has `fetch` and `crypto.subtle`; it never
 * throws for what the server did, and never keeps a page waiting for longer than `timeoutMs`.
 */
import { given } from "../../core/given.ts";
import type { ListPolicy } from "../../core/policy/listpolicy.ts";
import { policyIn } from "../../core/policy/listpolicyschema.ts";
import { bestRows } from "../../core/ranking/best.ts";
import { rank } from "../../core/ranking/pipeline.ts";
import type { RowReason } from "../../core/ranking/reason.ts";
import { sourceOf } from "../../core/ranking/source.ts";
import type { Reason, Recommendation } from "../../worker/api.ts";
import { type Ask, type FirstModel, HeadSource } from "./headsource.ts";
import { type FirstLook, shelfHtml } from "./html.ts";

export { type FirstLook, shelfHtml } from "./html.ts";

export interface FirstListOptions {
  /** The address below which the Tacit server answers this site's server, such as "https://tacit.internal". */
  readonly server: string;
  /** "for-you", unless given: what somebody of whom nothing is known is shown; or "trending". */
  readonly list?: FirstLook["list"];
  /** How many, 6 unless given. */
  readonly count?: number;
  /** Ids that are left out, such as that of the page's own product. */
  readonly exclude?: readonly string[];
  /**
   * What the page decides about this list, beside what the site does for all: filter, pin, boost, bury,
   * quota, exposure.
   */
  readonly rules?: ListPolicy;
  /** How long a page waits at most, in milliseconds; 300 unless given. */
  readonly timeoutMs?: number;
  /** Asks the server, in place of the runtime's own `fetch`. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

const sources = new Map<string, HeadSource>();
const ownSources = new WeakMap<Ask, Map<string, HeadSource>>();

/**
 * The items of the list, best first; empty where the server has not answered in time, and nothing is known
 * from before.
 *
 * @throws {TypeError | RangeError} for options that cannot do.
 * @example
 * const items = await firstList({ server: "https://tacit.shop.example", count: 6 });
 */
export async function firstList(options: FirstListOptions): Promise<readonly Recommendation[]> {
  const { timeoutMs = 300, count = 6, list = "for-you", exclude = [] } = options;
  if (!(timeoutMs >= 0)) throw new RangeError(`firstList: timeoutMs must be 0 or more, got ${timeoutMs}`);
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`firstList: count must be a positive integer, got ${count}`);
  }
  const rules = policyIn(options.rules ?? {}, "firstList") ?? undefined;
  const nowMs = Date.now();
  const model = await sourceFor(options).model({ nowMs, timeoutMs });
  return model === null ? [] : listOf(model, { list, count, exclude, rules, nowMs });
}

/**
 * `<tacit-shelf>` with the list in it, as HTML: cards that have the size and the place of those that the shelf will
 * show. Where there is no list it is the shelf alone, which draws empty places until the SDK answers.
 *
 * @throws {TypeError | RangeError} for options that cannot do.
 * @example
 * const html = await firstShelf({ server: "https://tacit.shop.example", count: 6, currency: "GBP" });
 */
export async function firstShelf(options: FirstListOptions & FirstLook): Promise<string> {
  return shelfHtml(await firstList(options), options);
}

function sourceFor({ server, fetch: own }: FirstListOptions): HeadSource {
  if (!/^https?:\/\//.test(server)) {
    throw new TypeError(`firstList: server must be an http(s) address, got ${JSON.stringify(server)}`);
  }
  const known = own === undefined ? sources : (ownSources.get(own) ?? new Map<string, HeadSource>());
  if (own !== undefined) ownSources.set(own, known);
  const source = known.get(server) ?? new HeadSource(server, own ?? ((url, init) => fetch(url, init)));
  known.set(server, source);
  return source;
}

interface Wanted {
  readonly list: NonNullable<FirstLook["list"]>;
  readonly count: number;
  readonly exclude: readonly string[];
  readonly rules: ListPolicy | undefined;
  readonly nowMs: number;
}

function listOf(
  { cards, rankings }: FirstModel,
  { list, count, exclude, rules, nowMs }: Wanted,
): readonly Recommendation[] {
  const model = rankings[list];
  const excluded = exclude.flatMap((item) => model.rowOf.get(item) ?? []);
  const ranked = rank({ by: "trending", model, exclude: excluded, nowMs, ...given({ policy: rules }) });
  const rows = bestRows(ranked, count);
  const reasons = ranked.reasonsOf(rows);
  const pinned = new Set(ranked.pins.map(({ row }) => row));
  return Array.from(rows, (row, nth) => {
    const { item, title, categories, url, image, price, attributes } = cards[row];
    return {
      ...{ item, title, categories, ...given({ url, image, price, attributes }) },
      score: ranked.scores[row],
      from: sourceOf(reasons[nth]),
      reasons: reasons[nth].flatMap(publicReason),
      ...(pinned.has(row) && { pinned: true }),
    };
  });
}

/** There is nobody whose acts could be a reason. */
function publicReason(reason: RowReason): readonly Reason[] {
  switch (reason.why) {
    case "trending":
    case "popular":
    case "new":
    case "catalogue":
    case "site":
      return [reason];
    default:
      return [];
  }
}
