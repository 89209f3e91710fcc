import fc from "fast-check";
import { expect, test } from "vitest";
import { toHex } from "../../../core/bytes.ts";
import { modulus } from "../../../core/sum/field.ts";
import {
  type BatchName,
  type ChunkRequest,
  chunkVerdicts,
  encodeChunkAnswer,
  encodeChunkRequest,
  encodeCloseAnswer,
  encodeCloseRequest,
  mostInChunk,
  parseChunkAnswer,
  parseChunkRequest,
  parseCloseAnswer,
  parseCloseRequest,
} from "../../../core/wire/sums.ts";

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const u32 = fc.integer({ min: 0, max: 0xffffffff });
const anyBytes = fc.uint8Array({ maxLength: 200 });
const names: fc.Arbitrary<BatchName> = fc.record({
  batch: bytes(16),
  task: bytes(32).map(toHex),
  block: u32,
  lane: u32,
  number: u32,
});
const offered = fc.record({
  id: bytes(16),
  helperKey: fc.integer({ min: 0, max: 255 }),
  helperSeed: anyBytes,
  token: anyBytes,
});
const chunks: fc.Arbitrary<ChunkRequest> = fc
  .tuple(names, u32, fc.array(offered, { minLength: 1, maxLength: 20 }))
  .map(([name, chunk, reports]) => ({ ...name, chunk, reports }));
const closings = fc
  .tuple(names, u32, u32, bytes(32))
  .map(([name, chunkCount, counted, laneSecret]) => ({ ...name, chunks: chunkCount, counted, laneSecret }));
const elements = fc
  .array(fc.integer({ min: 0, max: modulus - 1 }), { maxLength: 50 })
  .map((values) => Uint32Array.from(values));

test("what leader and helper say to each other parses back to what was encoded", () => {
  const verdicts = fc.array(fc.constantFrom(...chunkVerdicts), { maxLength: mostInChunk });
  fc.assert(
    fc.property(
      chunks,
      closings,
      bytes(16),
      u32,
      verdicts,
      elements,
      (chunk, closing, batch, n, list, sum) => {
        expect(parseChunkRequest(encodeChunkRequest(chunk))).toEqual(chunk);
        expect(parseCloseRequest(encodeCloseRequest(closing))).toEqual(closing);
        const answer = { batch, chunk: n, verdicts: list };
        expect(parseChunkAnswer(encodeChunkAnswer(answer))).toEqual(answer);
        const closed = { batch, counted: n, sum };
        expect(parseCloseAnswer(encodeCloseAnswer(closed))).toEqual(closed);
      },
    ),
  );
});

test("a chunk has 1 to 256 reports", () => {
  const [chunk] = fc.sample(chunks, { numRuns: 1, seed: 2 });
  const of = (count: number) => ({ ...chunk, reports: Array(count).fill(chunk.reports[0]) });
  expect(parseChunkRequest(encodeChunkRequest(of(256))).reports).toHaveLength(256);
  for (const count of [0, 257]) {
    expect(() => parseChunkRequest(encodeChunkRequest(of(count)))).toThrow(
      `parseChunkRequest: expected 1 to 256 reports, got ${count}`,
    );
  }
});

test("no message passes as another, shortened or lengthened, nor with a verdict that there is not", () => {
  const [chunk] = fc.sample(chunks, { numRuns: 1, seed: 3 });
  const [closing] = fc.sample(closings, { numRuns: 1, seed: 3 });
  const messages = [
    { encoded: encodeChunkRequest(chunk), parse: parseChunkRequest },
    {
      encoded: encodeChunkAnswer({ batch: chunk.batch, chunk: 1, verdicts: ["counted"] }),
      parse: parseChunkAnswer,
    },
    { encoded: encodeCloseRequest(closing), parse: parseCloseRequest },
    {
      encoded: encodeCloseAnswer({ batch: chunk.batch, counted: 3, sum: Uint32Array.of(1) }),
      parse: parseCloseAnswer,
    },
  ];
  for (const { encoded, parse } of messages) {
    for (const other of messages) {
      if (other.encoded !== encoded) expect(() => parse(other.encoded)).toThrow("expected magic");
    }
    for (let length = 0; length < encoded.length; length++) {
      expect(() => parse(encoded.subarray(0, length))).toThrow(RangeError);
    }
    expect(() => parse(Uint8Array.of(...encoded, 0))).toThrow(RangeError);
    const older = Uint8Array.from(encoded);
    older[4] = 2;
    expect(() => parse(older)).toThrow("expected version 3, got 2");
  }
  const odd = encodeChunkAnswer({ batch: chunk.batch, chunk: 1, verdicts: ["counted"] });
  odd[odd.length - 1] = chunkVerdicts.length;
  expect(() => parseChunkAnswer(odd)).toThrow("parseChunkAnswer: expected a verdict, got 5");
});
