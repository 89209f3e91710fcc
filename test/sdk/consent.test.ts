import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { encodeChoices, noChoices, parseChoices } from "../../core/consent.ts";
import { Consent, parsePermissions } from "../../sdk/consent.ts";
import { decide, permissionsOf } from "../../sdk/decide.ts";
import { localStore, memoryStore } from "../../sdk/page.ts";
import { fullStore } from "./fakes.ts";

const choices = fc.record({ personalise: fc.boolean(), contribute: fc.boolean() }, { requiredKeys: [] });

describe("who decides", () => {
  test("the person goes before the signal, the signal before the site, the site before the default", () => {
    fc.assert(
      fc.property(choices, fc.boolean(), choices, (person, privacyControl, site) => {
        const { personalise, contribute } = decide({ person, privacyControl, site });
        expect(personalise).toBe(person.personalise ?? site.personalise ?? true);
        expect(contribute).toBe(
          person.contribute ?? (privacyControl ? false : undefined) ?? site.contribute ?? false,
        );
      }),
    );
  });

  test("the source named is one whose word alone gives the same permission", () => {
    fc.assert(
      fc.property(choices, fc.boolean(), choices, (person, privacyControl, site) => {
        const state = decide({ person, privacyControl, site });
        for (const permission of ["personalise", "contribute"] as const) {
          const words = {
            person: person[permission],
            gpc: privacyControl ? false : undefined,
            site: site[permission],
            default: permission === "personalise",
          };
          expect(words[state.because[permission]]).toBe(state[permission]);
        }
      }),
    );
  });

  test("the signal never turns off what stays on the device", () => {
    expect(decide({ person: {}, privacyControl: true, site: {} })).toEqual({
      personalise: true,
      contribute: false,
      because: { personalise: "default", contribute: "gpc" },
    });
  });
});

describe("what is stored", () => {
  test("only what the person chose, and what was not named stays as it was chosen", () => {
    const store = memoryStore();
    const consent = new Consent({ store, privacyControl: false });
    consent.siteSays({ personalise: false, contribute: true });
    expect(store.read("tacit.consent")).toBeNull();
    consent.choose({ contribute: false });
    consent.choose({ personalise: true });
    expect(parseChoices(store.read("tacit.consent") ?? "")).toEqual({
      revision: expect.any(Number),
      contribute: false,
      personalise: true,
    });
  });

  test("a choice over known ones is counted on from those, and a copy that counts further goes before it", () => {
    const store = memoryStore();
    store.write("tacit.consent", encodeChoices({ revision: 5, personalise: true }));
    const consent = new Consent({ store, privacyControl: false });
    consent.choose({ contribute: true });
    expect(consent.choices()).toEqual({ revision: 6, personalise: true, contribute: true });
    consent.adopt({ revision: 9, personalise: true, contribute: false });
    expect(consent.choices()).toEqual({ revision: 9, personalise: true, contribute: false });
  });

  test("a choice made in one tab holds in another", () => {
    const store = memoryStore();
    const here = new Consent({ store, privacyControl: false });
    new Consent({ store, privacyControl: false }).choose({ personalise: false });
    expect(here.state()).toMatchObject({ personalise: false, because: { personalise: "person" } });
  });

  test("whatever else stands under the key is nobody's choice", () => {
    const strange = fc.oneof(
      fc.string(),
      fc.json(),
      fc.constant('{"personalise":"false","contribute":1}'),
      fc.constant("000001-"),
      fc.constant("null"),
    );
    fc.assert(
      fc.property(strange, (text) => {
        const store = memoryStore();
        store.write("tacit.consent", text);
        const { because } = new Consent({ store, privacyControl: false }).state();
        expect(because).toEqual({ personalise: "default", contribute: "default" });
      }),
    );
  });

  test("where localStorage is denied a choice holds for the page", () => {
    const store = localStore(() => {
      throw new DOMException("denied", "SecurityError");
    });
    const consent = new Consent({ store, privacyControl: false });
    expect(consent.choose({ contribute: true }).contribute).toBe(true);
    expect(consent.state().contribute).toBe(true);
  });

  test("where localStorage is full a choice holds for the page, over an older one", () => {
    const { store } = fullStore("000003?+");
    const consent = new Consent({ store, privacyControl: false });
    expect(consent.state().contribute).toBe(true);
    expect(consent.choose({ contribute: false }).contribute).toBe(false);
    expect(consent.state().contribute).toBe(false);
  });

  test("the copy that the worker has goes before an older one, and is written down again", () => {
    const store = memoryStore();
    const consent = new Consent({ store, privacyControl: false });
    expect(consent.isKnown).toBe(false);
    consent.adopt({ revision: 4, personalise: false });
    expect(consent.isKnown).toBe(true);
    expect(consent.state()).toMatchObject({ personalise: false, because: { personalise: "person" } });
    store.write("tacit.consent", "000002++");
    expect(consent.state().personalise).toBe(false);
    consent.restore();
    expect(store.read("tacit.consent")).toBe("000004-?");
    consent.choose({ personalise: true });
    consent.adopt({ revision: 4, personalise: false });
    expect(consent.state().personalise).toBe(true);
  });

  test("a record says that it is known what was chosen before; without one only the worker can, and a page that left before it did writes none", () => {
    const store = memoryStore();
    const consent = new Consent({ store, privacyControl: false });
    store.write("tacit.consent", "something else's");
    expect(consent.isKnown).toBe(false);
    consent.restore();
    expect(store.read("tacit.consent")).toBe("something else's");
    consent.adopt(noChoices);
    expect(store.read("tacit.consent")).toBe("000000??");
    expect(new Consent({ store, privacyControl: false }).isKnown).toBe(true);
  });
});

describe("a choice made before the worker has said what was chosen before", () => {
  const unknowing = (store = memoryStore()) => new Consent({ store, privacyControl: false });
  const yes = { revision: 9, personalise: true, contribute: true };

  test("comes on top of it", () => {
    const consent = unknowing();
    consent.choose({ personalise: false });
    consent.adopt(yes);
    expect(consent.state()).toMatchObject({ personalise: false, contribute: true });
    expect(consent.choices().revision).toBeGreaterThan(yes.revision);
  });

  test("comes on top of it, as it was last changed, where the clock is of no use", () => {
    vi.spyOn(Date, "now").mockReturnValue(0);
    const consent = unknowing();
    consent.choose({ personalise: false });
    consent.choose({ personalise: true, contribute: false });
    consent.adopt({ ...yes, personalise: false });
    expect(consent.state()).toMatchObject({ personalise: true, contribute: false });
    vi.restoreAllMocks();
  });

  test("holds on the next page when this one ends before that", () => {
    const store = memoryStore();
    unknowing(store).choose({ personalise: false });
    const next = unknowing(store);
    next.adopt(yes);
    expect(next.state()).toMatchObject({ personalise: false, because: { personalise: "person" } });
  });

  test("leaves a no alone that it does not name", () => {
    const store = memoryStore();
    unknowing(store).choose({ contribute: true });
    const next = unknowing(store);
    next.adopt({ revision: 2, personalise: false });
    expect(next.state()).toMatchObject({ personalise: false, contribute: true });
  });

  test("is heard from a worker that does not know all, which makes nothing known", () => {
    const consent = unknowing();
    consent.learn({ revision: 3, personalise: false });
    expect([consent.state().personalise, consent.isKnown]).toEqual([false, false]);
  });
});

describe("permissions from a page", () => {
  test("are taken as they are when they are true or false", () => {
    fc.assert(
      fc.property(choices, (value) => {
        expect(parsePermissions("consent", value)).toEqual(value);
      }),
    );
  });

  test.each([
    [
      { personalize: true },
      "consent: consent must name personalise or contribute, got personalize: personalise is meant?",
    ],
    [{ contribute: "yes" }, "consent: contribute must be true or false, got string"],
    [7, "consent: consent must be an object, got number"],
  ])("%j is refused", (value, message) => {
    expect(() => parsePermissions("consent", value)).toThrow(new TypeError(message));
  });
});

test("a choice that is written down already is not written again: every write is heard by every other page", () => {
  const plain = memoryStore();
  let writes = 0;
  const write = (key: string, text: string) => {
    writes++;
    return plain.write(key, text);
  };
  const consent = new Consent({
    store: Object.create(plain, { write: { value: write } }),
    privacyControl: false,
  });
  consent.choose({ contribute: true });
  expect(writes).toBe(1);
  consent.restore();
  expect(writes).toBe(1);
});

test("what was said to be known stays known when the record of it is lost", () => {
  const store = memoryStore();
  const consent = new Consent({ store, privacyControl: false });
  expect(consent.isKnown).toBe(false);
  consent.adopt(new Consent({ store: memoryStore(), privacyControl: false }).choices());
  for (const key of store.keys("")) store.remove(key);
  expect(consent.isKnown).toBe(true);
});

test("a permission that is like none is refused without a guess", () => {
  const message = "consent: consent must name personalise or contribute, got zebra";
  expect(() => parsePermissions("consent", { zebra: true })).toThrow(new TypeError(message));
});

test("null is no permissions, and a permission that is undefined is none", () => {
  expect(() => parsePermissions("init", null)).toThrow("init: consent must be an object, got object");
  expect(parsePermissions("init", { personalise: undefined, contribute: true })).toEqual({
    contribute: true,
  });
});

test("what another page wrote is heard by one that cannot read it: the later choice holds, and other keys say nothing", () => {
  const silent = { ...memoryStore(), read: () => null, write: () => false };
  const consent = new Consent({ store: silent, privacyControl: false });
  consent.hear("tacit.consent", "000002-?");
  expect(consent.state()).toMatchObject({ personalise: false, because: { personalise: "person" } });
  for (const [key, text] of [
    ["tacit.consent", "000001+?"],
    ["tacit.consent", "something else's"],
    ["tacit.consent", null],
    ["tacit.spent", "000004+?"],
  ] as const)
    consent.hear(key, text);
  expect(consent.state().personalise).toBe(false);
  consent.hear("tacit.consent", "000003+?");
  expect(consent.state().personalise).toBe(true);
});

test("what the core takes for permissions is what the check takes, and alike", () => {
  const flag = fc.constantFrom<unknown>(true, false, undefined, null, 1, "yes");
  const given = fc.oneof(
    fc.record({ personalise: flag, contribute: flag, contrbute: flag }, { requiredKeys: [] }),
    fc.anything(),
  );
  let taken = 0;
  fc.assert(
    fc.property(given, (value) => {
      const read = permissionsOf(value);
      if (read === null) expect(() => parsePermissions("consent", value)).toThrow(TypeError);
      else expect(parsePermissions("consent", value)).toEqual(read);
      taken += Number(read !== null);
    }),
    { seed: 4, numRuns: 2_000 },
  );
  expect(taken).toBeGreaterThan(100);
});
