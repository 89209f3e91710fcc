import fc from "fast-check";
import { expect, test } from "vitest";
import { timeOf } from "../../../server/publishing/input/times.ts";

const noon = Date.UTC(2024, 1, 29, 12);

test.each([
  ["2024-02-29T12:00:00Z", noon],
  ["2024-02-29T12:00Z", noon],
  ["2024-02-29 12:00:00", noon],
  ["2024-02-29T12:00:00.000+00:00", noon],
  ["2024-02-29T13:00+0100", noon],
  ["2024-02-29 07:00:00 -05", noon],
  ["2024-02-29T12:00:00,5Z", noon + 500],
  ["2024-02-29", noon - 43_200_000],
  [String(noon / 60_000), noon],
  [String(noon / 1_000), noon],
  [`${noon / 1_000}.25`, noon + 250],
  [String(noon), noon],
  [`${noon}000`, noon],
  ["2024-02-30", null],
  ["2023-02-29T12:00Z", null],
  ["2024-13-01", null],
  ["2024-02-29T25:00Z", null],
  ["29/02/2024", null],
  ["yesterday", null],
  ["-5", null],
  ["", null],
])("%j is %j", (text, ms) => {
  expect(timeOf(text)).toBe(ms);
});

test("a time is read back in every unit and zone that it can be written in", () => {
  const time = fc.date({
    min: new Date(Date.UTC(1980, 0)),
    max: new Date(Date.UTC(2100, 0)),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(time, fc.integer({ min: -14 * 60, max: 14 * 60 }), (date, zone) => {
      const ms = date.getTime();
      const local = new Date(ms + zone * 60_000).toISOString().slice(0, -1);
      const two = (value: number): string => String(Math.floor(Math.abs(value))).padStart(2, "0");
      const offset = `${zone < 0 ? "-" : "+"}${two(zone / 60)}:${two(zone % 60)}`;
      expect(timeOf(local + offset)).toBe(ms);
      expect(timeOf(local + offset.replace(":", ""))).toBe(ms);
      expect(timeOf(String(ms / 1_000))).toBeCloseTo(ms, 3);
      expect(timeOf(String(ms))).toBe(ms);
    }),
  );
});
