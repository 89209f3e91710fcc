/**
 * The entry of moving.js: takes a person's data from one of their devices to another. Loaded when it is asked
 * for, and by nobody else.
 *
 * Order is what the laws of core/moving/rights.ts rest on: that a right is gone is on the disk, in both copies
 * of what is kept, before the file that carries it leaves; a file is taken in whole, with the key that opened
 * it forgotten, in one transaction, or not at all.
 */

import { type RandomFill, toHex } from "../../core/bytes.ts";
import { choose } from "../../core/consent.ts";
import { mostFileBytes } from "../../core/moving/container.ts";
import {
  copyTaken,
  handedOver,
  hasRights,
  type Load,
  mayContribute,
  named,
  type Purse,
  takenIn,
} from "../../core/moving/rights.ts";
import type { Kept, SentReport } from "../api.ts";
import { hasWebCrypto, sha256Hex } from "../digest.ts";
import type { MoveAnswer, MoveStep } from "../moves.ts";
import type { Exchanged, Holdings } from "../store/keptmoving.ts";
import { nothingKept, type Store } from "../store/store.ts";
import { copyCode, copyKeyBytes, isSame, keyOfCopy, keyOfRequest, requestCode } from "./codes.ts";
import { type Contents, encodeContents, parseContents } from "./contents.ts";
import { Refused } from "./refused.ts";
import { openedCopy, openedMove, publicKeyOf, readFile, sealedCopy, sealedMove } from "./seal.ts";

export interface MovingParts {
  readonly store: Pick<Store, "events" | "kept" | "reports" | "moving" | "exchange">;
  /** What tells this site from others. */
  readonly site: string;
  readonly fill: RandomFill;
  readonly nowMs: () => number;
  /** Whether events may be kept here. */
  readonly personalises: () => boolean;
  /** Ends what is under way of contributing, here and in other tabs. */
  readonly silence: () => void;
  /** The store was changed: whoever read it reads it again, and the page keeps its copy, before this resolves. */
  readonly changed: () => Promise<void>;
}

/** @throws when the store does not answer; what can be expected is an answer. */
export async function move(step: MoveStep, parts: MovingParts): Promise<MoveAnswer> {
  if (!hasWebCrypto()) return { state: "refused", why: "insecure" };
  try {
    switch (step.step) {
      case "ask":
        return await ask(parts);
      case "give":
        return await give(step.to, parts);
      case "copy":
        return await copy(parts);
      case "take":
        return await take(step, parts);
    }
  } catch (cause) {
    if (cause instanceof Refused) return { state: "refused", why: cause.why };
    throw cause;
  }
}

/** The same code until a hand-over came, so that a person may close it and look again. */
async function ask({ store, site, fill, nowMs }: MovingParts): Promise<MoveAnswer> {
  const fresh = { seed: drawn(32, fill), atMs: nowMs() };
  await publicKeyOf(fresh.seed).catch(() => {
    throw new Refused("old");
  });
  let seed: Uint8Array = fresh.seed;
  await store.exchange(({ kept, moving }) => {
    const asking = moving.asking ?? fresh;
    seed = asking.seed;
    return { kept: kept ?? nothingKept, moving: { ...moving, asking } };
  });
  return { state: "asked", code: await requestCode(await publicKeyOf(seed), site) };
}

/** How often what is here may change while it is being sealed. */
const mostTries = 5;

async function give(code: string, parts: MovingParts): Promise<MoveAnswer> {
  const { store, site } = parts;
  const to = await keyOfRequest(code, site);
  const { asking, given } = await store.moving();
  if (asking !== null && isSame(to, await publicKeyOf(asking.seed))) throw new Refused("self");
  // A download that failed: the same bytes to the same device say nothing twice.
  if (given !== null && isSame(given.to, to)) {
    await parts.changed();
    return { state: "given", file: fileOf(given.file) };
  }
  parts.silence();
  for (let nth = 0; nth < mostTries; nth++) {
    const file = await givenOnce(to, parts);
    if (file === null) continue;
    await parts.changed();
    return { state: "given", file: fileOf(file) };
  }
  throw new Error("move: expected what is here to stand still for a moment, got changes");
}

/** The file, once the right that is in it is gone from here; null when something changed meanwhile. */
async function givenOnce(to: Uint8Array, parts: MovingParts): Promise<Uint8Array | null> {
  const { store, site, fill, nowMs } = parts;
  const before = await purseOf(store);
  if (!hasRights(before)) throw new Refused("away");
  const { left, load } = handedOver(before, freshId(fill));
  const content = await contentsOf(store, { ...load, entries: load.entries.map(withdrawn) });
  const file = await sealedMove(encodeContents(content), { to, site });
  let isDone = false;
  await store.exchange((seen) => {
    isDone = JSON.stringify(purseIn(seen)) === JSON.stringify(before);
    if (!isDone) return unchanged(seen);
    const given = { file, to, atMs: nowMs() };
    return { ...withPurse(seen, left), ledger: [], moving: { ...seen.moving, given } };
  });
  return isDone ? file : null;
}

async function copy(parts: MovingParts): Promise<MoveAnswer> {
  const { store, site, fill } = parts;
  const id = freshId(fill);
  // Named before it leaves: a hand-over later has to name the same.
  let origins: readonly string[] = [];
  await store.exchange((seen) => {
    const purse = named(purseIn(seen), id);
    origins = purse.claims.origins;
    return withPurse(seen, purse);
  });
  const content = await contentsOf(store, null);
  const key = drawn(copyKeyBytes, fill);
  const file = await sealedCopy(encodeContents({ ...content, origins }), { key, site, fill });
  return { state: "copied", file: fileOf(file), code: await copyCode(key) };
}

async function take(
  { file, code }: Extract<MoveStep, { step: "take" }>,
  parts: MovingParts,
): Promise<MoveAnswer> {
  const { store, fill } = parts;
  if (!parts.personalises()) throw new Refused("consent");
  if (file.size > mostFileBytes) throw new Refused("file");
  const erasedAtMs = (await store.kept())?.erasedAtMs;
  const bytes = new Uint8Array(await file.arrayBuffer());
  const { contents, seed } = await opened(bytes, code, parts);
  const { load } = contents;
  const digest = await sha256Hex(bytes);
  const id = freshId(fill);
  let mine = false;
  const added = await store.exchange((seen) => {
    const { kept, moving } = seen;
    if (!parts.personalises() || kept?.choices.personalise === false) throw new Refused("consent");
    if (kept?.erasedAtMs !== erasedAtMs) throw new Refused("erased");
    // Another tab took it in meanwhile.
    if (seed !== null && !(moving.asking && isSame(moving.asking.seed, seed))) throw new Refused("taken");
    const before = purseIn(seen);
    const purse = load === null ? copyTaken(before, contents.origins, id) : takenIn(before, load, id);
    mine = mayContribute(purse);
    const taken = [...moving.taken, digest].slice(-mostTaken);
    const changed = withPurse(seen, purse);
    return {
      ...changed,
      kept: withRefusals(changed.kept, contents),
      events: contents.journal,
      moving: load === null ? moving : { ...moving, asking: null, taken },
    };
  });
  if (!mine) parts.silence();
  await parts.changed();
  const sort = load === null ? "copy" : "move";
  return { state: "taken", sort, events: added.length, mayContribute: mine };
}

/** Digests kept to say that a file was taken in already. */
const mostTaken = 20;

/** @returns the key's seed where it was a hand-over. */
async function opened(
  bytes: Uint8Array,
  code: string | undefined,
  { store, site }: MovingParts,
): Promise<{ readonly contents: Contents; readonly seed: Uint8Array | null }> {
  const file = await readFile(bytes, site);
  if (file.sort === "copy") {
    if (code === undefined || code.trim() === "") throw new Refused("code-needed");
    const contents = readContents(await openedCopy(file, { key: await keyOfCopy(code), site }));
    // A right in a file that opens twice would be two rights.
    return { contents: { ...contents, load: null }, seed: null };
  }
  const { asking, taken } = await store.moving();
  if (taken.includes(await sha256Hex(bytes))) throw new Refused("taken");
  if (asking === null) throw new Refused("device");
  const contents = readContents(await openedMove(file, { seed: asking.seed, site }));
  if (contents.load === null) throw new Refused("damaged");
  return { contents, seed: asking.seed };
}

function readContents(json: string): Contents {
  try {
    return parseContents(json);
  } catch (cause) {
    // It is sealed right, so a later version made it.
    if (cause instanceof TypeError) throw new Refused("version");
    throw cause;
  }
}

async function contentsOf(store: MovingParts["store"], load: Load<SentReport> | null): Promise<Contents> {
  const { choices } = (await store.kept()) ?? nothingKept;
  return {
    journal: await store.events(),
    refused: choices.contribute === false ? ["contribute"] : [],
    origins: load?.claims.origins ?? [],
    load,
  };
}

/** A "no" travels where nothing was chosen; a "yes" never does. */
function withRefusals(kept: Kept, { refused }: Contents): Kept {
  const { choices } = kept;
  if (!refused.includes("contribute") || choices.contribute !== undefined) return kept;
  return { ...kept, choices: choose(choices, { contribute: false }) };
}

async function purseOf(store: MovingParts["store"]): Promise<Purse<SentReport>> {
  const [kept, ledger] = [await store.kept(), await store.reports()];
  return purseIn({ kept, ledger });
}

function purseIn({ kept, ledger }: Pick<Holdings, "kept" | "ledger">): Purse<SentReport> {
  const { claims = null, remains } = kept ?? nothingKept;
  return { claims, ...remains, entries: ledger };
}

function withPurse({ kept, moving }: Holdings, purse: Purse<SentReport>): Exchanged {
  const { claims, answeredTasks, spent, entries } = purse;
  const remains = { answeredTasks, spent };
  const named = claims === null ? {} : { claims };
  return { kept: { ...(kept ?? nothingKept), remains, ...named }, ledger: entries, moving };
}

function unchanged({ kept, moving }: Holdings): Exchanged {
  return { kept: kept ?? nothingKept, moving };
}

/** What had no answer yet is not sent again from anywhere; it was paid for. */
function withdrawn(entry: SentReport): SentReport {
  const sums = entry.sums.map((sum) =>
    sum.state === "sending" ? { ...sum, state: "refused" as const, why: "withdrawn" } : sum,
  );
  return { ...entry, sums };
}

function drawn(length: number, fill: RandomFill): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  fill(bytes);
  return bytes;
}

function freshId(fill: RandomFill): string {
  return toHex(drawn(16, fill));
}

function fileOf(bytes: Uint8Array): Blob {
  return new Blob([new Uint8Array(bytes)], { type: "application/octet-stream" });
}
