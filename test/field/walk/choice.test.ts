import { describe, expect, test } from "vitest";
import { type StorageName, WalkChoice } from "./choice.ts";

const room = { database: true, localStorage: true, page: 1 };
const known = {
  atMs: 5_000,
  personalise: false,
  because: "person",
  storage: "device",
  isReading: true,
} as const;
const forgotten = { personalise: true, because: "default" };

/** Whether it is a contradiction that a page has forgotten a "no", after what `happens`. */
function mustKnow(happens: (choice: WalkChoice) => void): boolean {
  const choice = new WalkChoice();
  choice.chose("no", room);
  happens(choice);
  return !choice.isKnownTo(forgotten);
}

const take = (choice: WalkChoice, storage: StorageName, page = 1) => choice.taken({ storage, page, byMs: 0 });

describe("a choice", () => {
  test("must outlive either storage, whatever becomes of the page", () => {
    for (const storage of ["database", "localStorage"] as const) {
      const after = mustKnow((choice) => {
        choice.compared({ ...known, page: 1 });
        take(choice, storage);
        choice.pageWent(false);
      });
      expect({ storage, after }).toEqual({ storage, after: true });
    }
  });

  test("that both may lack must outlive the page where it can write to localStorage when it is left", () => {
    const after = (writesBack: boolean) =>
      mustKnow((choice) => {
        choice.compared({ ...known, page: 1 });
        take(choice, "database");
        take(choice, "localStorage");
        choice.compared({ ...known, page: 1 });
        choice.pageWent(writesBack);
      });
    expect([after(true), after(false)]).toEqual([true, false]);
  });

  test("is in a storage again once a later page shows it: from there on losing the other forgets nothing", () => {
    const after = (page: number) =>
      mustKnow((choice) => {
        choice.compared({ ...known, page: 1 });
        take(choice, "localStorage");
        choice.compared({ ...known, page });
        take(choice, "database", page);
        choice.pageWent(false);
      });
    expect([after(1), after(2)]).toEqual([false, true]);
  });

  test("is in the database once a page shows it with a journal on the device, after all that is to go has gone", () => {
    const after = (shown: Partial<typeof known> | { readonly storage: "memory" }, byMs = 0) =>
      mustKnow((choice) => {
        if (byMs > 0) {
          choice.taken({ storage: "database", page: 0, byMs });
          choice.chose("yes", room);
          choice.chose("no", room);
        }
        choice.compared({ ...known, ...shown, page: 1 });
        take(choice, "localStorage");
        choice.pageWent(false);
      });
    expect(after({})).toBe(true);
    expect(after({ storage: "memory" })).toBe(false);
    expect([after({}, 5_000), after({}, 5_001)]).toEqual([true, false]);
  });

  test("that the page had no room for is in localStorage once a later page shows it that reads it, or chosen anew", () => {
    const after = (page: number, isReading: boolean, again: readonly "no"[] = []) =>
      mustKnow((choice) => {
        choice.chose("no", { ...room, localStorage: false });
        choice.compared({ ...known, page, isReading });
        for (const next of again) choice.chose(next, room);
        take(choice, "database", page);
        choice.pageWent(false);
      });
    expect([after(1, true), after(2, false), after(2, true), after(1, true, ["no"])]).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });

  test("that nobody knows any more is told once, and holds again from the next one on", () => {
    const choice = new WalkChoice();
    choice.chose("no", { ...room, localStorage: false });
    expect([choice.pageWent(false), choice.pageWent(false), choice.isUnsure]).toEqual([true, false, true]);
    choice.chose("no", room);
    expect([choice.isUnsure, choice.pageWent(false), choice.isKnownTo(forgotten)]).toEqual([
      false,
      false,
      false,
    ]);
  });
});
