/**
 * Made-up visitors for experiments: three kinds of different number and habits, a lifelike spread within each.
 *
 *   activity a ~ Gamma(2, 1/2)                  taste for spending s ~ lognormal; both stay the person's own
 *   converts   with 1 - exp(-rate_kind a)       before the experiment likewise, independently given a
 *   spends     s x lognormal where they convert: half of what is spent comes from a tenth of the people
 *   sees       1 + Poisson(6 a) lists, clicks each with chance_kind x (0.5 + taste)
 *
 * So revenue before tells something of revenue after, and clicks vary with what was seen, person by person.
 */

export const kinds = [
  { share: 0.6, rate: 0.06, click: 0.06 },
  { share: 0.3, rate: 0.14, click: 0.1 },
  { share: 0.1, rate: 0.3, click: 0.18 },
] as const;

/** What counts of a person at most; more is cut off. */
export const caps = { revenue: 200, clicks: 8, lists: 20 } as const;

export interface Visitor {
  readonly kind: number;
  readonly converts: boolean;
  readonly revenue: number;
  readonly revenueBefore: number;
  readonly clicks: number;
  readonly lists: number;
}

/** @param lift of conversion and of clicks: 0.1 makes both a tenth more likely, 0 nothing. */
export function drawVisitor(random: () => number, lift: number): Visitor {
  const kind = drawKind(random());
  const { rate, click } = kinds[kind];
  const activity = -Math.log((1 - random()) * (1 - random())) / 2;
  const taste = random();
  const level = 3.2 + 0.7 * normal(random);
  const chance = 1 - Math.exp(-rate * activity);
  const spent = () => Math.exp(level + 0.6 * normal(random));
  const revenueBefore = random() < chance ? spent() : 0;
  const converts = random() < chance * (1 + lift);
  const revenue = converts ? spent() : 0;
  const lists = 1 + poisson(random, 6 * activity);
  const perList = click * (0.5 + taste) * (1 + lift);
  let clicks = 0;
  for (let k = 0; k < Math.min(lists, caps.lists); k++) if (random() < perList) clicks++;
  return { kind, converts, revenue, revenueBefore, clicks, lists };
}

function drawKind(at: number): number {
  if (at < kinds[0].share) return 0;
  return at < kinds[0].share + kinds[1].share ? 1 : 2;
}

/** Box and Muller. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Knuth's: as many numbers as their product stays above exp(-mean). */
function poisson(random: () => number, mean: number): number {
  const end = Math.exp(-Math.min(mean, 60));
  let count = 0;
  for (let product = random(); product > end; product *= random()) count++;
  return count;
}
