import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  checkLog,
  emptyLog,
  extendLog,
  followLog,
  type LogEntry,
  type LogHead,
  type LogTail,
  mostEntries,
  parseLogTail,
  requireNewest,
} from "../../../core/wire/log.ts";

const sha256 = async (bytes: Uint8Array): Promise<Uint8Array> => createHash("sha256").update(bytes).digest();
const id = (n: number): string => n.toString(16).padStart(64, "0");
const entry = (n: number): LogEntry => ({
  kind: (["task", "plan", "edition"] as const)[n % 3],
  subject: n % 3 === 0 ? "item-factors" : "",
  id: id(n),
  atMs: 1_800_000_000_000 + n,
});

/** Heads of a log after 0, 1, … entries. */
async function headsOf(entries: readonly LogEntry[]): Promise<readonly LogHead[]> {
  const heads: LogHead[] = [emptyLog];
  for (const one of entries) heads.push(await extendLog(heads[heads.length - 1], one, sha256));
  return heads;
}

async function logOf(count: number, change: (entries: LogEntry[]) => void = () => undefined) {
  const entries = Array.from({ length: count }, (_, n) => entry(n));
  change(entries);
  const heads = await headsOf(entries);
  const tail = (start: number): LogTail => ({
    start,
    before: heads[start].hash,
    entries: entries.slice(start),
  });
  return { entries, heads, head: heads[count], tail };
}

test("the hash of an entry is that of its canonical JSON after the hash before it", async () => {
  const text = `{"atMs":7,"id":"${id(5)}","kind":"plan","subject":""}`;
  const expected = createHash("sha256")
    .update("tacit log v3\n")
    .update(Buffer.alloc(32))
    .update(text)
    .digest("hex");
  const head = await extendLog(emptyLog, { kind: "plan", subject: "", id: id(5), atMs: 7 }, sha256);
  expect(head).toEqual({ size: 1, hash: expected });
});

test("every tail of a log leads to its head, whatever head of it was seen before, as far as it reaches back", async () => {
  const { heads, head, tail } = await logOf(9);
  for (let start = 0; start <= 9; start++) {
    for (const seen of [null, ...heads]) {
      const state = seen === null || seen.size >= start ? "good" : "too-short";
      expect(await checkLog(tail(start), { head, seen, sha256 })).toEqual({ state });
    }
  }
});

test("a log that forks is refused by whoever saw the other branch, at any place", async () => {
  const { heads } = await logOf(9);
  for (let at = 0; at < 9; at++) {
    const other = await logOf(9, (entries) => {
      entries[at] = { ...entries[at], id: id(99) };
    });
    for (const seen of heads.slice(at + 1)) {
      await expect(checkLog(other.tail(0), { head: other.head, seen, sha256 })).rejects.toThrow(
        /the log forks/,
      );
    }
    for (const seen of heads.slice(0, at + 1)) {
      expect(await checkLog(other.tail(0), { head: other.head, seen, sha256 })).toEqual({ state: "good" });
    }
  }
});

test("an older log is refused after a newer one was seen", async () => {
  const { heads, tail, entries } = await logOf(5);
  const older = { ...tail(0), entries: entries.slice(0, 4) };
  await expect(checkLog(older, { head: heads[4], seen: heads[5], sha256 })).rejects.toThrow(
    /must not shrink, got 4 entries after 5/,
  );
});

test("entries that were changed, dropped, added or moved do not lead to the signed head", async () => {
  const { head, tail } = await logOf(8);
  const whole = tail(2);
  const place = fc.nat({ max: whole.entries.length - 1 });
  const changes: fc.Arbitrary<LogTail> = fc.oneof(
    fc.tuple(place, fc.nat({ max: 50 })).map(([k, n]) => ({
      ...whole,
      entries: whole.entries.with(k, { ...whole.entries[k], id: id(100 + n) }),
    })),
    fc.tuple(place, fc.integer({ min: 1, max: 9 })).map(([k, n]) => ({
      ...whole,
      entries: whole.entries.with(k, { ...whole.entries[k], atMs: whole.entries[k].atMs + n }),
    })),
    place.map((k) => ({ ...whole, entries: whole.entries.toSpliced(k, 1) })),
    place.map((k) => ({ ...whole, entries: whole.entries.toSpliced(k, 0, entry(77)) })),
    fc.constant({ ...whole, entries: whole.entries.toReversed() }),
    fc
      .integer({ min: 0, max: 9 })
      .filter((n) => n !== 2)
      .map((start) => ({ ...whole, start })),
    fc.constant({ ...whole, before: id(3) }),
  );
  await fc.assert(
    fc.asyncProperty(changes, async (tampered) => {
      await expect(checkLog(tampered, { head, seen: null, sha256 })).rejects.toThrow(
        /lead to the signed head/,
      );
    }),
  );
});

test("a tail is followed by way of the whole log where it is too short, which may be a little older or newer", async () => {
  const { heads, entries, tail } = await logOf(9);
  const [head, seen] = [heads[7], heads[2]];
  const answered = { ...tail(5), entries: entries.slice(5, 7) };
  const follow = (whole: LogTail, saw: LogHead | null = seen) =>
    followLog({ tail: answered, whole: async () => whole }, { head, seen: saw, sha256 });
  const through = entries.slice(0, 7);
  for (const end of [5, 6, 7, 8, 9]) {
    expect(await follow({ ...tail(0), entries: entries.slice(0, end) })).toEqual({
      ...tail(0),
      entries: through,
    });
  }
  expect((await follow(tail(2))).start).toBe(2);
  // Nobody asks for more than is needed.
  const never = () => Promise.reject(new Error("expected not to be asked"));
  expect(await followLog({ tail: answered, whole: never }, { head, seen: heads[5], sha256 })).toEqual(
    answered,
  );
  for (const hiding of [tail(3), { ...tail(0), entries: entries.slice(0, 4) }, answered]) {
    await expect(follow(hiding)).rejects.toThrow(/must reach back to entry 2/);
  }
  await expect(follow(tail(0), { size: 2, hash: id(1) })).rejects.toThrow(/the log forks/);
  const other = await logOf(9, (changed) => {
    changed[6] = { ...changed[6], id: id(99) };
  });
  expect((await follow(other.tail(0))).entries).toEqual(through);
});

test("only what the helper itself sends no more need not be compared: entries that do not lead to the head hide nothing", async () => {
  const { heads, head, tail } = await logOf(mostEntries + 5);
  const seen = heads[2];
  const check = { head, seen, sha256 };
  expect((await followLog({ tail: tail(5_000), whole: async () => tail(5) }, check)).start).toBe(5);
  const invented = { ...tail(5), entries: tail(5).entries.map((one) => ({ ...one, id: id(7) })) };
  await expect(followLog({ tail: tail(5_000), whole: async () => invented }, check)).rejects.toThrow(
    /lead to the signed head/,
  );
  const beside = { ...invented, start: 5_003 };
  await expect(followLog({ tail: tail(5_000), whole: async () => beside }, check)).rejects.toThrow(
    /must reach back to entry 2/,
  );
});

test("only the newest of its sort is vouched for", async () => {
  const { entries } = await logOf(9);
  requireNewest({ entries }, { kind: "task", subject: "item-factors", id: id(6) });
  requireNewest({ entries }, { kind: "edition", subject: "", id: id(8) });
  expect(() => requireNewest({ entries }, { kind: "edition", subject: "", id: id(5) })).toThrow(
    /edition must be the newest .* is an older one/,
  );
  expect(() => requireNewest({ entries }, { kind: "task", subject: "activity", id: id(6) })).toThrow(
    /task of activity must be the newest/,
  );
  expect(() => requireNewest({ entries }, { kind: "plan", subject: "", id: id(6) })).toThrow(/it never saw/);
});

test("a tail parses back, unknown keys are ignored, and what is not one is refused by name", async () => {
  const { tail } = await logOf(3);
  const text = JSON.parse(JSON.stringify(tail(1)));
  expect(
    parseLogTail({ ...text, later: 1, entries: text.entries.map((one: object) => ({ ...one, later: 1 })) }),
  ).toEqual(tail(1));
  expect(() => parseLogTail({ ...text, before: "00" })).toThrow(/^parseLogTail: before must be/);
  expect(() => parseLogTail({ ...text, entries: [{ ...text.entries[0], kind: "cake" }] })).toThrow(
    /^parseLogTail: entries\.0\.kind must be/,
  );
});
