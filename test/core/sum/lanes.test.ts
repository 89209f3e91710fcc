import { createHmac, randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { laneChoices, laneOf } from "../../../core/sum/lanes.ts";

const macOf = (secret: Uint8Array, id: Uint8Array) =>
  new Uint8Array(createHmac("sha256", secret).update(id).digest());

test("lanes are the first bits of the mac: every byte that begins one, in order", () => {
  for (const lanes of laneChoices) {
    for (let first = 0; first < 256; first++) {
      const mac = new Uint8Array(32).fill(0xff);
      mac[0] = first;
      expect(laneOf(mac, lanes)).toBe(first >> (8 - Math.log2(lanes)));
    }
  }
});

test("lanes fill evenly, whatever the ids are: numbered ones, and one bit apart", () => {
  const secret = randomBytes(32);
  for (const lanes of [2, 8, 64] as const) {
    const counts = new Float64Array(lanes);
    const count = 500 * lanes;
    for (let k = 0; k < count; k++) {
      const id = new Uint8Array(16);
      new DataView(id.buffer).setUint32(12, k);
      counts[laneOf(macOf(secret, id), lanes)]++;
    }
    const chiSquare = counts.reduce((sum, cell) => sum + (cell - 500) ** 2 / 500, 0);
    // Wilson-Hilferty: 5 standard deviations above the mean of a chi-square of lanes - 1 degrees of freedom.
    const freedom = lanes - 1;
    const limit = freedom * (1 - 2 / (9 * freedom) + 5 * Math.sqrt(2 / (9 * freedom))) ** 3;
    expect(chiSquare, `${lanes} lanes`).toBeLessThan(limit);
  }
});

test("a lane depends on report and secret alone: not on what came before, and under another secret on chance", () => {
  const ids = Array.from({ length: 400 }, () => randomBytes(16));
  const [one, other] = [randomBytes(32), randomBytes(32)];
  const lanes = ids.map((id) => laneOf(macOf(one, id), 16));
  const backwards = ids.toReversed().map((id) => laneOf(macOf(one, id), 16));
  expect(backwards.toReversed()).toEqual(lanes);
  const same = ids.filter((id, k) => laneOf(macOf(other, id), 16) === lanes[k]).length;
  // Binomial of 400 and 1/16: 25 in the mean, standard deviation 4.8.
  expect(same).toBeGreaterThan(0);
  expect(same).toBeLessThan(55);
});

test("what is no HMAC-SHA256 is refused", () => {
  expect(() => laneOf(new Uint8Array(20), 4)).toThrow("laneOf: mac must have 32 bytes, got 20");
});
