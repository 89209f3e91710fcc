import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Consent, decide, parseChoices } from "../../sdk/consent.ts";
import { localStore, memoryStore } from "../../sdk/page.ts";

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
    expect(JSON.parse(store.read("tacit.consent") ?? "")).toEqual({ contribute: false, personalise: true });
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
    const full = {
      getItem: () => '{"contribute":true}',
      setItem: () => {
        throw new DOMException("full", "QuotaExceededError");
      },
    };
    const consent = new Consent({ store: localStore(() => full), privacyControl: false });
    expect(consent.choose({ contribute: false }).contribute).toBe(false);
  });
});

describe("permissions from a page", () => {
  test("are taken as they are when they are true or false", () => {
    fc.assert(
      fc.property(choices, (value) => {
        expect(parseChoices("consent", value)).toEqual(value);
      }),
    );
  });

  test.each([
    [{ personalize: true }, "consent: consent must name personalise or contribute, got personalize"],
    [{ contribute: "yes" }, "consent: contribute must be true or false, got string"],
    [7, "consent: consent must be an object, got number"],
  ])("%j is refused", (value, message) => {
    expect(() => parseChoices("consent", value)).toThrow(new TypeError(message));
  });
});
