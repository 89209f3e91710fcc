import { expect, test } from "vitest";
import { type KeyList, parseKeyList } from "../../../core/wire/keylist.ts";

const list: KeyList = {
  role: "helper",
  origin: "https://helper.example",
  keys: [
    { id: 7, key: "ab".repeat(32) },
    { id: 6, key: "cd".repeat(32) },
  ],
  gateway: "0102",
  issuer: { url: "https://helper.example/tokens", keys: ["30"] },
  log: { size: 3, hash: "ef".repeat(32) },
  issuedAtMs: 1_800_000_000_000,
  expiresAtMs: 1_800_000_100_000,
};

test("a key list parses back, with and without its other doors", () => {
  expect(parseKeyList(JSON.parse(JSON.stringify(list)))).toEqual(list);
  const bare = { ...list, origin: null, gateway: null, issuer: null, log: null };
  expect(parseKeyList(bare)).toEqual(bare);
});

test("keys that this version does not know are ignored", () => {
  expect(parseKeyList({ ...list, colour: "red" })).toEqual(list);
});

test.each([
  ["role", { role: "relay" }],
  ["keys", { keys: [] }],
  ["keys", { keys: Array.from({ length: 9 }, (_, id) => ({ id, key: "ab".repeat(32) })) }],
  ["keys.0.id", { keys: [{ id: 256, key: "ab".repeat(32) }] }],
  ["keys.0.key", { keys: [{ id: 1, key: "ab" }] }],
  ["gateway", { gateway: "010" }],
  ["issuer", { issuer: "https://helper.example" }],
  ["log.hash", { log: { size: 3, hash: "ef" } }],
  ["expiresAtMs", { expiresAtMs: 0.5 }],
] as const)("a list is refused that is wrong in %s", (field, change) => {
  expect(() => parseKeyList({ ...list, ...change })).toThrow(
    new RegExp(`^parseKeyList: ${field.replaceAll(".", "\\.")} `),
  );
});

test("what is wrong is said in a line, however long what came is", () => {
  const long = { ...list, role: "x".repeat(50_000) };
  expect(() => parseKeyList(long)).toThrow(/^parseKeyList: role must be .{100,200}$/);
});
