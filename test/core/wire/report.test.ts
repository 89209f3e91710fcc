import fc from "fast-check";
import { expect, test } from "vitest";
import { toHex } from "../../../core/bytes.ts";
import { contributionLayout } from "../../../core/tasks/itemfactors/contribution.ts";
import { sealedOverheadBytes, tokenBytes } from "../../../core/wire/protocol.ts";
import {
  encodeReport,
  mostSums,
  parseReport,
  parseReportAnswer,
  type Report,
  refusals,
  reportBytes,
  sealedAad,
} from "../../../core/wire/report.ts";

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const anyBytes = fc.uint8Array({ maxLength: 300 });
const keyId = fc.integer({ min: 0, max: 255 });
const sums = fc.uniqueArray(
  fc.record({
    task: bytes(32).map(toHex),
    block: fc.integer({ min: 0, max: 0xffffffff }),
    leaderShare: anyBytes,
    helperSeed: anyBytes,
  }),
  { minLength: 1, maxLength: mostSums, selector: ({ task }) => task },
);
const reports: fc.Arbitrary<Report> = fc.record({
  id: bytes(16),
  leaderKey: keyId,
  helperKey: keyId,
  sums,
  token: anyBytes,
});
const sample = (seed: number) => fc.sample(reports, { numRuns: 1, seed })[0];

test("a report parses back to what was encoded, whatever its sums", () => {
  fc.assert(
    fc.property(reports, (report) => {
      expect(parseReport(encodeReport(report))).toEqual(report);
    }),
  );
});

test("every truncation of a report, and every longer one, is refused by name and place", () => {
  const whole = encodeReport(sample(4));
  for (let length = 0; length < whole.length; length++) {
    expect(() => parseReport(whole.subarray(0, length))).toThrow(
      /^parseReport: expected \d+ bytes of .* at byte \d+, got \d+/,
    );
  }
  const longer = new Uint8Array(whole.length + 3);
  longer.set(whole);
  expect(() => parseReport(longer)).toThrow("expected the end after");
});

test("a report of another version or magic is refused, one of protocol 2 among them", () => {
  const report = encodeReport(sample(5));
  report[4] = 2;
  expect(() => parseReport(report)).toThrow("parseReport: expected version 3, got 2");
  report[0] = 0;
  expect(() => parseReport(report)).toThrow('parseReport: expected magic "TCTR"');
});

test("a report without a sum, with more than may be, or with two of one task is refused", () => {
  const report = sample(6);
  const [sum] = report.sums;
  const refuse = (others: Report["sums"], message: string) =>
    expect(() => parseReport(encodeReport({ ...report, sums: others }))).toThrow(message);
  refuse([], "parseReport: expected 1 to 16 sums, got 0");
  refuse(
    Array.from({ length: 17 }, (_, k) => ({ ...sum, task: toHex(new Uint8Array(32).fill(k)) })),
    "parseReport: expected 1 to 16 sums, got 17",
  );
  refuse([sum, { ...sum, block: 9 }], "parseReport: expected each sum to be of another task, got one twice");
});

test("the size of a report is what reportBytes says, and at most 150,000 bytes at d = 32", () => {
  const { length } = contributionLayout({ dim: 32, blockSize: 1024 });
  const sized = (of: number) => ({
    ...{ task: toHex(new Uint8Array(32).fill(of % 251)), block: 1 },
    leaderShare: new Uint8Array(4 * of + sealedOverheadBytes),
    helperSeed: new Uint8Array(32 + sealedOverheadBytes),
  });
  for (const token of [true, false]) {
    for (const lengths of [[length], [length, 40], [7, 8, 9]]) {
      const report = {
        ...sample(7),
        sums: lengths.map(sized),
        token: new Uint8Array(token ? tokenBytes : 0),
      };
      expect(encodeReport(report).length).toBe(reportBytes(lengths, { token }));
    }
    expect(reportBytes([length], { token })).toBeLessThanOrEqual(150_000);
  }
});

test("what a seal binds differs with task, block and report", () => {
  const sum = { task: "5a".repeat(32), block: 1, id: new Uint8Array(16).fill(3) };
  const bound = [
    sum,
    { ...sum, task: "5b".repeat(32) },
    { ...sum, block: 256 },
    { ...sum, id: new Uint8Array(16).fill(4) },
  ].map((one) => toHex(sealedAad(one)));
  expect(new Set(bound).size).toBe(4);
});

test("an answer parses back, keys of the future left out, and anything else is refused", () => {
  const task = fc.constantFrom("5a".repeat(32), "5b".repeat(32));
  const refused = fc.record({
    state: fc.constant("refused" as const),
    why: fc.constantFrom(...refusals),
    detail: fc.string(),
  });
  const outcome = fc.oneof(
    fc.record({ task, state: fc.constantFrom("accepted" as const, "duplicate" as const) }),
    fc.tuple(task, refused).map(([id, rest]) => ({ task: id, ...rest })),
  );
  const answers = fc.oneof(
    refused,
    fc.record({ state: fc.constant("answered" as const), sums: fc.array(outcome) }),
  );
  fc.assert(
    fc.property(answers, (answer) => {
      expect(parseReportAnswer(JSON.parse(JSON.stringify({ ...answer, later: 1 })))).toEqual(answer);
    }),
  );
  // What protocol 2 answered.
  expect(() => parseReportAnswer({ state: "accepted" })).toThrow("parseReportAnswer:");
  expect(() => parseReportAnswer({ state: "refused", why: "mood", detail: "" })).toThrow(
    "parseReportAnswer:",
  );
});
