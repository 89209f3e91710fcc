/**
 * Made-up sites whose nature is known: how many people and items there are, how much people do, how well texts say
 * what goes together, and how fast what is wanted turns over.
 *
 * Each item is of a topic, of which texts tell a part of the time (`told`), and of a style, which they never tell;
 * each person wants two topics and two styles. What an item is wanted for beside that falls off with its place
 * (Zipf); with drift its place changes every month.
 */
import { seededRandom } from "../../core/seeded.ts";
import { dayMs } from "../../core/time.ts";
import type { Act, Log } from "./worlds.ts";

export interface MadeUp {
  readonly people: number;
  readonly items: number;
  /** Median number of acts of a person. */
  readonly acts: number;
  /** Part of the items whose text names their topic. */
  readonly told: number;
  /** Part of what makes an item wanted that is drawn again each month, 0..1. */
  readonly drift: number;
  readonly seed: number;
}

export const madeUpDays = 180;
const topics = 24;
const styles = 12;
const words = [
  "amber",
  "birch",
  "coral",
  "dune",
  "ember",
  "fern",
  "gale",
  "hazel",
  "iris",
  "jade",
  "kelp",
  "lilac",
];
export const madeUpStartMs = Date.UTC(2026, 0, 1);

export function madeUpLog({ people, items: count, acts, told, drift, seed }: MadeUp): Log {
  const random = seededRandom(seed * 7919 + count);
  const topic = Uint32Array.from({ length: count }, () => Math.floor(random() * topics));
  const style = Uint32Array.from({ length: count }, () => Math.floor(random() * styles));
  const months = Math.ceil(madeUpDays / 30);
  const lasting = placesBy(random, count);
  const wanted = Array.from({ length: months }, () => {
    const ofMonth = placesBy(random, count);
    return Float64Array.from({ length: count }, (_, item) =>
      Math.exp((1 - drift) * Math.log(lasting[item]) + drift * Math.log(ofMonth[item])),
    );
  });
  const items = Array.from({ length: count }, (_, item) => {
    const named = random() < told ? `topic${topic[item]}` : words[Math.floor(random() * words.length)];
    const other = words[Math.floor(random() * words.length)];
    return { item: `i${item}`, title: `${named} ${other} ${words[item % words.length]}`, categories: [] };
  });
  const pick = (weights: Float64Array): number => {
    let left = random() * weights.reduce((sum, weight) => sum + weight, 0);
    for (let at = 0; at < weights.length; at++) {
      left -= weights[at];
      if (left < 0) return at;
    }
    return weights.length - 1;
  };
  const all = Array.from({ length: people }, (): readonly Act[] => {
    const liked = new Set([0, 0].map(() => Math.floor(random() * topics)));
    const likedStyles = new Set([0, 0].map(() => Math.floor(random() * styles)));
    const own = Float64Array.from(
      { length: count },
      (_, item) => (liked.has(topic[item]) ? 1 : 0.02) * (likedStyles.has(style[item]) ? 1 : 0.15),
    );
    const number = Math.max(1, Math.round(acts * Math.exp(0.9 * normal(random))));
    const from = random() * madeUpDays * 0.95;
    const times = Array.from({ length: number }, () => from + random() * (madeUpDays - from)).sort(
      (a, b) => a - b,
    );
    return times.map((day) => {
      const month = Math.min(months - 1, Math.floor(day / 30));
      return {
        item: pick(own.map((weight, item) => weight * wanted[month][item])),
        atMs: madeUpStartMs + day * dayMs,
      };
    });
  });
  return { items, people: all };
}

/** 1 / place, in an order that is drawn. */
function placesBy(random: () => number, count: number): Float64Array {
  const order = Array.from({ length: count }, (_, at) => ({ at, by: random() })).sort((a, b) => a.by - b.by);
  const wanted = new Float64Array(count);
  for (const [place, { at }] of order.entries()) wanted[at] = 1 / (place + 3);
  return wanted;
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
