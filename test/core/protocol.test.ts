import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { toHex } from "../../core/bytes.ts";
import { parseTask, rhoOf, type Task, taskIdOf, vectorLengthOf } from "../../core/tasks/task.ts";
import {
  encodeReport,
  encodeSumAnswer,
  encodeSumRequest,
  parseReport,
  parseSumAnswer,
  parseSumRequest,
  parseTasksAnswer,
  type Report,
  reportBytes,
  sealedOverheadBytes,
  tokenBytes,
} from "../../core/wire/protocol.ts";

const task: Task = {
  kind: "item-factors",
  bundle: "ab".repeat(32),
  round: 3,
  items: 3659,
  dim: 32,
  blockSize: 915,
  alpha0: 0.3,
  lambda: 0.003,
  clipL2: 1.5,
  countScale: 0.1,
  weightScale: 0.25,
  fractionBits: 15,
  minBatch: 50,
  maxBatch: 20_000,
  noiseMultiplier: 2,
  buckets: 4,
  tokenKey: null,
  expiresAtMs: 1_800_000_000_000,
};
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const hexId = bytes(32).map(toHex);
const anyBytes = fc.uint8Array({ maxLength: 300 });
const keyId = fc.integer({ min: 0, max: 255 });
const reports: fc.Arbitrary<Report> = fc.record({
  task: hexId,
  id: bytes(16),
  block: fc.integer({ min: 0, max: 0xffffffff }),
  leaderKey: keyId,
  helperKey: keyId,
  leaderShare: anyBytes,
  helperSeed: anyBytes,
  token: anyBytes,
});
const sha256 = async (data: Uint8Array) => new Uint8Array(createHash("sha256").update(data).digest());

test("a report parses back to what was encoded, whatever its parts", () => {
  fc.assert(
    fc.property(reports, (report) => {
      expect(parseReport(encodeReport(report))).toEqual(report);
    }),
  );
});

test("every truncation of a report, and every longer one, is refused by name and place", () => {
  const whole = encodeReport(fc.sample(reports, { numRuns: 1, seed: 4 })[0]);
  for (let length = 0; length < whole.length; length++) {
    expect(() => parseReport(whole.subarray(0, length))).toThrow(
      /^parseReport: expected \d+ bytes of .* at byte \d+, got \d+/,
    );
  }
  const longer = new Uint8Array(whole.length + 3);
  longer.set(whole);
  expect(() => parseReport(longer)).toThrow("expected the end after");
});

test("a report of another version or magic is refused", () => {
  const report = encodeReport(fc.sample(reports, { numRuns: 1, seed: 5 })[0]);
  report[4] = 9;
  expect(() => parseReport(report)).toThrow("parseReport: expected version 2, got 9");
  report[0] = 0;
  expect(() => parseReport(report)).toThrow('parseReport: expected magic "TCTR"');
});

test("the size of a report is what reportBytes says, and at most 150,000 bytes at d = 32", () => {
  const length = vectorLengthOf({ ...task, blockSize: 1024 });
  const report = fc.sample(reports, { numRuns: 1, seed: 6 })[0];
  for (const token of [true, false]) {
    const sized = {
      ...report,
      leaderShare: new Uint8Array(4 * length + sealedOverheadBytes),
      helperSeed: new Uint8Array(32 + sealedOverheadBytes),
      token: new Uint8Array(token ? tokenBytes : 0),
    };
    expect(encodeReport(sized).length).toBe(reportBytes(length, { token }));
    expect(reportBytes(length, { token })).toBeLessThanOrEqual(150_000);
  }
});

test("sum requests and answers parse back to what was encoded", () => {
  const entries = fc.array(
    fc.record({ id: bytes(16), helperKey: keyId, helperSeed: anyBytes, token: anyBytes }),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(bytes(16), hexId, fc.nat(), entries, (batch, task, block, list) => {
      const request = { batch, task, block, reports: list };
      expect(parseSumRequest(encodeSumRequest(request))).toEqual(request);
      const answer = {
        batch,
        counted: list.map(({ helperKey }) => helperKey > 99),
        sums: list.map((_, bucket) => Uint32Array.of(block, 4_293_918_720, bucket)),
      };
      expect(parseSumAnswer(encodeSumAnswer(answer))).toEqual(answer);
    }),
  );
});

test("a task's id changes with every field, and not with the order of its keys", async () => {
  const id = await taskIdOf(task, sha256);
  const reversed = Object.fromEntries(Object.entries(task).reverse());
  expect(await taskIdOf(parseTask(reversed), sha256)).toBe(id);
  const ids = new Set([id]);
  for (const [key, value] of Object.entries(task)) {
    if (typeof value === "number") ids.add(await taskIdOf({ ...task, [key]: value + 1 }, sha256));
  }
  ids.add(await taskIdOf({ ...task, bundle: "cd".repeat(32) }, sha256));
  ids.add(await taskIdOf({ ...task, tokenKey: "cd".repeat(32) }, sha256));
  expect(ids.size).toBe(Object.keys(task).length);
});

test("a task with an unknown key, a missing field or a sum that can wrap is refused by name", () => {
  expect(() => parseTask({ ...task, colour: "red" })).toThrow("parseTask: colour is not a known key");
  expect(() => parseTask({ ...task, minBatch: 0 })).toThrow(/parseTask: minBatch must be .*1.*, got 0/);
  expect(() => parseTask({ ...task, maxBatch: 49 })).toThrow(
    "parseTask: maxBatch must be at least minBatch 50, got 49",
  );
  expect(() => parseTask({ ...task, maxBatch: 50_000 })).toThrow(
    /maxBatch must be at most \d+ so that no sum wraps, got 50000/,
  );
  const { dim: _, ...withoutDim } = task;
  expect(() => parseTask(withoutDim)).toThrow(/parseTask: dim must be .*, got undefined/);
});

test("the cost of a report is sensitivity^2 / (2 sigma^2), the weight counted in the sensitivity", () => {
  expect(rhoOf(task)).toBeCloseTo((1.5 ** 2 + 0.25 ** 2) / (2 * 3 ** 2), 12);
  expect(rhoOf({ ...task, noiseMultiplier: 0 })).toBe(Number.POSITIVE_INFINITY);
});

test("a tasks answer parses back, and one of another version or with anything unsigned is refused", () => {
  const signed = { document: '{"a":1}', signature: "0f".repeat(64) };
  const identity = "ab".repeat(32);
  const answer = {
    version: 2,
    leader: signed,
    helper: signed,
    tasks: [signed],
    identities: { leader: identity, helper: identity },
  };
  expect(parseTasksAnswer(JSON.parse(JSON.stringify(answer)))).toEqual(answer);
  expect(() => parseTasksAnswer({ ...answer, version: 1 })).toThrow(
    /parseTasksAnswer: version must be 2.*, got 1/,
  );
  expect(() => parseTasksAnswer({ ...answer, tasks: [task] })).toThrow(/^parseTasksAnswer: tasks\.0\./);
  expect(() => parseTasksAnswer({ ...answer, leader: { ...signed, signature: "0f" } })).toThrow(
    /parseTasksAnswer: leader\.signature/,
  );
});
