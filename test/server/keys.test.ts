/** Identities, key files and key lists: what is on disk, what is given out, what is believed. */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { dayMs } from "../../core/time.ts";
import { parseKeyList } from "../../core/wire/keylist.ts";
import { emptyLog } from "../../core/wire/log.ts";
import type { SignedDocument } from "../../core/wire/signed.ts";
import { silent } from "../../server/base/log.ts";
import type { HelperWord } from "../../server/tasks/helperclient.ts";
import { HelperKeys } from "../../server/tasks/keys/helperkeys.ts";
import { Identity } from "../../server/tasks/keys/identity.ts";
import { OwnKeyList } from "../../server/tasks/keys/keylists.ts";
import { KeyRing } from "../../server/tasks/keys/keyring.ts";
import { temporaryDirectory } from "./harness.ts";
import { noAddresses, startMs } from "./worlds.ts";

test("an identity is the same key every time its file is read, and only its owner may read it", () => {
  const path = join(temporaryDirectory(), "identity.json");
  const identity = Identity.open(path);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(Identity.open(path).publicKey).toBe(identity.publicKey);
  // Ed25519 is deterministic: the same key signs the same bytes.
  expect(Identity.open(path).sign("task", { b: 1, a: "x" })).toEqual(identity.sign("task", { a: "x", b: 1 }));
  writeFileSync(path, '{"publicKey":"00"}');
  expect(() => Identity.open(path)).toThrow(/^identity: .* must be an identity file made by tacit, got /);
});

test("a key file of before keys rotated is read: its last key is given out, the others are accepted for an overlap", async () => {
  const directory = temporaryDirectory();
  const path = join(directory, "keys.json");
  const open = (nowMs: number) =>
    KeyRing.open({ path, aggregator: "leader", nowMs, rotation: { rotateDays: 30, overlapDays: 20 } });
  const fresh = await open(startMs);
  const newer = await fresh.rotateNow(startMs);
  const { keys }: { keys: { id: number; publicKey: string; privateKey: string }[] } = JSON.parse(
    readFileSync(path, "utf8"),
  );
  const old = keys.map(({ id, publicKey, privateKey }) => ({ id, publicKey, privateKey }));
  writeFileSync(path, JSON.stringify({ keys: old }));
  const ring = await open(startMs);
  expect(ring.publicKeys(startMs)).toEqual([newer, { id: old[0].id, key: old[0].publicKey }]);
  // The dates are written down at once: reading it again later does not start the overlap anew.
  const later = await open(startMs + 20 * dayMs);
  expect(later.publicKeys(startMs + 20 * dayMs)).toEqual([newer]);
  expect(await later.rotateIfDue(startMs + 30 * dayMs - 1)).toBe(false);
  expect(await later.rotateIfDue(startMs + 30 * dayMs)).toBe(true);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("however often keys rotate, a list names eight at most, the newest first, and every id is another", async () => {
  const path = join(temporaryDirectory(), "keys.json");
  const ring = await KeyRing.open({ path, aggregator: "helper", nowMs: startMs });
  const ids = [ring.publicKeys(startMs)[0].id];
  for (let k = 1; k <= 20; k++) ids.push((await ring.rotateNow(startMs + k)).id);
  expect(new Set(ids).size).toBe(21);
  expect(ring.publicKeys(startMs + 20).map(({ id }) => id)).toEqual(ids.slice(-8).reverse());
  expect(ids.every((id) => ring.accepts(id, startMs + 20))).toBe(true);
  expect(ring.accepts((ids[20] + 1) % 256, startMs + 20)).toBe(false);
});

/** A helper's own list, on a clock, and whoever else may pretend to be it. */
const nothingYet = { start: 0, before: emptyLog.hash, entries: [] };

async function helperList() {
  const directory = temporaryDirectory();
  const clock = { nowMs: startMs };
  const nowMs = () => clock.nowMs;
  const listOf = async (name: string, role: "leader" | "helper") => {
    const identity = Identity.open(join(directory, `${name}-identity.json`));
    const path = join(directory, `${name}-keys.json`);
    const keys = await KeyRing.open({ path, aggregator: role, nowMs: startMs });
    return { identity, list: new OwnKeyList({ role, identity, keys, addresses: () => noAddresses, nowMs }) };
  };
  const down = () => Promise.reject(new Error("the helper is down"));
  const state: { answer: () => Promise<SignedDocument> } = { answer: down };
  const keys = async (): Promise<HelperWord> => ({ list: await state.answer(), log: nothingYet });
  const helper = { keys, log: down };
  return { directory, clock, nowMs, listOf, state, helper };
}

test("the leader takes a helper's list only as its pinned identity signed it, for a helper, and not expired", async () => {
  const { listOf, state, helper, nowMs, clock } = await helperList();
  const mine = await listOf("mine", "helper");
  const other = await listOf("other", "helper");
  const inDisguise = Identity.open(join(temporaryDirectory(), "identity.json"));
  const { publicKey } = mine.identity;
  const current = async () => {
    const keys = await HelperKeys.open({ helper, identity: publicKey, path: null, nowMs, log: silent });
    return keys.current();
  };
  expect(await current()).toBe(null);
  const good = await mine.list.current(emptyLog);
  const edited = { ...good, document: good.document.replace('"expiresAtMs":1', '"expiresAtMs":2') };
  const ofALeader = mine.identity.sign("keys", {
    ...parseKeyList(JSON.parse(good.document)),
    role: "leader",
  });
  const asATask = mine.identity.sign("task", JSON.parse(good.document));
  const byAnother = inDisguise.sign("keys", JSON.parse(good.document));
  const withoutHead = await mine.list.current(null);
  const others = await other.list.current(emptyLog);
  for (const bad of [others, edited, ofALeader, asATask, byAnother, withoutHead]) {
    state.answer = async () => bad;
    expect(await current()).toBe(null);
  }
  state.answer = async () => good;
  expect((await current())?.list).toEqual(good);
  clock.nowMs += 3 * dayMs;
  expect(await current()).toBe(null);
});

test("a good list of the helper's is used though the disk does not take it, and kept as soon as it does", async () => {
  const { directory, listOf, state, helper, nowMs } = await helperList();
  const { identity, list } = await listOf("mine", "helper");
  const path = join(directory, "helper-keylist.json");
  const told: string[] = [];
  const log = (event: string) => void told.push(event);
  const keys = await HelperKeys.open({ helper, identity: identity.publicKey, path, nowMs, log });
  const good = await list.current(emptyLog);
  state.answer = async () => good;
  // Where its draft should go is a folder.
  mkdirSync(join(`${path}.new`, "taken"), { recursive: true });
  expect((await keys.refresh())?.list).toEqual(good);
  expect((await keys.refresh())?.list).toEqual(good);
  expect(told).toEqual(["helper's key list is not kept", "helper's key list is not kept"]);
  rmSync(`${path}.new`, { recursive: true });
  await keys.refresh();
  expect(JSON.parse(readFileSync(path, "utf8")).list).toEqual(good);
});

test("a helper that is down is spoken for by its last list until that expires, also after the leader's restart", async () => {
  const { directory, listOf, state, helper, nowMs, clock } = await helperList();
  const { identity, list } = await listOf("mine", "helper");
  const path = join(directory, "helper-keylist.json");
  const open = () => HelperKeys.open({ helper, identity: identity.publicKey, path, nowMs, log: silent });
  const first = await open();
  state.answer = () => list.current(emptyLog);
  const good = await first.current();
  if (good === null) throw new Error("expected a list");
  const [{ id }] = parseKeyList(JSON.parse(good.list.document)).keys;
  state.answer = () => Promise.reject(new Error("the helper is down"));
  clock.nowMs += 2 * dayMs;
  expect(await first.current()).toEqual(good);
  const second = await open();
  expect(second.accepts(id)).toBe(true);
  expect(await second.current()).toEqual(good);
  clock.nowMs += dayMs;
  expect(await second.current()).toBe(null);
});
