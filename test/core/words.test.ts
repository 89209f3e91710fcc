import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { stemOf, wordsIn } from "../../core/events/words.ts";

describe("the words of a text", () => {
  test.each([
    ["CAKE tins, Pantry-Design 3", ["cake", "tins", "pantry", "design", "3"]],
    ["Cafe\u0301 Émaux", ["café", "émaux"]],
    ["Men's 70’s can't", ["men", "70", "cant"]],
    ["l'été, qu’une tasse d'eau", ["été", "une", "tasse", "eau"]],
    ["tazza dell'acqua", ["tazza", "acqua"]],
    ["STRASSE Straße ΟΔΟΣ Οδος", ["strasse", "strasse", "οδοσ", "οδοσ"]],
    ["İSTANBUL istanbul", ["istanbul", "istanbul"]],
    ["ｆｕｌｌ　ｗｉｄｔｈ ﬁne ½", ["full", "width", "fine", "1", "2"]],
    ["soft\u00adhyphen zero\u200bwidth", ["softhyphen", "zerowidth"]],
    ["नीला मिट्टी का प्याला", ["नीला", "मिट्टी", "का", "प्याला"]],
    ["कप", ["कप"]],
    ["ספל כחול, كوب أزرق", ["ספל", "כחול", "كوب", "أزرق"]],
    ["Синяя кружка", ["синяя", "кружка"]],
    ["파란 머그컵", ["파란", "머그컵"]],
    ["红色陶瓷马克杯", ["红色", "陶瓷", "马克杯"]],
    ["ガラスのランプ", ["ガラス", "の", "ランプ"]],
    ["แก้วสีแดง", ["แก้ว", "สี", "แดง"]],
    ["iPhone手机壳 15", ["iphone", "手机", "壳", "15"]],
    ["  —!? 🎁 ", []],
  ])("of %j are %j", (text, words) => {
    expect(wordsIn(text)).toEqual(words);
  });

  test("are the same in whichever normal form and case it is written", () => {
    const text = fc.array(fc.constantFrom("Café", "Ångström", "한국어", "Ель", "ﬀ", "TINS", "Ελλάς", "i"), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(text, fc.constantFrom("NFC", "NFD", "NFKC", "NFKD"), (parts, form) => {
        const written = parts.join(" ");
        expect(wordsIn(written.normalize(form))).toEqual(wordsIn(written));
        expect(wordsIn(written.toUpperCase())).toEqual(wordsIn(written));
      }),
    );
  });

  test("are words of themselves", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 20 }), (text) => {
        const words = wordsIn(text);
        expect(wordsIn(words.join(" "))).toEqual(words);
      }),
    );
  });

  test("where no dictionary parts them are pairs of neighbours", () => {
    vi.stubGlobal("Intl", {});
    expect(wordsIn("陶瓷杯 cup 杯")).toEqual(["陶瓷", "瓷杯", "cup", "杯"]);
    vi.unstubAllGlobals();
  });
});

test("an English plural counts as its singular, and no other word changes", () => {
  const pairs = {
    tins: "tin",
    berries: "berry",
    boxes: "box",
    dishes: "dish",
    glass: "glass",
    bus: "bus",
    gas: "gas",
  };
  for (const [word, stem] of Object.entries(pairs)) expect(stemOf(word)).toBe(stem);
  for (const word of ["кружкиs", "οδοσ", "马克杯", "70s"]) expect(stemOf(word)).toBe(word);
});
