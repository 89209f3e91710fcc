import { describe, expect, test } from "vitest";
import { type Edition, encodeEdition, modelRefs, parseEdition } from "../../../core/model/edition.ts";
import { modelLimits } from "../../../core/model/limits.ts";
import { parseEditionAnswer } from "../../../core/wire/editions.ts";
import { publish, randomModel } from "../../model.ts";

const { edition } = publish(randomModel(), { sequence: 41 });
const ref = (kind: string, id: string, bytes = 7) => ({ kind, id: id.repeat(64), bytes });

test("an edition parses back to what was encoded", () => {
  expect(parseEdition(JSON.parse(encodeEdition(edition)))).toEqual(edition);
});

test("added keys and parts of unknown kinds are no fault, and not among those that a model takes", () => {
  const unknown = ref("menu", "e", 3e9);
  const later = {
    ...edition,
    mood: "blue",
    parts: [unknown, ...edition.parts],
    model: { ...edition.model, shape: 3 },
  };
  const parsed = parseEdition(later);
  expect(parsed).toEqual({ ...edition, parts: [unknown, ...edition.parts] });
  expect(modelRefs(parsed)).toEqual(edition.parts);
});

describe("an edition is refused", () => {
  const withModel = (change: Partial<Edition["model"]>): Edition => ({
    ...edition,
    model: { ...edition.model, ...change },
  });
  const withPart = (part: Edition["head"]): Edition => ({ ...edition, parts: [...edition.parts, part] });
  test.each<{ what: string; value: unknown; fault: RegExp }>([
    { what: "of another version", value: { ...edition, version: 4 }, fault: /version must be 3/ },
    { what: "with lambda 0", value: withModel({ lambda: 0 }), fault: /lambda must be >=1e-9/ },
    { what: "with alpha0 0", value: withModel({ alpha0: 0 }), fault: /alpha0 must be >=1e-9/ },
    { what: "with a lambda next to 0", value: withModel({ lambda: 5e-324 }), fault: /lambda must be >=1e-9/ },
    {
      what: "with an alpha0 next to 0",
      value: withModel({ alpha0: 1e-300 }),
      fault: /alpha0 must be >=1e-9/,
    },
    { what: "with a lambda beyond measure", value: withModel({ lambda: 1e7 }), fault: /lambda must be <=/ },
    {
      what: "with a lambda that is no number",
      value: withModel({ lambda: Number.NaN }),
      fault: /lambda must be/,
    },
    {
      what: "with an infinite scale",
      value: withModel({ factorScale: Infinity }),
      fault: /factorScale must be/,
    },
    {
      what: "with a power that makes infinities",
      value: withModel({ popularityPower: 400 }),
      fault: /popularityPower/,
    },
    {
      what: "with two parts of pairs",
      value: { ...edition, parts: [...edition.parts, ref("pairs", "e"), ref("pairs", "f")] },
      fault: /at most one part of kind pairs/,
    },
    {
      what: "with more than all by pairs",
      value: withModel({ pairWeight: 1.01 }),
      fault: /pairWeight must be <=1/,
    },
    {
      what: "with less than none by pairs",
      value: withModel({ pairWeight: -0.01 }),
      fault: /pairWeight must be >=0/,
    },
    {
      what: "with a part by pairs that is no number",
      value: withModel({ pairWeight: Number.NaN }),
      fault: /pairWeight must be/,
    },
    {
      what: "with more than all by what is wanted lately",
      value: withModel({ recentWeight: 1.01 }),
      fault: /recentWeight must be <=1/,
    },
    {
      what: "with more than all by both",
      value: withModel({ pairWeight: 0.5, recentWeight: 0.51 }),
      fault: /pairWeight and recentWeight must be at most 1 together, got 0.5 and 0.51/,
    },
    {
      what: "without a catalogue",
      value: { ...edition, parts: edition.parts.slice(1) },
      fault: /expected a catalogue/,
    },
    {
      what: "with two parts of factors",
      value: withPart(ref("factors", "e")),
      fault: /at most one part of kind factors/,
    },
    { what: "with a part twice", value: withPart(edition.parts[1]), fault: /once each/ },
    { what: "with a part of 3 GB", value: withPart(ref("content", "e", 3e9)), fault: /must have at most/ },
    {
      what: "with parts beyond the limit together",
      value: {
        ...edition,
        parts: [
          ...edition.parts,
          ...["c", "d", "e", "f"].map((id) => ref("content", id, modelLimits.partBytes)),
        ],
      },
      fault: /together/,
    },
    {
      what: "with a head beyond 150 kB",
      value: { ...edition, head: ref("head", "e", 150_001) },
      fault: /at most 150000/,
    },
    {
      what: "with another part as its head",
      value: { ...edition, head: ref("factors", "e") },
      fault: /"head"/,
    },
    {
      what: "with a name that is no hash",
      value: withPart({ kind: "content", id: "../secret", bytes: 1 }),
      fault: /id must be/,
    },
    {
      what: "with a delta of 3 GB",
      value: {
        ...edition,
        deltas: [{ from: "a".repeat(64), to: "b".repeat(64), part: ref("catalogue-delta", "c", 3e9) }],
      },
      fault: /must have at most/,
    },
  ])("$what", ({ value, fault }) => {
    expect(() => parseEdition(value)).toThrow(fault);
    expect(() => parseEdition(value)).toThrow(/^parseEdition: /);
  });
});

test("an edition with two content parts, a base and additions, is taken in their order", () => {
  const more = { ...edition, parts: [...edition.parts, ref("content", "e")] };
  const content = modelRefs(parseEdition(more)).filter(({ kind }) => kind === "content");
  expect(content).toEqual([edition.parts[1], ref("content", "e")]);
});

test("an edition with pairs has them among its parts, and says what parts of a score are by them and by what is wanted lately", () => {
  for (const pairWeight of [0, 0.3, 1]) {
    const parts = [...edition.parts, ref("pairs", "e")];
    const model = { ...edition.model, pairWeight, recentWeight: 1 - pairWeight };
    const paired = { ...edition, parts, model };
    const parsed = parseEdition(JSON.parse(encodeEdition(paired)));
    expect(parsed).toEqual(paired);
    expect(modelRefs(parsed)).toContainEqual(ref("pairs", "e"));
  }
});

test("an answer of a later server, with keys nobody here knows, is read; one of another version is not", () => {
  const document = { document: "{}", signature: "ab".repeat(64), by: "someone" };
  const log = { start: 3, before: "c".repeat(64), entries: [] };
  const answer = { version: 3, edition: document, log: { ...log, mood: "blue" }, mood: "blue" };
  expect(parseEditionAnswer(answer)).toMatchObject({ edition: { document: "{}" }, log });
  expect(() => parseEditionAnswer({ ...answer, version: 4 })).toThrow(
    "parseEditionAnswer: version must be 3",
  );
});
