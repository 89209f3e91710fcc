import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { emptyLog, extendLog, type LogEntry, type LogHead, type LogTail } from "../../core/wire/log.ts";
import { type SeenLog, vouchedBy } from "../../worker/trust/vouched.ts";

const sha256 = async (bytes: Uint8Array): Promise<Uint8Array> => createHash("sha256").update(bytes).digest();
const id = (n: number): string => n.toString(16).padStart(64, "0");
const helper = "ab".repeat(32);

/** The helper's log of editions 0, 1, …, as an honest helper keeps it. */
async function logOf(ids: readonly number[]) {
  const heads: LogHead[] = [emptyLog];
  const entries: LogEntry[] = ids.map((n) => ({ kind: "edition", subject: "", id: id(n), atMs: n }));
  for (const entry of entries) heads.push(await extendLog(heads[heads.length - 1], entry, sha256));
  const tail = (start: number): LogTail => ({
    start,
    before: heads[start].hash,
    entries: entries.slice(start),
  });
  return { list: { log: heads[ids.length] }, tail };
}

function device(): SeenLog & { readonly kept: Map<string, LogHead> } {
  const kept = new Map<string, LogHead>();
  return {
    kept,
    seenLog: async (of) => kept.get(of) ?? null,
    rememberLog: async (of, head) => {
      if ((kept.get(of)?.size ?? -1) < head.size) kept.set(of, head);
    },
  };
}

const edition = (n: number) => ({ kind: "edition", subject: "", id: id(n) }) as const;
const never = () => Promise.reject(new Error("expected not to be asked for the whole log"));

test("an edition that the helper vouched for last is taken, an older one and one it never saw are not", async () => {
  const { list, tail } = await logOf([1, 2, 3]);
  const vouched = await vouchedBy({ tail: tail(0), list, helper, store: device(), whole: never });
  vouched.requireNewest(edition(3));
  expect(() => vouched.requireNewest(edition(2))).toThrow(/is an older one/);
  expect(() => vouched.requireNewest(edition(9))).toThrow(/it never saw/);
});

test("a log is followed from visit to visit; where the tail is too short the whole log is asked for, once", async () => {
  const store = device();
  const first = await logOf([1, 2]);
  await vouchedBy({ ...first, tail: first.tail(0), helper, store, whole: never });
  const later = await logOf([1, 2, 3, 4, 5]);
  let asked = 0;
  const whole = async () => {
    asked++;
    return later.tail(0);
  };
  const vouched = await vouchedBy({ list: later.list, tail: later.tail(4), helper, store, whole });
  vouched.requireNewest(edition(5));
  expect(asked).toBe(1);
  expect(store.kept.get(helper)).toEqual(later.list.log);
});

test("another history than the one seen is refused, also by way of the whole log, and what was seen stays", async () => {
  const store = device();
  const seen = await logOf([1, 2, 3]);
  await vouchedBy({ ...seen, tail: seen.tail(0), helper, store, whole: never });
  const fork = await logOf([1, 7, 3, 4, 5]);
  const input = { list: fork.list, helper, store };
  await expect(vouchedBy({ ...input, tail: fork.tail(0), whole: never })).rejects.toThrow(/the log forks/);
  await expect(vouchedBy({ ...input, tail: fork.tail(4), whole: async () => fork.tail(0) })).rejects.toThrow(
    /the log forks/,
  );
  const shorter = await logOf([1, 2]);
  await expect(
    vouchedBy({ list: shorter.list, tail: shorter.tail(0), helper, store, whole: never }),
  ).rejects.toThrow(/must not shrink/);
  expect(store.kept.get(helper)).toEqual(seen.list.log);
});

test("another helper's log begins anew, and a key list without a head vouches for nothing", async () => {
  const store = device();
  const one = await logOf([1, 2, 3]);
  await vouchedBy({ ...one, tail: one.tail(0), helper, store, whole: never });
  const other = await logOf([8]);
  await vouchedBy({ ...other, tail: other.tail(0), helper: "cd".repeat(32), store, whole: never });
  await expect(
    vouchedBy({ list: { log: null }, tail: one.tail(0), helper, store, whole: never }),
  ).rejects.toThrow(/must name the head/);
});

test("a leader that sends a tail of its own making, cut or continued, is refused", async () => {
  const { list, tail } = await logOf([1, 2, 3]);
  const forged = {
    ...tail(0),
    entries: [...tail(0).entries, { kind: "edition", subject: "", id: id(9), atMs: 9 }],
  };
  for (const bad of [forged, { ...tail(0), entries: tail(0).entries.slice(0, 2) }, {}, null, "log"]) {
    await expect(vouchedBy({ list, tail: bad, helper, store: device(), whole: never })).rejects.toThrow();
  }
});
