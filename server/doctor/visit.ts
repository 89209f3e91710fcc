/** Opens a page in a real browser, as a newcomer's, and writes down what happens. It changes nothing there. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Browser, HTTPRequest, Page } from "puppeteer-core";
import { messageOf } from "../../core/errors.ts";
import { askInside, listenInside } from "./inside.ts";
import type { Observed, Request } from "./observed.ts";

/** There was no visit, and what to do so that there is one. */
export class VisitError extends Error {
  override readonly name = "VisitError";
}

export interface VisitOptions {
  readonly url: string;
  /** Of a Chromium or Chrome; one on the PATH where none is given. */
  readonly program: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** So long the page has until its first items are there. */
  readonly limitMs: number;
}

const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];
/** Ids of elements that are looked up in the catalogue: a list of thousands says no more than its beginning. */
const mostLookedUp = 30;

/** @throws {VisitError} where there is no browser, or what drives it is not installed. */
export async function visit({ url, program, env, limitMs }: VisitOptions): Promise<Observed> {
  const browser = await launched(program ?? env.CHROMIUM_PATH ?? programOnPath(env.PATH ?? ""));
  try {
    return await observe(browser, url, limitMs);
  } finally {
    await browser.close();
  }
}

function programOnPath(path: string): string {
  const places = names.flatMap((name) => path.split(delimiter).map((folder) => join(folder, name)));
  const found = places.find((place) => existsSync(place));
  if (found !== undefined) return found;
  throw new VisitError("expected a Chromium or Chrome on the PATH, got none: name it by --browser FILE");
}

async function launched(executablePath: string): Promise<Browser> {
  const puppeteer = await import("puppeteer-core").catch((error: unknown) => {
    throw new VisitError(
      `expected the package that drives a browser (npm i puppeteer-core), got ${messageOf(error)}`,
    );
  });
  // A browser that root starts has no sandbox to go into.
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  try {
    return await puppeteer.default.launch({
      executablePath,
      args: [...args, "--disable-quic", "--no-first-run"],
    });
  } catch (error) {
    throw new VisitError(`expected a browser at ${executablePath}, got ${messageOf(error).split("\n")[0]}`);
  }
}

async function observe(browser: Browser, url: string, limitMs: number): Promise<Observed> {
  const page = await browser.newPage();
  const requests = new Map<HTTPRequest, Request>();
  const said: string[] = [];
  listenTo(page, requests, said);
  // Compilers that keep the names of functions call this in what is handed to the page.
  await page.evaluateOnNewDocument("globalThis.__name = (made) => made;");
  await page.evaluateOnNewDocument(listenInside);
  let [status, failure]: [number | null, string] = [null, ""];
  try {
    const answer = await page.goto(url, { waitUntil: "load", timeout: limitMs });
    status = answer?.status() ?? null;
  } catch (error) {
    failure = messageOf(error);
  }
  const outside = () => ({
    url,
    status,
    failure,
    requests: [...requests.values()],
    console: [...new Set(said)],
  });
  if (status === null) return { ...nothingInside, ...outside() };
  const inside = await page.evaluate(askInside, limitMs, mostLookedUp);
  return { ...inside, ...outside() };
}

function listenTo(page: Page, requests: Map<HTTPRequest, Request>, said: string[]): void {
  page.on("console", (message) => {
    if (message.type() === "error") said.push(message.text());
  });
  page.on("pageerror", (error) => said.push(messageOf(error)));
  page.on("requestfinished", (request) => {
    const answer = request.response();
    requests.set(request, {
      ...{ url: request.url(), failure: "" },
      ...{ status: answer?.status() ?? null, headers: answer?.headers() ?? {} },
    });
  });
  page.on("requestfailed", (request) => {
    const failure = request.failure()?.errorText ?? "no reason given";
    requests.set(request, { url: request.url(), status: null, failure, headers: {} });
  });
}

const nothingInside = {
  isSecure: false,
  scripts: [],
  violations: [],
  found: "nothing",
  sdk: null,
  marks: { elements: 0, lists: 0, items: 0, unknown: [] },
} as const;
