import { describe, expect, test } from "vitest";
import { boundMs, type Seen, WalkModel } from "./model.ts";

const ahead = { page: 1, atMs: 1_000, isAhead: true };
const room = { database: true, localStorage: true, page: 1 };
const went = { page: 1, writesBack: true };
const taken = { storage: "database", page: 1, byMs: 0 } as const;

/** What a page shows where nothing was said or sent. */
function seen(change: Partial<Seen> = {}): Seen {
  const nothing = {
    atMs: 5_000,
    page: 2,
    personalise: true,
    because: "default",
    storage: "device",
    isReading: true,
    spent: 0,
  } as const;
  return { ...nothing, serials: [], sums: [], ...change };
}

/** Contradictions after what `happens`, without the step they were found at. */
function found(happens: (model: WalkModel) => void): readonly string[] {
  const model = new WalkModel();
  happens(model);
  return model.account().contradictions.map((line) => line.replace(/^step \w+: /, ""));
}

describe("the model of a walk", () => {
  test("misses what was tracked as long before the page went as the bound, and nothing younger", () => {
    const after = (ageMs: number) =>
      found((model) => {
        model.tracked("s", ahead);
        model.pageWent("t", { ...went, atMs: ahead.atMs + ageMs });
        model.compare(seen(), "u");
      });
    expect(after(boundMs)).toEqual([`event 1 is lost: t, after ${boundMs} ms`]);
    expect(after(boundMs - 1)).toEqual([]);
  });

  test("what went with its page is told with its age, what went with its storage is not", () => {
    const model = new WalkModel();
    model.tracked("s", ahead);
    model.pageWent("t", { ...went, atMs: ahead.atMs + 30 });
    model.compare(seen(), "u");
    expect(model.account().lost).toMatchObject([{ serial: 1, ageMs: 30, isAhead: true }]);
    model.storageTaken("v", taken);
    expect(model.account().lost).toEqual([]);
  });

  test("what is in a storage that goes by a time is sure once it is seen there after that time", () => {
    const after = (atMs: number) =>
      found((model) => {
        model.storageTaken("s", { ...taken, byMs: 2_000 });
        model.tracked("t", ahead);
        model.compare(seen({ serials: [1], atMs }), "u");
        model.compare(seen({ atMs: 9_000 }), "v");
      });
    expect(after(1_999)).toEqual([]);
    expect(after(2_000)).toEqual(["event 1 is lost: seen at u"]);
    const later = (model: WalkModel): void => {
      model.storageTaken("s", { ...taken, byMs: 2_000 });
      model.tracked("t", { ...ahead, atMs: 2_000 });
      model.compare(seen(), "u");
    };
    expect(found(later)).toEqual(["event 1 is lost: t"]);
  });

  test("a choice said where nothing could keep it is nobody's, until the next one", () => {
    const after = (isKept: boolean, next: (model: WalkModel) => void = () => undefined) =>
      found((model) => {
        model.optedOut("s", { ...room, database: isKept, localStorage: false });
        next(model);
        model.compare(seen(), "t");
        model.tracked("u", ahead);
        model.compare(seen({ serials: [1] }), "v");
        model.compare(seen(), "w");
      });
    expect(after(false)).toEqual([]);
    const wrong = "the person said no, the page says true because default";
    expect(after(true)).toEqual([wrong, `event 1 is there, tracked against a "no"`, wrong, wrong]);
    expect(after(false, (model) => model.optedOut("s", room))).toEqual(after(true));
  });

  test("without localStorage an event is sure once it was seen on the device, not before", () => {
    const after = (look: Partial<Seen> | null) =>
      found((model) => {
        model.tracked("s", { ...ahead, isAhead: false });
        if (look !== null) model.compare(seen(look), "t");
        model.pageWent("u", { ...went, atMs: ahead.atMs + 1_000 });
        model.compare(seen(), "v");
      });
    expect(after(null)).toEqual([]);
    expect(after({ serials: [1], storage: "memory" })).toEqual([]);
    expect(after({ serials: [1] })).toEqual(["event 1 is lost: seen at t"]);
  });

  test("a page that reads no localStorage need not have what waits there; the next one must", () => {
    const happens = (isReading: boolean) =>
      found((model) => {
        model.tracked("s", ahead);
        model.pageWent("t", { ...went, atMs: ahead.atMs + boundMs });
        model.compare(seen({ isReading: false }), "u");
        model.compare(seen({ isReading }), "v");
      });
    expect(happens(false)).toEqual([]);
    expect(happens(true)).toEqual([`event 1 is lost: t, after ${boundMs} ms`]);
  });

  test("a journal in memory need not have what is on the device", () => {
    const happens = (storage: Seen["storage"]) =>
      found((model) => {
        model.tracked("s", ahead);
        model.compare(seen({ storage }), "t");
      });
    expect(happens("memory")).toEqual([]);
    expect(happens("device")).toEqual(["event 1 is lost: s"]);
  });

  test("what is there twice, erased, or tracked against a no is a contradiction wherever it is", () => {
    for (const storage of ["device", "memory"] as const) {
      const no = { personalise: false, because: "person" };
      const events = (serials: readonly number[], more: Partial<Seen> = {}) =>
        seen({ storage, serials, ...more });
      const twice = found((model) => {
        model.tracked("s", ahead);
        model.compare(events([1, 1]), "t");
      });
      const erased = found((model) => {
        model.tracked("s", ahead);
        model.erased("e");
        model.compare(events([1]), "t");
      });
      const unwanted = found((model) => {
        model.optedOut("o", room);
        model.tracked("s", ahead);
        model.compare(events([1], no), "t");
      });
      expect({ twice, erased, unwanted }).toEqual({
        twice: ["event 1 is there 2 times"],
        erased: ["event 1 is there, erased by e"],
        unwanted: ['event 1 is there, tracked against a "no"'],
      });
    }
  });

  test("a no that a page does not know of, or takes for the site's, is forgotten", () => {
    const after = (look: Partial<Seen>) =>
      found((model) => {
        model.optedOut("s", room);
        model.compare(seen(look), "t");
      });
    expect(after({ personalise: false, because: "person" })).toEqual([]);
    expect(after({ personalise: true, because: "default" })).toHaveLength(1);
    expect(after({ personalise: false, because: "site" })).toHaveLength(1);
  });

  test("budget is bought when what was spent falls, or a task has a second report", () => {
    const spending = (...spent: readonly (number | null)[]) =>
      found((model) => {
        for (const cost of spent) model.compare(seen({ spent: cost }), "s");
      });
    expect(spending(0, 0.3, 0.3, 0.7, null)).toEqual([]);
    expect(spending(0.7, 0.3)).toEqual(["spent fell from 0.7 to 0.3"]);
    expect(spending(null, 0.7)).toEqual(["spent fell from Infinity to 0.7"]);
    const reports = found((model) => {
      model.sent({ report: "a", task: "x" }, "s");
      model.sent({ report: "a", task: "y" }, "s");
      model.compare(seen({ sums: [{ report: "b", task: "y" }] }), "t");
    });
    expect(reports).toEqual(["task y has reports a and b"]);
  });
});
