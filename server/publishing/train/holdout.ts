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
 * People held out. Where the file has no roles, a fifth of each person's items, drawn by the person's id, are
 * targets. People without a known item or without a target cannot be judged on, and are left out.
 *
 * @throws {InputFault} as `actsOf` does.
 */
export async function readHoldout(input: Input): Promise<ReadonlyMap<string, HeldOutPerson>> {
  const people = new Map<string, Sorted>();
  for await (const { person, item, weight, quantity, role } of actsOf(input, nothingLeftOut())) {
    if (quantity < 0) continue;
    const sorted = people.get(person) ?? { known: new Map(), targets: new Set(), undecided: new Map() };
    people.set(person, sorted);
    if (role === "target") sorted.targets.add(item);
    else if (role === "foldin") sorted.known.set(item, weight);
    else sorted.undecided.set(item, (sorted.undecided.get(item) ?? 0) + weight);
  }
  for (const [person, sorted] of people) decide(person, sorted);
  return new Map([...people].filter(([, { known, targets }]) => known.size > 0 && targets.size > 0));
}

interface Sorted {
  readonly known: Map<string, number>;
  readonly targets: Set<string>;
  /** Items without a role. */
  readonly undecided: Map<string, number>;
}

function decide(person: string, { known, targets, undecided }: Sorted): void {
  if (undecided.size === 0) return;
  const random = seededRandomOf(person);
  const drawn = [...undecided].map(([item, weight]) => ({ item, weight, place: random() }));
  drawn.sort((one, two) => one.place - two.place);
  const targetCount = Math.max(1, Math.floor(drawn.length / 5));
  for (const [at, { item, weight }] of drawn.entries()) {
    if (at < targetCount) targets.add(item);
    else known.set(item, weight);
  }
}
