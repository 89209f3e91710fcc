/**
 * The exported model in Chromium, in a worker, loaded from the site's own files: the vectors are the
 * server's.
 */
import type { Browser } from "@playwright/test";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { loadEncoder } from "../../server/encoders/load.ts";
import { openBrowser } from "../package/browser.ts";
import { askWorker } from "./askworker.ts";
import type { Answer, Question } from "./inworker.ts";
import { openSite, type Site } from "./site.ts";
import { cosine, frozen, rowsOf } from "./vectors.ts";

const texts = frozen("wordpiece").texts.map(({ text }) => text);
let browser: Browser;
let site: Site;

beforeAll(async () => {
  site = await openSite({ worker: "inworker.ts", encoder: inject("encoder") });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  site?.close();
});

test("a browser's worker gives the vectors that the server gives, and loads nothing before it is asked", async () => {
  const page = await browser.newPage();
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname.slice(1)));
  await page.goto(site.page);
  const ask = (question: Question) => askWorker<Answer>(page, question);
  expect(await ask({ ask: "nothing" })).toEqual({ answer: "nothing" });
  expect(asked.filter((path) => /onnx|wasm|ort|token/i.test(path))).toEqual([]);
  const answer = await ask({ ask: "vectors", texts });
  if (answer.answer !== "vectors") throw new Error(`expected vectors, got ${JSON.stringify(answer)}`);
  expect(asked.filter((path) => path.endsWith(".wasm"))).toHaveLength(1);

  const encoder = await loadEncoder(inject("encoder"));
  const here = rowsOf(await encoder.encode(texts), encoder.dim);
  await encoder.close();
  expect(answer.id).toBe(encoder.id);
  const there = rowsOf(Float32Array.from(answer.vectors), encoder.dim);
  for (const [at, row] of here.entries()) expect(cosine(row, there[at])).toBeGreaterThan(0.999);
});
