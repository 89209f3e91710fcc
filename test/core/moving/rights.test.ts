import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  copyTaken,
  forgotten,
  handedOver,
  hasRights,
  type Load,
  mayContribute,
  named,
  type Purse,
  takenIn,
} from "../../../core/moving/rights.ts";
import { addSpending, isAway, nothingSpent, spentBy } from "../../../core/sum/spending.ts";
import { dayMs } from "../../../core/time.ts";

const cap = 12;
const startMs = Date.UTC(2026, 2, 1);

interface Entry {
  readonly id: string;
  readonly atMs: number;
  readonly rho: number;
  readonly tasks: readonly string[];
}

/** What went to the crowd, as only the test knows it. */
interface Report {
  readonly tasks: readonly string[];
  readonly rho: number;
  readonly events: ReadonlySet<string>;
}

interface Device {
  purse: Purse<Entry>;
  events: Set<string>;
  /** Numbers of the requests for a hand-over that this device holds the key of. */
  asking: Set<number>;
}

type File =
  | { readonly sort: "copy"; readonly events: readonly string[]; readonly origins: readonly string[] }
  | {
      readonly sort: "move";
      readonly to: number;
      readonly events: readonly string[];
      readonly load: Load<Entry>;
    };

const fresh = (): Purse<Entry> => ({ claims: null, answeredTasks: [], spent: nothingSpent, entries: [] });
const spentIn = ({ spent, entries }: Purse<Entry>): number =>
  spentBy({ before: spent, costs: entries }, startMs).lifetime;
const answeredIn = ({ answeredTasks, entries }: Purse<Entry>): readonly string[] => [
  ...answeredTasks,
  ...entries.flatMap(({ tasks }) => tasks),
];

/** Three devices of one person, and every file that was ever made: nothing is lost, everything may be used again. */
class World {
  readonly devices: readonly Device[] = [0, 1, 2].map(() => ({
    purse: fresh(),
    events: new Set<string>(),
    asking: new Set<number>(),
  }));
  readonly files: File[] = [];
  readonly requests: number[] = [];
  readonly reports: Report[] = [];
  readonly notTaken = new Set<File>();
  #count = 0;

  #id(): string {
    return `id${this.#count++}`;
  }

  track(d: number): void {
    this.devices[d].events.add(this.#id());
  }

  /** Answers some open tasks if the device may: its own ledger alone decides. */
  contribute(d: number, tasks: readonly string[], rho: number): void {
    const { purse, events } = this.devices[d];
    if (!mayContribute(purse) || events.size === 0) return;
    const answered = answeredIn(purse);
    const due = tasks.filter((task) => !answered.includes(task));
    if (due.length === 0 || spentIn(purse) + rho > cap) return;
    const entry = { id: this.#id(), atMs: startMs + this.#count * dayMs, rho, tasks: due };
    this.devices[d].purse = { ...purse, entries: [...purse.entries, entry] };
    this.reports.push({ tasks: due, rho, events: new Set(events) });
  }

  copy(d: number): void {
    const device = this.devices[d];
    device.purse = named(device.purse, this.#id());
    const { origins } = device.purse.claims ?? { origins: [] };
    this.files.push({ sort: "copy", events: [...device.events], origins });
  }

  ask(d: number): void {
    const request = this.#count++;
    this.devices[d].asking.add(request);
    this.requests.push(request);
  }

  handOver(d: number, nth: number): void {
    const device = this.devices[d];
    if (!hasRights(device.purse) || this.requests.length === 0) return;
    const to = this.requests[nth % this.requests.length];
    // Nobody hands over to a request of their own.
    if (device.asking.has(to)) return;
    const { left, load } = handedOver(device.purse, this.#id());
    device.purse = left;
    const file: File = { sort: "move", to, events: [...device.events], load };
    this.files.push(file);
    this.notTaken.add(file);
  }

  take(d: number, nth: number): void {
    const file = this.files[nth % this.files.length];
    if (file === undefined) return;
    const device = this.devices[d];
    if (file.sort === "copy") {
      device.purse = copyTaken(device.purse, file.origins, this.#id());
    } else {
      if (!device.asking.delete(file.to)) return;
      device.purse = takenIn(device.purse, file.load, this.#id());
      this.notTaken.delete(file);
    }
    for (const event of file.events) device.events.add(event);
  }

  erase(d: number): void {
    const device = this.devices[d];
    const { answeredTasks, spent, entries, claims } = device.purse;
    // As worker/store/kept.ts does it: entries become what was spent before them.
    const lost = spentBy({ before: nothingSpent, costs: entries }, startMs).lifetime;
    device.purse = forgotten({
      claims,
      answeredTasks: [...answeredTasks, ...entries.flatMap(({ tasks }) => tasks)],
      spent: { ...spent, ...addedLifetime(spent, lost) },
      entries: [],
    });
    device.events = new Set();
    device.asking = new Set();
  }
}

function addedLifetime(spent: Purse<Entry>["spent"], rho: number): Partial<Purse<Entry>["spent"]> {
  return { lifetime: addSpending(spent, { ...nothingSpent, lifetime: rho }).lifetime };
}

const device = fc.integer({ min: 0, max: 2 });
const nth = fc.nat({ max: 20 });
const tasks = fc.subarray(["a", "b", "c", "d", "e", "f"], { minLength: 1 });
const step = fc.oneof(
  device.map((d) => (world: World) => world.track(d)),
  fc.tuple(device, tasks, fc.integer({ min: 1, max: 5 })).map(
    ([d, open, rho]) =>
      (world: World) =>
        world.contribute(d, open, rho),
  ),
  fc.tuple(device, tasks, fc.integer({ min: 1, max: 5 })).map(
    ([d, open, rho]) =>
      (world: World) =>
        world.contribute(d, open, rho),
  ),
  device.map((d) => (world: World) => world.copy(d)),
  device.map((d) => (world: World) => world.ask(d)),
  fc.tuple(device, nth).map(
    ([d, k]) =>
      (world: World) =>
        world.handOver(d, k),
  ),
  fc.tuple(device, nth).map(
    ([d, k]) =>
      (world: World) =>
        world.take(d, k),
  ),
  fc.tuple(device, nth).map(
    ([d, k]) =>
      (world: World) =>
        world.take(d, k),
  ),
  device.map((d) => (world: World) => world.erase(d)),
);
const walks = fc.array(step, { minLength: 5, maxLength: 60 });
const walked = (steps: readonly ((world: World) => void)[]): World => {
  const world = new World();
  for (const take of steps) take(world);
  return world;
};

describe("three devices of one person, whatever they copy, move, take in twice, lose and erase", () => {
  const runs = { numRuns: 3_000, seed: 20_261_127 };

  test("no event is in reports that cost more than the budget, nor twice in answers to one task", () => {
    let shared = 0;
    fc.assert(
      fc.property(walks, (steps) => {
        const { reports, devices } = walked(steps);
        const events = new Set(reports.flatMap((report) => [...report.events]));
        for (const event of events) {
          const of = reports.filter((report) => report.events.has(event));
          expect(of.reduce((sum, { rho }) => sum + rho, 0)).toBeLessThanOrEqual(cap);
          const answered = of.flatMap((report) => report.tasks);
          expect(new Set(answered).size).toBe(answered.length);
        }
        if (devices.some(({ purse }) => (purse.claims?.rights.length ?? 0) > 1)) shared++;
      }),
      runs,
    );
    // The walk reaches what it is about.
    expect(shared).toBeGreaterThan(50);
  });

  test("what the ledgers say, with what is on its way, is what was spent: nothing is doubled, halved or forgotten", () => {
    fc.assert(
      fc.property(walks, (steps) => {
        const { devices, reports, notTaken } = walked(steps);
        const onItsWay = [...notTaken].flatMap((file) => (file.sort === "move" ? [file.load] : []));
        const said = [...devices.map(({ purse }) => purse), ...onItsWay].map(spentIn);
        expect(said.reduce((sum, rho) => sum + rho, 0)).toBe(reports.reduce((sum, { rho }) => sum + rho, 0));
      }),
      runs,
    );
  });

  test("what a device may contribute no other one may", () => {
    fc.assert(
      fc.property(walks, (steps) => {
        const able = walked(steps).devices.filter(({ purse }) => mayContribute(purse));
        for (const one of able) {
          for (const other of able) {
            if (one === other) continue;
            expect([...one.events].filter((event) => other.events.has(event))).toEqual([]);
          }
        }
      }),
      runs,
    );
  });
});

describe("a right", () => {
  const entry: Entry = { id: "r1", atMs: startMs, rho: 3, tasks: ["a"] };
  const contributed: Purse<Entry> = { ...fresh(), entries: [entry] };

  test("that was handed over leaves a device that has spent nothing and may spend nothing, also once it erased", () => {
    const { left, load } = handedOver(contributed, "x");
    for (const purse of [left, forgotten(left)]) {
      expect(mayContribute(purse)).toBe(false);
      expect(spentIn(purse)).toBe(0);
      expect(hasRights(purse)).toBe(false);
    }
    expect(load.entries).toEqual([entry]);
    expect(() => handedOver(left, "y")).toThrow("handedOver: expected a right to be here, got none");
  });

  test("that comes back brings all that was spent, once, and the device may contribute again", () => {
    const { left, load } = handedOver(contributed, "x");
    const other = takenIn({ ...fresh(), entries: [{ ...entry, id: "r2", rho: 4 }] }, load, "y");
    expect(spentIn(other)).toBe(7);
    const back = takenIn(left, handedOver(other, "z").load, "w");
    expect(spentIn(back)).toBe(7);
    expect(mayContribute(back)).toBe(true);
    expect(isAway(back.spent)).toBe(false);
  });

  test("of a copy stays behind: who takes a copy in falls silent, and speaks again when it is handed over", () => {
    const source = named(contributed, "x");
    const copied = copyTaken(fresh(), source.claims.origins, "y");
    expect(mayContribute(source)).toBe(true);
    expect(mayContribute(copied)).toBe(false);
    const { left, load } = handedOver(source, "z");
    expect(mayContribute(takenIn(copied, load, "w"))).toBe(true);
    expect(mayContribute(left)).toBe(false);
  });

  test("is not bought with another's: who gave its own away and got a third one's is silent with its own events", () => {
    const { left } = handedOver(contributed, "x");
    const { load } = handedOver(fresh(), "third");
    expect(mayContribute(takenIn(left, load, "w"))).toBe(false);
  });

  test("brings along what was answered under it, also before an erasure: none of it is answered again", () => {
    const { load } = handedOver({ ...fresh(), answeredTasks: ["a", "b"] }, "x");
    expect([...takenIn({ ...fresh(), answeredTasks: ["c"] }, load, "y").answeredTasks].sort()).toEqual([
      "a",
      "b",
      "c",
    ]);
  });

  test("is its device's own again after a copy of its own was taken in", () => {
    const source = named(contributed, "x");
    expect(mayContribute(copyTaken(source, source.claims.origins, "y"))).toBe(true);
  });
});
