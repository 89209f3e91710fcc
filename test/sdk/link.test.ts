import { afterEach, describe, expect, test, vi } from "vitest";
import { type LinkOptions, WorkerLink } from "../../sdk/link.ts";
import { PageLeft, WorkerLost } from "../../sdk/lost.ts";
import { FakeApi, FakeWorker, recommendation } from "./fakes.ts";

afterEach(() => vi.restoreAllMocks());

const never = new Promise<never>(() => undefined);

/** A worker that starts, answers `panel`, and keeps every `forYou` waiting. */
class SlowApi extends FakeApi {
  override forYou(): Promise<never> {
    return never;
  }
}

function linkTo(makeWorker: (nth: number) => FakeWorker, limits: Partial<LinkOptions> = {}) {
  const workers: FakeWorker[] = [];
  const start = () => {
    const worker = makeWorker(workers.length);
    workers.push(worker);
    return worker;
  };
  const link = new WorkerLink({
    ways: [{ name: "as a worker", start }],
    prepare: async (worker) => void (await worker.panel()),
    ...limits,
  });
  const forYou = () => link.call("recommend", (worker) => worker.forYou({}));
  /** Lets the link take over a worker that was just started. */
  const started = () => new Promise((resolve) => setTimeout(resolve));
  return { link, workers, forYou, started };
}

describe("the line to the worker", () => {
  test("prepares a worker before it asks it anything", async () => {
    const api = new FakeApi();
    const { forYou } = linkTo(() => new FakeWorker(api));
    expect(await Promise.all([forYou(), forYou()])).toEqual([[recommendation], [recommendation]]);
    expect(api.calls.map(({ method }) => method)).toEqual(["panel", "forYou", "forYou"]);
  });

  test("passes on what the worker itself throws, and keeps the worker", async () => {
    const { link, workers } = linkTo(() => new FakeWorker(new FakeApi()));
    const unknown = link.call("explain", (worker) => worker.explain("nothing", {}));
    await expect(unknown).rejects.toThrow("explain: item must be known, got nothing");
    await expect(unknown).rejects.not.toBeInstanceOf(WorkerLost);
    await link.call("panel", (worker) => worker.panel());
    expect(workers).toHaveLength(1);
  });

  test.each(["error", "messageerror"])(
    "on %s every waiting call is refused, none is forgotten",
    async (news) => {
      const { forYou, workers } = linkTo(() => new FakeWorker(new SlowApi()));
      const calls = [forYou(), forYou(), forYou()];
      const refused = Promise.allSettled(calls);
      await new Promise((resolve) => setTimeout(resolve, 20));
      workers[0].dispatchEvent(new Event(news));
      for (const result of await refused) {
        expect(result).toMatchObject({ status: "rejected", reason: expect.any(WorkerLost) });
      }
      expect(workers[0].terminated).toBe(true);
    },
  );

  test("calls that wait for a worker that never starts are refused when it dies", async () => {
    const { forYou, workers, started } = linkTo(() => new FakeWorker(null));
    const call = forYou();
    await started();
    workers[0].die();
    await expect(call).rejects.toBeInstanceOf(WorkerLost);
  });

  test("the next call starts a new worker, four in five minutes and no more", async () => {
    const now = vi.spyOn(Date, "now").mockReturnValue(1_700_000_000_000);
    const { forYou, workers, started } = linkTo(() => new FakeWorker(null), { starts: 4 });
    const failing = async (): Promise<void> => {
      const before = workers.length;
      const call = forYou();
      const lost = expect(call).rejects.toBeInstanceOf(WorkerLost);
      await started();
      if (workers.length > before) workers.at(-1)?.die();
      await lost;
    };
    for (let nth = 0; nth < 7; nth++) await failing();
    expect(workers).toHaveLength(4);
    now.mockReturnValue(1_700_000_000_000 + 300_001);
    await failing();
    expect(workers).toHaveLength(5);
  });

  test("a worker that comes back answers again", async () => {
    const { forYou, workers, started } = linkTo((nth) => new FakeWorker(nth === 0 ? null : new FakeApi()));
    const lost = forYou();
    const refused = expect(lost).rejects.toBeInstanceOf(WorkerLost);
    await started();
    workers[0].die();
    await refused;
    expect(await forYou()).toEqual([recommendation]);
  });

  test("ends with its page, however often, and one that comes back has another", async () => {
    const { link, forYou, workers } = linkTo(() => new FakeWorker(new SlowApi()), { starts: 2 });
    for (let nth = 0; nth < 5; nth++) {
      const waiting = forYou();
      const refused = expect(waiting).rejects.toBeInstanceOf(PageLeft);
      await link.call("panel", (worker) => worker.panel());
      link.leave();
      await refused;
      expect(workers[nth].terminated).toBe(true);
      await expect(forYou()).rejects.toBeInstanceOf(PageLeft);
      expect(workers).toHaveLength(nth + 1);
      link.comeBack();
    }
    expect(workers).toHaveLength(5);
  });

  test("an answer that is late costs its call and leaves the living worker at work", async () => {
    const { link, forYou, workers } = linkTo(() => new FakeWorker(new SlowApi()), {
      limitMs: 40,
      pulseMs: 40,
    });
    await expect(forYou()).rejects.toThrow(/^recommend: expected an answer from the worker within 40 ms/);
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(workers[0].terminated).toBe(false);
    await link.call("panel", (worker) => worker.panel());
    expect(workers).toHaveLength(1);
  });

  test("a worker that is busy for long costs the calls that wait, and is not ended", async () => {
    const api = new FakeApi();
    const { link, forYou, workers } = linkTo(() => new FakeWorker(api), { limitMs: 40, pulseMs: 200 });
    await link.call("panel", (worker) => worker.panel());
    // Real comlink in the same thread: a worker that does not get its turn is one whose port hears nothing.
    workers[0].hold();
    await expect(forYou()).rejects.toThrow(/within 40 ms/);
    await new Promise((resolve) => setTimeout(resolve, 100));
    workers[0].release();
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(workers[0].terminated).toBe(false);
    expect(await forYou()).toEqual([recommendation]);
  });

  test("what waits on a worker that holds its lock no more is soon asked of the next; a busy one stays", async () => {
    const locks: string[] = [];
    let isHeld: boolean | null = true;
    const workers: FakeWorker[] = [];
    const link = new WorkerLink({
      ways: [
        {
          name: "as a worker",
          start: () => {
            workers.push(new FakeWorker(workers.length === 0 ? new SlowApi() : new FakeApi()));
            return workers[workers.length - 1];
          },
        },
      ],
      prepare: async (worker, lifeLock) => {
        locks.push(lifeLock);
        await worker.panel();
      },
      isHeld: async (lock) => {
        expect(lock).toBe(locks.at(-1));
        return locks.length === 1 ? isHeld : true;
      },
      lookMs: 20,
    });
    const waiting = link.call("recommend", (worker) => worker.forYou({}));
    await new Promise((resolve) => setTimeout(resolve, 70));
    expect(workers[0].terminated).toBe(false);
    isHeld = null;
    await new Promise((resolve) => setTimeout(resolve, 70));
    expect(workers[0].terminated).toBe(false);
    isHeld = false;
    expect(await waiting).toEqual([recommendation]);
    expect(workers.map(({ terminated }) => terminated)).toEqual([true, false]);
    expect(new Set(locks).size).toBe(2);
  });

  test("what has no time left is asked of no other worker", async () => {
    let looks = 0;
    const { forYou, workers } = linkTo(() => new FakeWorker(new SlowApi()), {
      isHeld: async () => {
        looks += 1;
        // The page slept for longer than the question had: its timers come late.
        if (looks === 2) vi.spyOn(Date, "now").mockReturnValue(Date.now() + 60_000);
        return looks === 1;
      },
      lookMs: 20,
    });
    await expect(forYou()).rejects.toBeInstanceOf(WorkerLost);
    expect(workers).toHaveLength(1);
  });

  test("a call that ends every worker it is asked of is refused in the end", async () => {
    const workers: FakeWorker[] = [];
    const looks = new Map<string, number>();
    const link = new WorkerLink({
      ways: [
        {
          name: "as a worker",
          start: () => {
            workers.push(new FakeWorker(new SlowApi()));
            return workers[workers.length - 1];
          },
        },
      ],
      prepare: async (worker) => void (await worker.panel()),
      isHeld: async (lock) => {
        looks.set(lock, (looks.get(lock) ?? 0) + 1);
        return looks.get(lock) === 1;
      },
      lookMs: 20,
      starts: 3,
    });
    const call = link.call("recommend", (worker) => worker.forYou({}));
    await expect(call).rejects.toThrow("worker: ended without a word");
    expect(workers.map(({ terminated }) => terminated)).toEqual([true, true, true]);
  });

  test("a worker that ends as it starts, when it held its lock, is soon followed by another", async () => {
    const workers: FakeWorker[] = [];
    const looks: string[] = [];
    const link = new WorkerLink({
      ways: [
        {
          name: "as a worker",
          start: () => {
            workers.push(new FakeWorker(workers.length === 0 ? null : new FakeApi()));
            return workers[workers.length - 1];
          },
        },
      ],
      prepare: async (worker) => void (await worker.panel()),
      isHeld: async (lock) => {
        looks.push(lock);
        return lock !== looks[0] || looks.length < 3;
      },
      lookMs: 20,
    });
    expect(await link.call("recommend", (worker) => worker.forYou({}))).toEqual([recommendation]);
    expect(workers.map(({ terminated }) => terminated)).toEqual([true, false]);
  });

  test("a worker that never held its lock, because locks are denied to it, is not given up for that", async () => {
    const workers: FakeWorker[] = [];
    const start = () => {
      workers.push(new FakeWorker(new SlowApi()));
      return workers[workers.length - 1];
    };
    const link = new WorkerLink({
      ways: [{ name: "as a worker", start }],
      prepare: async (worker) => void (await worker.panel()),
      isHeld: async () => false,
      lookMs: 20,
      limitMs: 120,
    });
    await expect(link.call("recommend", (worker) => worker.forYou({}))).rejects.toThrow(/within 120 ms/);
    expect(workers[0].terminated).toBe(false);
  });

  test("a worker without a pulse is ended, with every call that waits on it", async () => {
    const { link, forYou, workers } = linkTo(() => new FakeWorker(null), { limitMs: 40, pulseMs: 40 });
    const patient = link.call("contribute", (worker) => worker.contribute(), 60_000);
    const [first, second] = await Promise.allSettled([forYou(), patient]);
    expect(first).toMatchObject({ reason: expect.any(WorkerLost) });
    expect(second).toMatchObject({ reason: new WorkerLost("worker: gave no sign of life, so it was ended") });
    expect(workers[0].terminated).toBe(true);
  });

  test("a worker that refuses to start refuses its callers", async () => {
    class Refusing extends FakeApi {
      override async panel(): Promise<never> {
        throw new Error("no database");
      }
    }
    const { forYou } = linkTo(() => new FakeWorker(new Refusing()));
    await expect(forYou()).rejects.toThrow(/expected to start, got Error: no database/);
  });

  test("a way that the page refuses leads to the next, at once or by an error, and is not tried again", async () => {
    const asked: string[] = [];
    const told: string[] = [];
    const workers: FakeWorker[] = [];
    const link = new WorkerLink({
      ways: [
        {
          name: "throwing",
          start: () => {
            asked.push("throwing");
            throw new DOMException("cross origin", "SecurityError");
          },
        },
        {
          name: "dying",
          start: () => {
            asked.push("dying");
            const worker = new FakeWorker(null);
            setTimeout(() => worker.die());
            return worker;
          },
        },
        {
          name: "working",
          start: async () => {
            asked.push("working");
            workers.push(new FakeWorker(new FakeApi()));
            return workers[workers.length - 1];
          },
        },
      ],
      prepare: async (worker) => void (await worker.panel()),
      onDetour: (way, because) => told.push(`${way}: ${because}`),
    });
    const forYou = () => link.call("recommend", (worker) => worker.forYou({}));
    expect(await forYou()).toEqual([recommendation]);
    expect(asked).toEqual(["throwing", "dying", "working"]);
    expect(told).toEqual([
      "working: throwing: SecurityError: cross origin; dying: an error, perhaps in loading it",
    ]);
    workers[0].die();
    expect(await forYou()).toEqual([recommendation]);
    expect(asked).toEqual(["throwing", "dying", "working", "working"]);
    expect(told).toHaveLength(1);
  });

  test("where every way is refused, the call says what each came to", async () => {
    const { forYou } = linkTo(() => {
      throw new ReferenceError("Worker is not defined");
    });
    await expect(forYou()).rejects.toThrow(
      "worker: expected to start, got Error: as a worker: ReferenceError: Worker is not defined",
    );
  });
});
