/** People held out: what is learned is judged on them, and must not be learned from them. */
import { firstPossibleMs, isPossibleTime, mostAheadMs } from "../../../core/events/cleaning/times.ts";
import type { TacitEvent } from "../../../core/events/event.ts";
import { given } from "../../../core/given.ts";
import { seededRandomOf } from "../../../core/seeded.ts";
import { dayMs } from "../../../core/time.ts";
import type { Input } from "../input/input.ts";
import { type Act, actsOf, nothingLeftOut } from "./acts.ts";
import type { Tastes } from "./tastes.ts";

export interface HeldOutPerson {
  readonly known: Tastes;
  /** Items to be predicted, none of them known. */
  readonly targets: ReadonlySet<string>;
  /** What they did with what is known, as a device would have it; absent where the file does not say when. */
  readonly journal?: HeldOutJournal;
  /**
   * The same person as of the last days of the file, everybody at one moment, with what came new to them
   * since: for what depends on when it is asked. Absent where nothing did, or the file says who is to be
   * asked what.
   */
  readonly lately?: Omit<HeldOutPerson, "lately">;
}

/** The last days of a file, of which `lately` is. */
const lateDays = 30;

export interface HeldOutJournal {
  /** Oldest first. */
  readonly events: readonly TacitEvent[];
  /** When they are asked, milliseconds since the Unix epoch. */
  readonly nowMs: number;
}

/**
 * People held out. Where the file has no roles, a fifth of each person's items are targets: those that came
 * last where the file says when, as what is shown is for what comes next; else drawn by the person's id.
 * People without a known item, or without a target that is not known, cannot be judged on, and are left out.
 *
 * @param nowMs milliseconds since the Unix epoch: a line dated later says what was done and not when.
 * @throws {InputFault} as `actsOf` does.
 */
export async function readHoldout(
  input: Input,
  nowMs: number = Date.now(),
): Promise<ReadonlyMap<string, HeldOutPerson>> {
  const people = new Map<string, Sorted>();
  let newestMs = Number.NEGATIVE_INFINITY;
  for await (const read of actsOf(input, nothingLeftOut())) {
    const act = read.atMs !== null && read.atMs > nowMs + mostAheadMs ? { ...read, atMs: null } : read;
    const { person, item, weight, quantity, role, atMs } = act;
    const sorted = people.get(person) ?? newcomer();
    people.set(person, sorted);
    sorted.acts.push(act);
    if (atMs !== null && isPossibleTime(atMs, nowMs)) newestMs = Math.max(newestMs, atMs);
    if (quantity < 0) continue;
    if (role === "target") sorted.targets.add(item);
    else if (role === "foldin") sorted.known.set(item, weight);
    else {
      const before = sorted.undecided.get(item) ?? { weight: 0, firstMs: Number.POSITIVE_INFINITY };
      const firstMs = atMs === null ? Number.NaN : Math.min(before.firstMs, atMs);
      sorted.undecided.set(item, { weight: before.weight + weight, firstMs });
    }
  }
  for (const [person, sorted] of people) {
    decide(person, sorted);
    for (const item of sorted.known.keys()) sorted.targets.delete(item);
  }
  return new Map(
    [...people]
      .filter(([, { known, targets }]) => known.size > 0 && targets.size > 0)
      .map(([person, { known, targets, acts }]) => [
        person,
        {
          ...{ known, targets },
          ...given({ journal: journalOf(acts, known), lately: latelyOf(acts, newestMs - lateDays * dayMs) }),
        },
      ]),
  );
}

/**
 * So many of them, drawn by their ids, whatever their order in the file: first those who are known as of its
 * last days, since nobody else can say what stages of a ranking gain.
 */
export function drawnPeople(
  people: ReadonlyMap<string, HeldOutPerson>,
  count: number,
): readonly HeldOutPerson[] {
  const drawn = [...people].map(([id, person]) => ({
    person,
    isLate: person.lately !== undefined,
    place: seededRandomOf(`held out ${id}`)(),
  }));
  drawn.sort((one, two) => Number(two.isLate) - Number(one.isLate) || one.place - two.place);
  return drawn.slice(0, count).map(({ person }) => person);
}

/**
 * What a device would have of what is known: until the first act with a target, so that nothing is told of
 * later days. Undefined where a line says no time, or nothing that is known was done by then.
 */
function journalOf(acts: readonly Act[], known: ReadonlyMap<string, number>): HeldOutJournal | undefined {
  const dated = datedIn(acts);
  if (dated === null) return undefined;
  const targetsFromMs = dated
    .filter(({ item, quantity }) => quantity >= 0 && !known.has(item))
    .reduce((first, { atMs }) => Math.min(first, atMs), Number.POSITIVE_INFINITY);
  const before = dated.filter(({ item, atMs }) => known.has(item) && atMs <= targetsFromMs);
  if (before.length === 0) return undefined;
  return { events: eventsOf(before), nowMs: targetsFromMs };
}

/** The person as of a moment, and what came new to them from then on; undefined where that is nothing. */
function latelyOf(acts: readonly Act[], sinceMs: number): HeldOutPerson["lately"] {
  const dated = datedIn(acts);
  if (dated === null || acts.some(({ role }) => role !== null)) return undefined;
  const before = dated.filter(({ atMs }) => atMs < sinceMs);
  const known = new Map<string, number>();
  for (const { item, weight, quantity } of before) {
    if (quantity >= 0) known.set(item, (known.get(item) ?? 0) + weight);
  }
  const since = dated.filter(
    ({ atMs, item, quantity }) => atMs >= sinceMs && quantity >= 0 && !known.has(item),
  );
  if (known.size === 0 || since.length === 0) return undefined;
  const journal = { events: eventsOf(before), nowMs: sinceMs };
  return { known, targets: new Set(since.map(({ item }) => item)), journal };
}

type DatedAct = Act & { readonly atMs: number };

/** Null where a line says no time. */
function datedIn(acts: readonly Act[]): readonly DatedAct[] | null {
  const dated = acts.flatMap((act) => (act.atMs === null ? [] : [{ ...act, atMs: act.atMs }]));
  // Numbers that go on from 1 are times of a clock of their own.
  const isOfCalendar = dated.every(({ atMs }) => atMs >= firstPossibleMs);
  return dated.length === acts.length && isOfCalendar ? dated : null;
}

function eventsOf(acts: readonly DatedAct[]): readonly TacitEvent[] {
  const inOrder = acts.toSorted((one, two) => one.atMs - two.atMs);
  return inOrder.map(
    ({ kind, item, quantity, atMs }, at): TacitEvent => ({
      ...{ id: String(at).padStart(8, "0"), item, atMs },
      kind: quantity < 0 ? "refund" : kind,
      ...(quantity === 0 ? {} : { amount: Math.abs(quantity) }),
    }),
  );
}

function newcomer(): Sorted {
  return { known: new Map(), targets: new Set(), undecided: new Map(), acts: [] };
}

interface Sorted {
  readonly acts: Act[];
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
