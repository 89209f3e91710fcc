/** Features that no act tells: the device in hand, what the person said, and how they become numbers. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ageBands, factLimits } from "../../../core/facts/table.ts";
import { besideFeatures, nothingBeside } from "../../../core/profile/beside.ts";
import { deviceClasses, deviceClassOf } from "../../../core/profile/device.ts";
import { oneHotOf, ordinalOf } from "../../../core/profile/encoding.ts";

const others = [null, undefined, "", "none", 1, true, ["phone"], "constructor"];

describe("values that are no numbers", () => {
  const levels = ["low", "middle", "high"];

  test("in an order are their places, without an order one number each, and what is none of them is unknown", () => {
    expect(levels.map((level) => ordinalOf(levels, level))).toEqual([0, 1, 2]);
    expect(levels.map((level) => oneHotOf(levels, level))).toEqual([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
    for (const other of others) {
      expect(ordinalOf(levels, other)).toBeNull();
      expect(oneHotOf(levels, other)).toEqual([null, null, null]);
    }
  });
});

describe("the device in hand", () => {
  test.each(deviceClasses)("a %s is that alone, and nobody's device is none", (device) => {
    const { onPhone, onTablet, onDesktop } = besideFeatures({ device, facts: [] });
    const found = { phone: onPhone, tablet: onTablet, desktop: onDesktop };
    expect(found).toEqual({ phone: 0, tablet: 0, desktop: 0, [device]: 1 });
    expect(Object.values(besideFeatures(nothingBeside))).toEqual([null, null, null, null, null]);
  });

  test("is told by its pointer and the shorter side of its screen, however it is held", () => {
    expect([320, 412, 599, 600, 820, 1_024].map((px) => deviceClassOf("coarse", px))).toEqual([
      ...["phone", "phone", "phone", "tablet", "tablet", "tablet"],
    ]);
    expect([400, 1_080].map((px) => deviceClassOf("fine", px))).toEqual(["desktop", "desktop"]);
    for (const px of [0, -1, Number.NaN]) expect(deviceClassOf("coarse", px)).toBeNull();
    expect(deviceClassOf("none", 1_080)).toBeNull();
  });
});

describe("what a person said of themselves", () => {
  const featuresOf = (facts: Parameters<typeof besideFeatures>[0]["facts"]) =>
    besideFeatures({ device: null, facts });

  test("counts in its order: an older band and a higher tier are greater", () => {
    const bands = ageBands.map((value) => featuresOf([{ fact: "ageBand", value }]).ageBand);
    expect(bands).toEqual(ageBands.map((_, place) => place));
    const tiers = Array.from(
      { length: factLimits.tier + 1 },
      (_, value) => featuresOf([{ fact: "tier", value }]).tier,
    );
    expect(tiers).toEqual(tiers.map((_, place) => place));
  });

  test("is no feature where it is none of these, whatever another version has kept", () => {
    const kept = fc.oneof(
      fc.string(),
      fc.double(),
      fc.integer({ min: -20, max: 20 }),
      fc.boolean(),
      fc.constant(null),
      fc.array(fc.string()),
      fc.constantFrom(...ageBands),
    );
    fc.assert(
      fc.property(kept, kept, (band, tier) => {
        const found = featuresOf([
          { fact: "place", value: "DE" },
          { fact: "tier", value: tier },
          { fact: "ageBand", value: band },
        ]);
        const place = (ageBands as readonly unknown[]).indexOf(band);
        expect(found.ageBand).toBe(place < 0 ? null : place);
        const isTier = Number.isInteger(tier) && Number(tier) >= 0 && Number(tier) <= 10;
        expect(found.tier).toBe(isTier ? tier : null);
      }),
      { numRuns: 500 },
    );
  });
});
