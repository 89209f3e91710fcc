/** Jobs in a thread are what they are here, one at a time, and none takes the server with it. */
import { expect, onTestFinished, test } from "vitest";
import { JobCut, jobsHere, type Runner, type Step } from "../../../server/base/jobs.ts";
import { entryBeside, jobThread } from "../../../server/base/jobthread.ts";
import { workHere, workInThread } from "../../../server/publishing/work/work.ts";
import { catalogueOf } from "../harness.ts";
import { type ToyJobs, toyJobs } from "./toyjobs.ts";

const setup = { factor: 3 };
const entry = entryBeside(import.meta.url, "toythread");

function open(where: "here" | "in a thread", onStep = (_job: string, _step: Step) => {}): Runner<ToyJobs> {
  const jobs =
    where === "here"
      ? jobsHere(toyJobs(setup), { onStep })
      : jobThread<ToyJobs>({ entry, setup, idleMs: 200, onStep });
  onTestFinished(() => jobs.close());
  return jobs;
}

test("the entry has the extension of the file beside it", () => {
  expect(entryBeside("file:///srv/tacit/work.js", "thread").href).toBe("file:///srv/tacit/thread.js");
  expect(entryBeside("file:///srv/tacit/work.ts", "thread").href).toBe("file:///srv/tacit/thread.ts");
});

test.each(["here", "in a thread"] as const)(
  "%s: a job answers, tells its steps, and fails as it says",
  async (where) => {
    const steps: unknown[] = [];
    const jobs = open(where, (job, step) => steps.push({ job, ...step }));
    expect(jobs.running).toBeNull();
    expect(await jobs.run("times", { numbers: Float64Array.of(1, 2.5) })).toEqual(Float64Array.of(3, 7.5));
    expect(steps).toEqual([{ job: "times", what: "multiplying", done: 0, of: 2 }]);
    const failure = await jobs.run("fail", "expected 3, got 4").catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(RangeError);
    expect(failure).toMatchObject({ message: "expected 3, got 4" });
    expect(await jobs.run("times", { numbers: Float64Array.of(2) })).toEqual(Float64Array.of(6));
  },
);

test("in a thread a job holds up nobody here, and the next one waits for it", async () => {
  const jobs = open("in a thread");
  await jobs.run("block", 1);
  const order: string[] = [];
  const first = jobs.run("block", 400).then(() => order.push("first"));
  const second = jobs.run("times", { numbers: Float64Array.of(1) }).then(() => order.push("second"));
  // Were the job done here, none of these would come before its end.
  for (let beat = 0; beat < 5; beat++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    order.push("beat");
    expect(jobs.running).toMatchObject({ job: "block" });
  }
  await Promise.all([first, second]);
  expect(order).toEqual([...Array.from({ length: 5 }, () => "beat"), "first", "second"]);
  expect(jobs.running).toBeNull();
});

test("a thread that dies fails its job alone; the next begins another, and so does one after a pause", async () => {
  const jobs = open("in a thread");
  await expect(jobs.run("die", 7)).rejects.toThrow(
    "job die: expected an answer of its thread, got exit code 7",
  );
  await expect(jobs.run("die", 7)).rejects.toBeInstanceOf(JobCut);
  const times = () => jobs.run("times", { numbers: Float64Array.of(1) });
  expect(await times()).toEqual(Float64Array.of(3));
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(await times()).toEqual(Float64Array.of(3));
});

test("a thread that dies when it has nothing to do ends nothing else, and the next job begins another", async () => {
  const jobs = open("in a thread");
  const times = () => jobs.run("times", { numbers: Float64Array.of(1) });
  for (const how of ["exit", "throw"] as const) {
    await jobs.run("die later", { how, afterMs: 20 });
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(await times()).toEqual(Float64Array.of(3));
  }
});

test("a job is cut off when its runner is closed, and what comes after it is refused", async () => {
  const jobs = open("in a thread");
  await jobs.run("block", 1);
  const cut = jobs.run("block", 60_000).catch((error: unknown) => error);
  await jobs.close();
  expect(await cut).toBeInstanceOf(JobCut);
  await expect(jobs.run("block", 1)).rejects.toBeInstanceOf(JobCut);
});

test("what cannot be cloned, in or out, fails its job alone", async () => {
  const jobs = open("in a thread");
  await expect(jobs.run("unspeakable", null)).rejects.toThrow(/could not be cloned/);
  const numbers = Object.assign(Float64Array.of(1), {});
  await expect(jobs.run("times", { numbers, more: () => 0 } as { numbers: Float64Array })).rejects.toThrow(
    /could not be cloned/,
  );
  expect(await jobs.run("times", { numbers })).toEqual(Float64Array.of(3));
});

test("publishing's own thread makes of a catalogue what is made of it here", async () => {
  const gate = { gate: { heldOut: null, k: 20, margin: 1 } };
  const input = {
    source: { from: "items", items: catalogueOf(40) },
    settings: { contentDim: 8, dim: 3 },
    inForce: null,
    space: null,
  } as const;
  const made = [];
  for (const open of [workHere, workInThread]) {
    const work = open(gate);
    onTestFinished(() => work.close());
    const drafted = await work.run("import", input);
    if (!drafted.ok) throw new Error(drafted.faults[0]);
    const { draft } = drafted;
    made.push(
      await work.run("encode", { draft, nowMs: 1_700_000_000_000, known: [], catalogue: null, older: null }),
    );
  }
  const ids = made.map(({ head, parts }) => [head.id, ...parts.map(({ id }) => id)]);
  expect(ids[1]).toEqual(ids[0]);
  expect(ids[0].length).toBeGreaterThan(4);
});
