/** People held out: what is learned is judged on them, and must not be learned from them. */
import { seededRandomOf } from "../../../core/seeded.ts";
import type { Input } from "../input/input.ts";
import { actsOf, nothingLeftOut } from "./acts.ts";
import type { Tastes } from "./tastes.ts";

export interface HeldOutPerson {
  readonly known: Tastes;
  /** Items to be predicted, none of them known. */
  readonly targets: ReadonlySet<string>;
}

/**
 * People held out. Where the file has no roles, a fifth of each person's items are targets: those that came last where
 * the file says when, as what is shown is for what comes next; else drawn by the person's id. People without a known item or without a target cannot be judged on, and are left out.
 *
 * @throws {InputFault} as `actsOf` does.
 */
export async function readHoldout(input: Input): Promise<ReadonlyMap<string, HeldOutPerson>> {
  const people = new Map<string, Sorted>();
  for await (const { person, item, weight, quantity, role, atMs } of actsOf(input, nothingLeftOut())) {
    if (quantity < 0) continue;
    const sorted = people.get(person) ?? { known: new Map(), targets: new Set(), undecided: new Map() };
    people.set(person, sorted);
    if (role === "target") sorted.targets.add(item);
    else if (role === "foldin") sorted.known.set(item, weight);
    else {
      const before = sorted.undecided.get(item) ?? { weight: 0, firstMs: Number.POSITIVE_INFINITY };
      const firstMs = atMs === null ? Number.NaN : Math.min(before.firstMs, atMs);
      sorted.undecided.set(item, { weight: before.weight + weight, firstMs });
    }
  }
  for (const [person, sorted] of people) decide(person, sorted);
  return new Map([...people].filter(([, { known, targets }]) => known.size > 0 && targets.size > 0));
}

interface Sorted {
  readonly known: Map<string, number>;
  readonly targets: Set<string>;
  /** Items without a role, and when there first was something with each; NaN where that is not known. */
  readonly undecided: Map<string, { readonly weight: number; readonly firstMs: number }>;
}

function decide(person: string, { known, targets, undecided }: Sorted): void {
  if (undecided.size === 0) return;
  const random = seededRandomOf(person);
  const drawn = [...undecided].map(([item, about]) => ({ item, ...about, place: random() }));
  const isDated = drawn.every(({ firstMs }) => !Number.isNaN(firstMs));
  drawn.sort((one, two) => (isDated ? two.firstMs - one.firstMs : 0) || one.place - two.place);
  const targetCount = Math.max(1, Math.floor(drawn.length / 5));
  for (const [at, { item, weight }] of drawn.entries()) {
    if (at < targetCount) targets.add(item);
    else known.set(item, weight);
  }
}
