/**
 * A made-up crowd whose groups are known: features of people, drawn by group.
 *
 * A group has its own usual visits, times of day, orders, prices and so on, drawn by a seed within what shops
 * see; its people scatter around them (log-normal amounts, shares of a person's own acts, which are coarse
 * where acts are few). Some never bought, some have no time with a product measured, some have no known
 * prices or categories. Groups are of unequal sizes: each is 0.75 of the one before.
 */
import { besideFeatures } from "../../core/profile/beside.ts";
import { deviceClasses } from "../../core/profile/device.ts";
import type { BesideFeature, FeatureValues } from "../../core/profile/table.ts";
import { seededRandom } from "../../core/seeded.ts";

export interface KnownCrowd {
  readonly people: readonly FeatureValues[];
  /** The group by person. */
  readonly groups: Int32Array;
}

export interface CrowdOptions {
  readonly people: number;
  readonly groups: number;
  readonly seed: number;
  /** Devices and depths as usual for a person's group, unless everybody's are drawn alike. */
  readonly devices?: "by group" | "alike";
}

interface Group {
  readonly visits: number;
  readonly daysSinceVisit: number;
  readonly minutesPerVisit: number;
  readonly actsPerVisit: number;
  /** Chance of having bought at all. */
  readonly buyers: number;
  readonly ordersPerVisit: number;
  readonly basket: number;
  /** Shares of night, morning, afternoon, evening. */
  readonly dayparts: readonly number[];
  readonly weekend: number;
  readonly dwell: number;
  readonly searching: number;
  readonly entropy: number;
  readonly priceLevel: number;
}

/** What acts do not tell: usual shares of phones, tablets and desktops, and how far pages are read. */
interface DeviceGroup {
  readonly devices: readonly number[];
  readonly depth: number;
}

type Beside = Pick<FeatureValues, BesideFeature | "scrollDepth">;

const shrink = 0.75;

export function knownCrowd({ people, groups: count, seed, devices: drawn }: CrowdOptions): KnownCrowd {
  const draw = new Draw(seededRandom(seed * 7919 + count));
  const profiles = Array.from({ length: count }, () => groupOf(draw));
  // Dice of its own: a crowd is otherwise the same as without.
  const later = new Draw(seededRandom(seed * 7907 + count));
  const devices = profiles.map(() => deviceGroupOf(later));
  const sizes = profiles.map((_, at) => shrink ** at);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const groups = Int32Array.from({ length: people }, () => draw.which(sizes, total));
  return {
    groups,
    people: Array.from(groups, (group) => ({
      ...personOf(profiles[group], draw),
      ...onDeviceOf(devices[drawn === "alike" ? 0 : group], later),
    })),
  };
}

function groupOf(draw: Draw): Group {
  const parts = Array.from({ length: 4 }, (_, at) => draw.exponential() * (at === 0 ? 0.2 : 1));
  return {
    visits: draw.between(Math.log(2), Math.log(150)),
    daysSinceVisit: draw.between(Math.log(2), Math.log(120)),
    minutesPerVisit: draw.between(Math.log(1), Math.log(25)),
    actsPerVisit: draw.between(Math.log(2), Math.log(30)),
    buyers: draw.random() < 0.3 ? 0.03 : draw.between(0.95, 1),
    ordersPerVisit: draw.between(Math.log(0.03), Math.log(0.6)),
    basket: draw.between(Math.log(10), Math.log(300)),
    dayparts: draw.parts(parts),
    weekend: draw.between(0.1, 0.7),
    dwell: draw.between(Math.log(5), Math.log(120)),
    searching: draw.between(0.02, 0.4),
    entropy: draw.between(0.5, 4),
    priceLevel: draw.between(0.1, 0.9),
  };
}

function deviceGroupOf(draw: Draw): DeviceGroup {
  const parts = [1, 0.3, 1].map((usual) => usual * draw.exponential());
  return { devices: draw.parts(parts), depth: draw.between(0.15, 0.9) };
}

/** One device in hand; some sites say nothing of how far somebody read. Nobody said an age, or has a tier. */
function onDeviceOf({ devices, depth }: DeviceGroup, draw: Draw): Beside {
  const device = deviceClasses[draw.which(devices, 1)];
  const scrollDepth = draw.random() < 0.2 ? null : Math.min(1, Math.max(0, depth + 0.15 * draw.normal()));
  return { scrollDepth, ...besideFeatures({ device, facts: [] }) };
}

function personOf(group: Group, draw: Draw): Omit<FeatureValues, keyof Beside> {
  const visits = Math.max(1, Math.round(draw.logNormal(group.visits, 0.6)));
  const actsPerVisit = Math.max(1, draw.logNormal(group.actsPerVisit, 0.4));
  const acts = Math.max(1, Math.round(visits * actsPerVisit));
  const daysSinceVisit = draw.logNormal(group.daysSinceVisit, 0.7);
  const share = (usual: number) => draw.share(usual, acts);
  const [, morning, afternoon, evening] = draw.shares(group.dayparts, acts);
  const buys = draw.random() < group.buyers;
  const orders = buys ? Math.max(1, Math.round(visits * draw.logNormal(group.ordersPerVisit, 0.4))) : null;
  const daysSinceOrder = buys ? daysSinceVisit + draw.logNormal(3, 0.7) : null;
  const spent = orders === null ? 0 : orders * draw.logNormal(group.basket, 0.5);
  return {
    visits,
    recentVisits: daysSinceVisit > 30 ? 0 : Math.max(1, Math.round(visits * 0.15)),
    daysSinceVisit,
    minutesPerVisit: draw.logNormal(group.minutesPerVisit, 0.5),
    actsPerVisit,
    orders,
    daysSinceOrder,
    spent,
    recencyScore: daysSinceOrder === null ? null : scoreOf(daysSinceOrder, [180, 90, 45, 20], "falling"),
    frequencyScore: orders === null ? null : scoreOf(orders, [2, 4, 8, 16], "rising"),
    monetaryScore: orders === null ? null : scoreOf(spent, [50, 150, 500, 1500], "rising"),
    morning,
    afternoon,
    evening,
    weekend: share(group.weekend),
    dwell: draw.random() < 0.2 ? null : draw.logNormal(group.dwell, 0.5),
    searching: share(group.searching),
    categoryEntropy: acts < 4 ? null : Math.max(0, group.entropy + 0.5 * draw.normal()),
    priceLevel:
      draw.random() < 0.1 ? null : Math.min(1, Math.max(0, group.priceLevel + 0.12 * draw.normal())),
  };
}

/** 1 to 5: one more for each limit that is passed. */
function scoreOf(value: number, limits: readonly number[], way: "rising" | "falling"): number {
  return 1 + limits.filter((limit) => (way === "rising" ? value >= limit : value <= limit)).length;
}

class Draw {
  readonly random: () => number;

  constructor(random: () => number) {
    this.random = random;
  }

  between(least: number, most: number): number {
    return least + (most - least) * this.random();
  }

  /** Parts of one whole. */
  parts(sizes: readonly number[]): readonly number[] {
    const whole = sizes.reduce((sum, size) => sum + size, 0);
    return sizes.map((size) => size / whole);
  }

  exponential(): number {
    return -Math.log(1 - this.random());
  }

  normal(): number {
    return Math.sqrt(2 * this.exponential()) * Math.cos(2 * Math.PI * this.random());
  }

  logNormal(logMean: number, sd: number): number {
    return Math.exp(logMean + sd * this.normal());
  }

  which(sizes: readonly number[], total: number): number {
    let left = this.random() * total;
    for (const [at, size] of sizes.entries()) {
      left -= size;
      if (left < 0) return at;
    }
    return sizes.length - 1;
  }

  /** A person's own share: around what is usual for the group, and as coarse as so many acts. */
  share(usual: number, acts: number): number {
    const variance = usual * (1 - usual) * (1 / acts + 0.05);
    return Math.min(1, Math.max(0, usual + Math.sqrt(variance) * this.normal()));
  }

  /** The same for shares that sum to 1. */
  shares(usual: readonly number[], acts: number): readonly number[] {
    const own = usual.map((share) => this.share(share, acts));
    const total = own.reduce((sum, share) => sum + share, 0);
    return total === 0 ? usual : own.map((share) => share / total);
  }
}
