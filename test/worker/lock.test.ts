import { afterEach, describe, expect, test, vi } from "vitest";
import { holdForLife, ifFree } from "../../worker/lock.ts";

afterEach(() => vi.unstubAllGlobals());

const throwing = Object.defineProperty({}, "locks", {
  get() {
    throw new DOMException("The operation is insecure.", "SecurityError");
  },
});
const denying = { locks: { request: async () => Promise.reject(new DOMException("no", "SecurityError")) } };

describe.each([
  ["looking at them throws", throwing],
  ["every request is denied", denying],
  ["there are none", {}],
])("where %s", (_why, navigator) => {
  test("one is at it at a time within this thread, and a life's lock is held by nobody", async () => {
    vi.stubGlobal("navigator", navigator);
    holdForLife("life");
    const done: string[] = [];
    let finish: () => void = () => undefined;
    const first = ifFree("work", async () => {
      done.push("first");
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    await ifFree("work", async () => void done.push("second"));
    finish();
    await first;
    await ifFree("work", async () => void done.push("third"));
    expect(done).toEqual(["first", "third"]);
  });
});

test("what the work throws is passed on, and the lock is free again", async () => {
  vi.stubGlobal("navigator", {});
  const failing = ifFree("work", async () => {
    throw new RangeError("mine");
  });
  await expect(failing).rejects.toThrow(new RangeError("mine"));
  const done: string[] = [];
  await ifFree("work", async () => void done.push("next"));
  expect(done).toEqual(["next"]);
});
