import { createCipheriv, randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { addInto, fromField, modulus, subtractFrom, toField } from "../../../core/sum/field.ts";
import { addMaskInto, joinShares, keystreamBytes, maskFrom, splitShares } from "../../../core/sum/share.ts";

const half = (modulus - 1) / 2;
const integers = fc
  .array(fc.integer({ min: -half, max: half }), { minLength: 1, maxLength: 40 })
  .map((values) => Int32Array.from(values));
const randomMask = (count: number) => maskFrom(randomBytes(keystreamBytes(count)), count);

test("signed integers survive the field, and what is too large is refused", () => {
  fc.assert(
    fc.property(integers, (values) => {
      expect([...fromField(toField(values))]).toEqual([...values]);
    }),
  );
  expect(() => toField(Int32Array.of(half + 1))).toThrow(`toField: integers must be within ±${half}`);
});

test("the sum of shares is the sum of the integers, exactly", () => {
  const people = fc.integer({ min: 1, max: 30 }).chain((length) =>
    fc.array(
      fc
        .array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { minLength: length, maxLength: length })
        .map((values) => Int32Array.from(values)),
      { minLength: 1, maxLength: 50 },
    ),
  );
  fc.assert(
    fc.property(people, (contributions) => {
      const length = contributions[0].length;
      const leader = new Uint32Array(length);
      const helper = new Uint32Array(length);
      const plain = new Float64Array(length);
      for (const values of contributions) {
        const mask = randomMask(length);
        addInto(leader, splitShares(toField(values), mask));
        addInto(helper, mask);
        for (let k = 0; k < length; k++) plain[k] += values[k];
      }
      expect([...fromField(joinShares(leader, helper))]).toEqual([...plain]);
    }),
  );
});

test("one share says nothing: the leader's share of extreme vectors is uniform over the field", () => {
  // Chi-square over 64 equal cells; 103.4 is the 0.1 % point at 63 degrees of freedom (with room: 120).
  for (const extreme of [0, 1, -1, half, -half]) {
    const cells = new Float64Array(64);
    const count = 64_000;
    const share = splitShares(toField(new Int32Array(count).fill(extreme)), randomMask(count));
    for (const value of share) cells[Math.floor((value / modulus) * 64)]++;
    const chiSquare = cells.reduce((sum, cell) => sum + (cell - 1000) ** 2 / 1000, 0);
    expect(chiSquare, `shares of ${extreme}`).toBeLessThan(120);
  }
});

test("two splits of one vector differ, and neither repeats the vector", () => {
  const values = toField(Int32Array.from({ length: 100 }, (_, k) => k * 7919));
  const first = splitShares(values, randomMask(100));
  const second = splitShares(values, randomMask(100));
  expect(first).not.toEqual(second);
  expect(first).not.toEqual(values);
});

test("numbers outside the field are skipped, in order, and running out is an error", () => {
  const stream = new Uint8Array(Uint32Array.of(5, modulus, 0xffffffff, modulus - 1, 7).buffer);
  expect([...maskFrom(stream, 3)]).toEqual([5, modulus - 1, 7]);
  expect(() => maskFrom(stream, 4)).toThrow("maskFrom: expected 4 field elements, got 3");
});

test("a keystream has spare numbers: running out of them is less likely than 2^-64, for any length", () => {
  for (const count of [1, 40, 1000, 4096, 34_321, 200_000]) {
    const numbers = keystreamBytes(count) / 4;
    expect(Number.isInteger(numbers)).toBe(true);
    // Each of `numbers` is skipped with probability 2^-12; more skips than spare ones is running out. Poisson
    // tail with the mean m: P(X >= s) <= e^-m (e m / s)^s.
    const mean = numbers / 4096;
    const skips = numbers - count + 1;
    const logTail = -mean + skips * (1 + Math.log(mean / skips));
    expect(logTail / Math.LN2, `${count} numbers`).toBeLessThan(-64);
    // And the spare is small: below 1 % and 40 numbers.
    expect(numbers).toBeLessThan(count * 1.01 + 40);
  }
});

test("a mask is the same from WebCrypto and from node:crypto", async () => {
  const seed = randomBytes(32);
  // An initial counter close to wrapping, so that the whole 128 bits must count.
  seed.fill(0xff, 16);
  const bytes = keystreamBytes(5000);
  const key = await crypto.subtle.importKey("raw", seed.subarray(0, 16), "AES-CTR", false, ["encrypt"]);
  const web = await crypto.subtle.encrypt(
    { name: "AES-CTR", counter: seed.subarray(16), length: 128 },
    key,
    new Uint8Array(bytes),
  );
  const node = createCipheriv("aes-128-ctr", seed.subarray(0, 16), seed.subarray(16)).update(
    new Uint8Array(bytes),
  );
  expect(maskFrom(new Uint8Array(web), 5000)).toEqual(maskFrom(node, 5000));
});

/** Elements near every edge of 32 bits and of the field, and between. */
const element = fc.oneof(
  fc.constantFrom(0, 1, 2 ** 20 - 2, 2 ** 20 - 1, 2 ** 20, half - 1, half, half + 1, 2 ** 31 - 1, 2 ** 31),
  fc.constantFrom(2 ** 31 + 1, modulus - 2, modulus - 1),
  fc.integer({ min: 0, max: modulus - 1 }),
);
const pairs = fc.array(fc.tuple(element, element), { minLength: 1, maxLength: 50 });

test("addition and subtraction by bits are those of the integers modulo q", () => {
  fc.assert(
    fc.property(pairs, (list) => {
      const a = Uint32Array.from(list, ([first]) => first);
      const b = Uint32Array.from(list, ([, second]) => second);
      const sum = Uint32Array.from(a);
      addInto(sum, b);
      expect([...sum]).toEqual(list.map(([first, second]) => (first + second) % modulus));
      const difference = Uint32Array.from(a);
      subtractFrom(difference, b);
      expect([...difference]).toEqual(list.map(([first, second]) => (first - second + modulus) % modulus));
    }),
    { numRuns: 2000 },
  );
});

test("a mask added straight from its keystream is the mask added, wherever the bytes stand and whatever is skipped", () => {
  // Of random numbers one in 4,096 is skipped; here a third is.
  const number = fc.oneof(element, element, fc.integer({ min: modulus, max: 0xffffffff }));
  const keystreams = fc.array(number, { minLength: 60, maxLength: 60 });
  fc.assert(
    fc.property(keystreams, pairs, fc.nat(3), (numbers, list, offset) => {
      const bytes = new Uint8Array(240 + offset);
      for (const [at, value] of numbers.entries())
        new DataView(bytes.buffer).setUint32(offset + 4 * at, value, true);
      const keystream = bytes.subarray(offset);
      const count = Math.min(list.length, numbers.filter((value) => value < modulus).length);
      const sum = Uint32Array.from(list.slice(0, count), ([first]) => first);
      const expected = Uint32Array.from(sum);
      addInto(expected, maskFrom(keystream, count));
      addMaskInto(sum, keystream);
      expect(sum).toEqual(expected);
      expect(() => addMaskInto(new Uint32Array(61), keystream)).toThrow(RangeError);
    }),
  );
});
