import { describe, expect, test } from "vitest";
import { WorkerLink, WorkerLost } from "../../sdk/link.ts";
import { FakeApi, FakeWorker, recommendation } from "./fakes.ts";

const never = new Promise<never>(() => undefined);

/** A worker that starts, answers `panel`, and keeps every `forYou` waiting. */
class SlowApi extends FakeApi {
  override forYou(): Promise<never> {
    return never;
  }
}

function linkTo(
  makeWorker: (nth: number) => FakeWorker,
  limits: { limitMs?: number; pulseMs?: number; restarts?: number } = {},
) {
  const workers: FakeWorker[] = [];
  const link = new WorkerLink({
    start: () => {
      const worker = makeWorker(workers.length);
      workers.push(worker);
      return worker;
    },
    prepare: async (worker) => void (await worker.panel()),
    ...limits,
  });
  const forYou = () => link.call("recommend", (worker) => worker.forYou({}));
  return { link, workers, forYou };
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
    const unknown = link.call("explain", (worker) => worker.explain("nothing"));
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
    const { forYou, workers } = linkTo(() => new FakeWorker(null));
    const call = forYou();
    workers[0].die();
    await expect(call).rejects.toBeInstanceOf(WorkerLost);
  });

  test("the next call starts a new worker, three times and no more", async () => {
    const { forYou, workers } = linkTo(() => new FakeWorker(null), { restarts: 3 });
    for (let nth = 0; nth < 7; nth++) {
      const call = forYou();
      workers.at(-1)?.die();
      await expect(call).rejects.toBeInstanceOf(WorkerLost);
    }
    expect(workers).toHaveLength(1 + 3);
  });

  test("a worker that comes back answers again", async () => {
    const { forYou, workers } = linkTo((nth) => new FakeWorker(nth === 0 ? null : new FakeApi()));
    const lost = forYou();
    workers[0].die();
    await expect(lost).rejects.toBeInstanceOf(WorkerLost);
    expect(await forYou()).toEqual([recommendation]);
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

  test("a worker without a pulse is ended, with every call that waits on it", async () => {
    const { link, forYou, workers } = linkTo(() => new FakeWorker(null), { limitMs: 40, pulseMs: 40 });
    const patient = link.call("contribute", (worker) => worker.contribute(), 60_000);
    const [first, second] = await Promise.allSettled([forYou(), patient]);
    expect(first).toMatchObject({ reason: expect.any(WorkerLost) });
    expect(second).toMatchObject({ reason: new WorkerLost("worker: hung, so it was ended") });
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

  test("a browser that refuses workers is asked once", async () => {
    let asked = 0;
    const { forYou } = linkTo(() => {
      asked += 1;
      throw new ReferenceError("Worker is not defined");
    });
    await expect(forYou()).rejects.toBeInstanceOf(WorkerLost);
    await expect(forYou()).rejects.toBeInstanceOf(WorkerLost);
    expect(asked).toBe(1);
  });
});
