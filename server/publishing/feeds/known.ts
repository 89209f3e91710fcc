/** The feeds that are known, by name. */
import { shortened } from "../../../core/errors.ts";
import { nearestTo, OperatorError } from "../../base/operatorerror.ts";
import type { Feed } from "./feed.ts";
import { ga4 } from "./ga4.ts";
import { merchant } from "./merchant.ts";
import { movielens } from "./movielens.ts";
import { segment } from "./segment.ts";
import { shopify } from "./shopify.ts";
import { woocommerce } from "./woocommerce.ts";

const feeds: readonly Feed[] = [shopify, woocommerce, merchant, ga4, segment, movielens];

/** Names of those that have a catalogue, or a log. */
export function feedNames(what: "catalogue" | "log"): readonly string[] {
  return feeds.filter((feed) => feed[what] !== null).map(({ name }) => name);
}

/** @throws {OperatorError} for a name that nobody knows, and a feed that has no such thing. */
export function feedNamed(name: string, what: "catalogue" | "log"): Feed {
  const feed = feeds.find((one) => one.name === name.toLowerCase());
  if (feed !== undefined && feed[what] !== null) return feed;
  const names = feedNames(what);
  const near = nearestTo(name, names);
  const hint = near === undefined ? "" : `; did you mean ${near}?`;
  const got = feed === undefined ? shortened(JSON.stringify(name)) : `${feed.name}, which has no ${what}`;
  throw new OperatorError(`format: expected one of ${names.join(", ")}, got ${got}${hint}`);
}
