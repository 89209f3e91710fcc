/** What runs texts, without a device around it: which encoder runs when, and what it is given. */
import { expect, test, vi } from "vitest";
import { encodeMeanings } from "../../core/encoder/meanings.ts";
import type { PartRef } from "../../core/model/edition.ts";
import { quantizeRows } from "../../core/model/quantize.ts";
import type { EncoderProcess } from "../../worker/edges.ts";
import { Model } from "../../worker/rank/model.ts";
import { FreeText } from "../../worker/texts/freetext.ts";
import { Texts, type TextsParts } from "../../worker/texts/texts.ts";
import { toyEncoderPart } from "../toyencoder.ts";
import { until } from "./device.ts";
import { itemId, shopModel } from "./shop.ts";

const dim = 2;
const published = (id: string): Uint8Array => toyEncoderPart(id.repeat(64), dim);
const meaningsOf = (id: string): Uint8Array => {
  const rows = quantizeRows([1, 0], 1, dim);
  return encodeMeanings({ items: [itemId(0)], dim, space: id.repeat(64), rows });
};

/** A model of the shop whose edition lists the encoder of that letter. */
function modelWith(id: string): Model {
  const ref = (kind: string): PartRef => ({ kind, id: `${kind} ${id}`, bytes: 1 });
  return new Model({
    edition: { id, sequence: 1 },
    joined: shopModel(),
    factors: null,
    isWhole: true,
    texts: { words: null, encoder: { ref: ref("encoder"), meanings: ref("meanings") } },
  });
}

interface Run {
  readonly parts: TextsParts;
  /** What happened to processes, in order. */
  readonly told: readonly string[];
  readonly asked: readonly string[];
}

interface RunOptions {
  readonly process?: Partial<EncoderProcess>;
  readonly meanings?: (id: string) => Promise<Uint8Array>;
}

function running({ process = {}, meanings = async (id) => meaningsOf(id) }: RunOptions = {}): Run {
  const told: string[] = [];
  const asked: string[] = [];
  let starts = 0;
  const parts: TextsParts = {
    editions: {
      lazyParts: () => async (ref, parse) => {
        const [kind, name] = ref.id.split(" ");
        return parse(kind === "encoder" ? published(name) : await meanings(name));
      },
    },
    files: { encoder: "https://shop.example/encoder.js", wasm: "https://shop.example/encoder.wasm" },
    start: () => {
      const name = ++starts;
      told.push(`start ${name}`);
      return {
        open: async () => undefined,
        encode: async (text) => {
          asked.push(text);
          return Float32Array.of(1, 0);
        },
        stop: () => told.push(`stop ${name}`),
        ...process,
      };
    },
    savesData: () => false,
    nowMs: () => 0,
    wait: () => new Promise(() => undefined),
    notify: (notice) => {
      if (notice.type === "trouble") told.push(notice.message);
    },
  };
  return { parts, told, asked };
}

test("one encoder serves models one after the other; where another takes its place, the first is stopped before", async () => {
  const { parts, told } = running();
  const texts = new Texts(parts);
  for (const id of ["a", "a", "b"]) expect(await texts.answer(modelWith(id), "hours")).not.toBeNull();
  expect(told).toEqual(["start 1", "stop 1", "start 2"]);
});

test("one that does not open is stopped, and what it said is told", async () => {
  const { parts, told } = running({ process: { open: async () => Promise.reject(new Error("no memory")) } });
  expect(await new Texts(parts).answer(modelWith("a"), "hours")).toBeNull();
  expect(told).toEqual(["start 1", "stop 1", "encoder: no memory"]);
});

test("a vector of another length than the encoder's is refused", async () => {
  const { parts, told } = running({ process: { encode: async () => Float32Array.of(1) } });
  expect(await new Texts(parts).answer(modelWith("a"), "hours")).toBeNull();
  expect(told).toContain("encoder: expected 2 numbers of a text, got 1");
});

test("what could not be had of a model that another has taken the place of stops nothing, and nobody hears of it", async () => {
  let lose = (): void => undefined;
  const lost = new Promise<Uint8Array>((_, reject) => {
    lose = () => reject(new Error("404"));
  });
  const { parts, told } = running({ meanings: async (id) => (id === "a" ? lost : meaningsOf(id)) });
  const texts = new Texts(parts);
  const [before, after] = ["a", "b"].map(modelWith);
  const first = texts.answer(before, "hours");
  expect(await texts.answer(after, "hours")).not.toBeNull();
  lose();
  expect(await first).toBeNull();
  expect(await texts.answer(after, "hours")).not.toBeNull();
  expect(told).toEqual(["start 1"]);
});

test("an encoder that another takes the place of answers first what it was asked", async () => {
  let answer = (): void => undefined;
  const slow = new Promise<Float32Array>((resolve) => {
    answer = () => resolve(Float32Array.of(1, 0));
  });
  const { parts, told } = running({
    process: { encode: (text) => (text === "slow" ? slow : Promise.resolve(Float32Array.of(1, 0))) },
  });
  const texts = new Texts(parts);
  const [before, after] = ["a", "b"].map(modelWith);
  const first = texts.answer(before, "slow");
  await until(() => told.length === 1);
  await Promise.resolve();
  expect(await texts.answer(after, "hours")).not.toBeNull();
  expect(told).toEqual(["start 1", "start 2"]);
  answer();
  expect(await first).not.toBeNull();
  expect(told).toEqual(["start 1", "start 2", "stop 1"]);
});

test("a text without a word asks for nothing, and nothing of the encoder", async () => {
  const { parts, told, asked } = running();
  const texts = new Texts(parts);
  for (const text of ["", "   ", "🎁", "\u200d".repeat(9000), "!?"]) {
    expect(await texts.answer(modelWith("a"), text)).toBeNull();
  }
  expect([told, asked]).toEqual([[], []]);
});

test("a text that the encoder takes its time for is answered by words", async () => {
  const { parts, told } = running({ process: { encode: () => new Promise(() => undefined) } });
  const texts = new Texts({
    ...parts,
    wait: async (ms) => (ms === 3_000 ? undefined : new Promise(() => undefined)),
  });
  expect((await texts.answer(modelWith("a"), "clock"))?.scores.some((score) => score > 0)).toBe(true);
  expect(told).toEqual(["start 1"]);
});

test("what rests has understood nothing, and its encoder is stopped once", async () => {
  const { parts, told } = running();
  const texts = new Texts(parts);
  const model = modelWith("a");
  await texts.understand(model, "hours");
  expect(texts.said(model, "hours")).not.toBeNull();
  texts.rest();
  texts.rest();
  await vi.waitUntil(() => told.length === 2, 10_000);
  expect(texts.said(model, "hours")).toBeNull();
  expect(told).toEqual(["start 1", "stop 1"]);
});

test("of a long text the beginning is encoded", async () => {
  const { parts, asked } = running();
  await new Texts(parts).answer(modelWith("a"), "x".repeat(50_000));
  expect(asked.map(({ length }) => length)).toEqual([10_000]);
});

test("code that could not be had is asked for again with the next text", async () => {
  let loads = 0;
  const load = async () => {
    loads += 1;
    if (loads === 1) throw new Error("away");
    return { textsOf: (parts: TextsParts) => new Texts(parts) };
  };
  const texts = new FreeText({ ...running().parts, load });
  await expect(texts.answer(modelWith("a"), "hours")).rejects.toThrow("away");
  expect(await texts.answer(modelWith("a"), "hours")).not.toBeNull();
  expect(loads).toBe(2);
});
