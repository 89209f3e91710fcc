import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Lazy } from "../../worker/lazy.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("what is asked for by many is opened once", async () => {
  const open = vi.fn(async () => ({}));
  const lazy = new Lazy({ open, again: () => undefined });
  expect(lazy.current).toBeNull();
  const [one, other] = await Promise.all([lazy.get(), lazy.get()]);
  expect(one).toBe(other);
  expect(await lazy.get()).toBe(one);
  expect(lazy.current).toBe(one);
  expect(open).toHaveBeenCalledTimes(1);
});

test("what did not open is opened with the next need, and nobody is called back then", async () => {
  const open = vi.fn<() => Promise<number>>().mockRejectedValueOnce(new Error("away")).mockResolvedValue(7);
  const again = vi.fn();
  const lazy = new Lazy({ open, again });
  await expect(Promise.all([lazy.get(), lazy.get()])).rejects.toThrow("away");
  expect(open).toHaveBeenCalledTimes(1);
  expect(await lazy.get()).toBe(7);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(again).not.toHaveBeenCalled();
});

test("it is time to try again after 5, 10, 20 s, and at last every five minutes", async () => {
  const startedMs = Date.now();
  const atMs: number[] = [];
  const lazy: Lazy<never> = new Lazy({
    open: () => Promise.reject(new Error("away")),
    again: () => {
      atMs.push(Date.now() - startedMs);
      lazy.get().catch(() => undefined);
    },
  });
  lazy.get().catch(() => undefined);
  await vi.advanceTimersByTimeAsync(1_300_000);
  const waits = atMs.map((ms, k) => (ms - (atMs[k - 1] ?? 0)) / 1_000);
  expect(waits).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300]);
});

test("needs in between that fail do not put it off", async () => {
  const again = vi.fn();
  const lazy = new Lazy({ open: () => Promise.reject(new Error("away")), again });
  for (let second = 0; second < 5; second++) {
    await lazy.get().catch(() => undefined);
    expect(again).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect(again).toHaveBeenCalledTimes(1);
});

test("one that was closed tries no more", async () => {
  const again = vi.fn();
  const lazy = new Lazy({ open: () => Promise.reject(new Error("away")), again });
  await lazy.get().catch(() => undefined);
  lazy.close();
  await lazy.get().catch(() => undefined);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(again).not.toHaveBeenCalled();
});
