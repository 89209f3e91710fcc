/** Why the rows of a device's decision matrix (matrix.ts) say what they do: for who reads it, not for what ranks. */
import type { RowInWords } from "./decide.ts";
import { type DeviceChoice, type DeviceFact, type DeviceRowName, deviceRows } from "./matrix.ts";

export const deviceWhy: Readonly<Record<DeviceRowName, string>> = {
  said: "the person said what they like: it ranks, and what many want counts beside it",
  "first-likes": "one or two products are liked: what many want counts beside them",
  "few-likes": "few products are liked: what many want counts where it is not known what is wanted lately",
  "some-likes": "some products are liked: what many want counts a little",
  "many-likes": "enough is liked to rank by it alone",
};

export const deviceRowsInWords: readonly RowInWords<DeviceFact, DeviceChoice>[] = deviceRows.map((row) => {
  return { ...row, why: deviceWhy[row.name] };
});
