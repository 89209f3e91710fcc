/** What a page was asked for and may not come to: it is written down, and the next page of the site does it. */
import type { ConsentFlags } from "../worker/api.ts";
import { permissionsOf } from "./decide.ts";
import { type TextStore, valueIn } from "./page.ts";

const dueKey = "tacit.erase";
/** A no that a stub wrote down whose script did not come. */
export const refusedKey = "tacit.optOut";
/** What was chosen before the rest had come (loader/permission.ts). */
export const chosenKey = "tacit.choice";

/** No time of an erasure: what earlier versions wrote down says only that one is due. */
const oldestMs = 1e12;

/** An erasure is due. Another that was asked for since, here or in another tab, stays so. */
export function oweErasure(store: TextStore, atMs: number): void {
  if (!(Number(store.read(dueKey)) > atMs)) store.write(dueKey, String(atMs));
}

/** When an earlier page was asked to erase and did not come to it; null: nothing is due. */
export function erasureDue(store: TextStore): number | null {
  const text = store.read(dueKey);
  if (text === null) return null;
  return Number(text) > oldestMs ? Number(text) : Date.now();
}

/** It is done, where no other is due. */
export function settleErasure(store: TextStore, atMs: number): void {
  if (store.read(dueKey) === String(atMs)) store.remove(dueKey);
}

/** Whether the person said no on a page whose script had not come (stub.js); then erasing is due, too. */
export function takeRefusal(store: TextStore): boolean {
  if (store.read(refusedKey) === null) return false;
  store.remove(refusedKey);
  store.write(dueKey, String(Date.now()));
  return true;
}

/** What the person chose on a page whose rest had not come; null: nothing that can be read. */
export function takeChosen(store: TextStore): Partial<ConsentFlags> | null {
  const text = store.read(chosenKey);
  if (text === null) return null;
  store.remove(chosenKey);
  return permissionsOf(valueIn(text));
}
